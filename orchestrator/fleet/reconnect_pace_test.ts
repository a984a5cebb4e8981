import { assertEquals } from "@std/assert";
import { ReconnectPace } from "./reconnect_pace.ts";

Deno.test("ReconnectPace waits longer for each failure, and not at all after a stream that lasted", () => {
  const pace = new ReconnectPace();
  const pauses = [1, 2, 3, 4, 5].map(() => pace.after("unsaid", 0));
  assertEquals(pauses, [100, 250, 500, 1000, 1000]);
  assertEquals(pace.after("said", 60_000), 0);
  assertEquals(pace.after("unsaid", 0), 100);
});

Deno.test("ReconnectPace is not hurried by a worker that says hello and hangs up", () => {
  const pace = new ReconnectPace();
  assertEquals(pace.after("unsaid", 0), 100);
  const pauses = [1, 2, 3, 4, 5].map(() => pace.after("said", 5));
  assertEquals(pauses, [0, 100, 250, 500, 1000]);
});

Deno.test("ReconnectPace keeps away from a worker that breaks the contract, until it behaves", () => {
  const pace = new ReconnectPace();
  const pauses = [1, 2, 3, 4].map(() => pace.after("misspoken", 20_000));
  assertEquals(pauses, [1000, 5000, 30_000, 30_000]);
  assertEquals(pace.after("said", 20_000), 0);
  assertEquals(pace.after("misspoken", 0), 1000);
});
