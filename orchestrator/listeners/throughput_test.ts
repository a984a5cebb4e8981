import { assertEquals } from "@std/assert";
import { taskRow } from "../core/testing.ts";
import type { Change } from "../store/store.ts";
import { Throughput } from "./throughput.ts";

function completed(count: number): Change[] {
  const task = taskRow("t1", { status: "completed" });
  return Array.from({ length: count }, () => ({ kind: "task", from: "running", task }));
}

Deno.test("Throughput counts completed tasks of the last minute only", () => {
  let now = 500_000;
  const throughput = new Throughput(() => now);
  assertEquals(throughput.perSecond, 0);
  throughput.committed([...completed(30), {
    kind: "task",
    from: "running",
    task: taskRow("t2", { status: "failed" }),
  }]);
  // The first second counts as a whole one.
  assertEquals(throughput.perSecond, 30);
  now += 10_000;
  assertEquals(throughput.perSecond, 3);
  throughput.committed(completed(30));
  now += 45_000;
  assertEquals(throughput.perSecond, 60 / 55);
  now += 10_000;
  assertEquals(throughput.perSecond, 0.5);
  now += 3_600_000;
  assertEquals(throughput.perSecond, 0);
});
