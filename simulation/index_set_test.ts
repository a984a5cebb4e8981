import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { IndexSet } from "./index_set.ts";

const SIZE = 5000;

Deno.test("takeFrom() gives members in ascending order, each once", () => {
  fc.assert(fc.property(fc.array(fc.nat(SIZE - 1)), (values) => {
    const set = new IndexSet(SIZE);
    for (const value of values) set.add(value);
    assertEquals(drain(set), [...new Set(values)].sort((a, b) => a - b));
    assertEquals(set.takeFrom(0), -1);
  }));
});

Deno.test("takeFrom() sees members that were added on the way", () => {
  const set = new IndexSet(SIZE);
  for (const value of [3, 2000, 4999]) set.add(value);
  assertEquals(set.takeFrom(0), 3);
  for (const value of [4, 31, 1023, 1024, 2000]) set.add(value);
  assertEquals(drain(set, 4), [4, 31, 1023, 1024, 2000, 4999]);
});

function drain(set: IndexSet, start = 0): number[] {
  const taken: number[] = [];
  for (let v = set.takeFrom(start); v >= 0; v = set.takeFrom(v)) taken.push(v);
  return taken;
}
