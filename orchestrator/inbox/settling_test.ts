import { assertEquals } from "@std/assert";
import { Settling } from "./settling.ts";

const LOOK = { size: 3, mtimeMs: 5, ino: 7 };

Deno.test("Settling has a file wait while nothing happens to it", () => {
  const settling = new Settling(3_600_000);
  assertEquals([settling.isWaiting("a", LOOK), settling.isDue("a", LOOK)], [false, false]);
  settling.note("a", LOOK);
  assertEquals([settling.isWaiting("a", LOOK), settling.isDue("a", LOOK)], [true, false]);
  const grown = { ...LOOK, size: 4 };
  assertEquals([settling.isWaiting("a", grown), settling.isDue("a", grown)], [false, false]);
  settling.forget("a");
  assertEquals([settling.isWaiting("a", LOOK), settling.size], [false, 0]);
});

Deno.test("Settling has a file judged when its time is up", () => {
  const settling = new Settling(0);
  settling.note("a", LOOK);
  assertEquals([settling.isWaiting("a", LOOK), settling.isDue("a", LOOK)], [false, true]);
});

Deno.test("Settling.nextMs() is the time until a file is due, if there is one", () => {
  const settling = new Settling(3_600_000);
  assertEquals(settling.nextMs(), Infinity);
  settling.note("a", LOOK);
  const ms = settling.nextMs();
  assertEquals([ms > 0, ms <= 3_600_000], [true, true]);
});
