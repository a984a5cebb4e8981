import { assertEquals } from "@std/assert";
import { lonely, withGaps } from "./columns.ts";

Deno.test("withGaps() breaks every line where nothing was recorded", () => {
  const columns = [[10, 20, 60, 70], [1, 2, 3, 4], [null, 5, 6, null]];
  assertEquals(withGaps(columns, 10), [
    [10, 20, 30, 60, 70],
    [1, 2, null, 3, 4],
    [null, 5, null, 6, null],
  ]);
});

Deno.test("withGaps() lets one sample be late, and leaves nothing as nothing", () => {
  assertEquals(withGaps([[10, 34], [1, 2]], 10), [[10, 34], [1, 2]]);
  assertEquals(withGaps([[], []], 10), [[], []]);
});

Deno.test("lonely() finds the values that no line reaches", () => {
  assertEquals(lonely([5]), [0]);
  assertEquals(lonely([1, 2, null, 3, null, null, 4]), [3, 6]);
  assertEquals(lonely([null, null]), []);
  assertEquals(lonely([]), []);
});
