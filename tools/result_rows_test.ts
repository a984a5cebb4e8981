import { assertEquals, assertStringIncludes } from "@std/assert";
import { type BatchResult, resultCsv, resultTable } from "./result_rows.ts";

const COMPLETED: BatchResult = {
  task_id: "a",
  algorithm: "python",
  parameters: { num_particles: 50, num_steps: 300, seed: 123 },
  execution_time: 0.25,
  worker_id: "worker-01",
  completed_at: "2024-07-08T14:25:30.000-04:00",
  priority: "high",
  batch: "20240708_142500_b",
  file: "b.json",
  result: { metrics: { particle_collisions: 28, wall_collisions: 36, memory_peak: "6 MB" } },
};
const FAILED: BatchResult = {
  task_id: 'b, "quoted"',
  algorithm: "cython",
  parameters: { num_particles: 1 },
  status: "failed",
  result: null,
  error: { message: "Lost on 3 workers" },
};

Deno.test("resultTable() shows figures, failures and totals", () => {
  const lines = resultTable([COMPLETED, FAILED]).split("\n");
  assertEquals(lines[0]?.split(/\s+/), [
    "task",
    "algorithm",
    "num_particles",
    "num_steps",
    "seed",
    "collisions",
    "walls",
    "seconds",
    "worker",
    "status",
  ]);
  assertEquals(lines[1]?.trim().split(/\s+/), [
    "a",
    "python",
    "50",
    "300",
    "123",
    "28",
    "36",
    "0.250",
    "worker-01",
    "completed",
  ]);
  assertStringIncludes(lines[2] ?? "", "failed: Lost on 3 workers");
  assertEquals(lines.at(-1), "1 of 2 completed, 0.250 s of computing");
});

Deno.test("resultCsv() has a column for every parameter and metric, and quotes what needs it", () => {
  assertEquals(resultCsv([COMPLETED, FAILED]).split("\r\n"), [
    "task_id,algorithm,status,num_particles,num_steps,seed,priority,execution_time," +
    "particle_collisions,wall_collisions,memory_peak,worker_id,completed_at,batch,file,error",
    "a,python,completed,50,300,123,high,0.25,28,36,6 MB,worker-01," +
    "2024-07-08T14:25:30.000-04:00,20240708_142500_b,b.json,",
    '"b, ""quoted""",cython,failed,1,,,,,,,,,,,,Lost on 3 workers',
    "",
  ]);
});
