import { assertEquals, assertNotEquals } from "@std/assert";
import { errorShape } from "./error_shape.ts";

Deno.test("errorShape() leaves out numbers, ids, quoted words and the task's own id", () => {
  const shapes = [
    `Task manual_1 broke at step 17 of 2.5e3: particle "p-9" left 0xFF (a3f9c2d18b7e4411)`,
    `Task manual_22 broke at step 4 of 100: particle "x" left 0x1 (00ffc2d18b7e4411)`,
  ].map((message, at) => errorShape(message, ["manual_1", "manual_22"][at]!));
  assertEquals(shapes[0], shapes[1]);
  assertEquals(shapes[0], "Task <task> broke at step N of N: particle “…” left <id> (<id>)");
});

Deno.test("errorShape() keeps words apart, also around an apostrophe", () => {
  assertNotEquals(errorShape("It didn't start and won't", "t"), errorShape("It won't", "t"));
  assertEquals(errorShape("don't stop it's 5", "a"), "don't stop it's N");
});

Deno.test("errorShape() is quick and short for hostile texts", () => {
  for (const text of ["'".repeat(1e6), '"a'.repeat(1e6), "1,".repeat(1e6), "f".repeat(1e6)]) {
    assertEquals(errorShape(text, "task").length <= 300, true);
  }
});
