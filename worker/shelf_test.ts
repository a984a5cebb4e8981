import { assertEquals } from "@std/assert";
import { TrajectoryShelf } from "./shelf.ts";

const ref = (task_id: string, attempt = 1) => ({ task_id, attempt });
const bytes = (length: number) => new Uint8Array(length);

Deno.test("TrajectoryShelf keeps what each farm has to fetch until it is forgotten", () => {
  const shelf = new TrajectoryShelf();
  shelf.put("f", ref("a"), bytes(3));
  shelf.put("f", ref("a", 2), bytes(4));
  shelf.put("g", ref("a"), bytes(5));
  assertEquals(shelf.list("f"), [{ ...ref("a"), bytes: 3 }, { ...ref("a", 2), bytes: 4 }]);
  assertEquals(shelf.get("g", ref("a"))?.length, 5);
  assertEquals([shelf.forget("f", ref("a")), shelf.forget("f", ref("a"))], [true, false]);
  assertEquals(shelf.get("f", ref("a")), undefined);
});

Deno.test("TrajectoryShelf drops the oldest when there is no room", () => {
  const shelf = new TrajectoryShelf({ bytesMax: 10 });
  for (const id of ["a", "b", "c"]) shelf.put("f", ref(id), bytes(4));
  assertEquals(shelf.list("f").map(({ task_id }) => task_id), ["b", "c"]);
  shelf.put("f", ref("huge"), bytes(11));
  assertEquals(shelf.list("f"), []);
  shelf.put("f", ref("d"), bytes(10));
  assertEquals(shelf.list("f").length, 1);
});

Deno.test("TrajectoryShelf drops what nobody fetched for half an hour", () => {
  let now = 0;
  const shelf = new TrajectoryShelf({ now: () => now });
  shelf.put("f", ref("a"), bytes(1));
  now = 31 * 60_000;
  shelf.put("f", ref("b"), bytes(1));
  assertEquals(shelf.list("f").map(({ task_id }) => task_id), ["b"]);
});
