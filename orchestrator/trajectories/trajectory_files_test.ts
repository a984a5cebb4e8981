import { assert, assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { join } from "node:path";
import { safeName, TrajectoryFiles } from "./trajectory_files.ts";

Deno.test("safeName() keeps plain ids and makes every other one safe", () => {
  assertEquals(safeName("manual_001"), "manual_001");
  for (
    const id of ["../../etc/passwd", "a/b", "..", ".", "", "CON", "tarea ñ 🐦", "x".repeat(200)]
  ) {
    assert(/^[A-Za-z0-9_-]{0,60}~[0-9a-f]{16}$/.test(safeName(id)), safeName(id));
  }
});

Deno.test("safeName() gives two ids two names, also where capitals do not count", () => {
  assertNotEquals(safeName("Task").toLowerCase(), safeName("task"));
  fc.assert(fc.property(fc.string(), fc.string(), (one, other) => {
    fc.pre(one !== other);
    assertNotEquals(safeName(one).toLowerCase(), safeName(other).toLowerCase());
  }));
});

Deno.test("TrajectoryFiles never leave their folder", () => {
  const files = new TrajectoryFiles("/results");
  const path = files.pathOf({ batch: "../..", task_id: "../../x" });
  assert(path.startsWith(join("/results", "trajectories", "_~")), path);
  assertEquals(files.sizeOf({ batch: "b", task_id: "none" }), null);
});
