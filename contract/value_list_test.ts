import { assertEquals, assertThrows } from "@std/assert";
import { parseIntegers, VALUES_MAX } from "./value_list.ts";

const LISTS: readonly [text: string, values: number[]][] = [
  ["7", [7]],
  ["0", [0]],
  ["-3", [-3]],
  ["100,200", [100, 200]],
  [" 1 , 2 ", [1, 2]],
  ["1..4", [1, 2, 3, 4]],
  ["1..10:3", [1, 4, 7, 10]],
  ["1..9:3", [1, 4, 7]],
  ["5..5", [5]],
  ["-2..1", [-2, -1, 0, 1]],
  ["9,1..3,9", [9, 1, 2, 3, 9]],
];
for (const [text, values] of LISTS) {
  Deno.test(`parseIntegers() reads "${text}"`, () => assertEquals(parseIntegers(text), values));
}

const REFUSED: readonly [text: string, message: string][] = [
  ["", "neither an integer nor a range"],
  ["a", '"a" is neither'],
  ["1.5", '"1.5" is neither'],
  ["1,,2", '"" is neither'],
  ["1..", '"1.." is neither'],
  ["1...5", '"1...5" is neither'],
  ["1e3", '"1e3" is neither'],
  ["5..1", "5..1 falls"],
  ["1..5:0", "step 0"],
  ["1..5:-1", "is neither"],
  ["99999999999999999999", "is too large"],
];
for (const [text, message] of REFUSED) {
  Deno.test(`parseIntegers() refuses "${text}"`, () => {
    assertThrows(() => parseIntegers(text), RangeError, message);
  });
}

Deno.test("parseIntegers() counts a range before it fills the memory with it", () => {
  assertEquals(parseIntegers(`1..${VALUES_MAX}`).length, VALUES_MAX);
  assertThrows(() => parseIntegers(`1..${VALUES_MAX + 1}`), RangeError, "longer than 100000");
  assertThrows(() => parseIntegers("0..9007199254740991"), RangeError, "longer than 100000");
  assertThrows(() => parseIntegers(`1..${VALUES_MAX},1`), RangeError, "longer than 100000");
});
