import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { UsageError } from "../platform/arguments.ts";
import { batchName, batchPath } from "./batch_file.ts";

Deno.test("batchName() holds type, local time and a random end", () => {
  const at = new Date(2024, 6, 8, 14, 30, 0).getTime();
  assertMatch(batchName("sweep", at), /^sweep_20240708_143000_[a-z0-9]{6}$/);
});

Deno.test("batchName() gives a thousand names for one moment", () => {
  // With 30 random bits, one pair meets by chance in 1 of 2000 runs; two pairs do not.
  const names = new Set(Array.from({ length: 1000 }, () => batchName("basic", 0)));
  assert(names.size >= 999);
});

Deno.test("batchPath() takes the queue, a folder, or a file", () => {
  assertEquals(batchPath("n", undefined), "task_queues/n.json");
  assertEquals(batchPath("n", "out/"), "out/n.json");
  assertEquals(batchPath("n", "."), "n.json");
  assertEquals(batchPath("n", "out/mine.json"), "out/mine.json");
});

for (const output of ["mine.txt", "mine", "out/.hidden.json"]) {
  Deno.test(`batchPath() refuses ${output}, which no inbox would take`, () => {
    assertThrows(() => batchPath("n", output), UsageError, `--output is "${output}"`);
  });
}
