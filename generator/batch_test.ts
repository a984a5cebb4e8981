import { assertEquals } from "@std/assert";
import { type Batch, BATCH_KINDS, type BatchType, planTasks, tasksPlanned } from "./batch.ts";

const ONE: Batch = {
  type: "basic",
  algorithms: ["python"],
  count: 4,
  particles: [10],
  steps: [20],
  seeds: [30],
  priorities: ["medium"],
};

/** Tasks as rows: algorithm, particles, steps, seed, priority. */
function rows(batch: Batch): unknown[][] {
  return planTasks(batch, "x").map(({ algorithm, parameters: p, priority }) => [
    algorithm,
    p.num_particles,
    p.num_steps,
    p.seed,
    priority,
  ]);
}

Deno.test("planTasks() gives a basic batch consecutive seeds and algorithms in turn", () => {
  assertEquals(rows({ ...ONE, algorithms: ["python", "cython"] }), [
    ["python", 10, 20, 30, "medium"],
    ["cython", 10, 20, 31, "medium"],
    ["python", 10, 20, 32, "medium"],
    ["cython", 10, 20, 33, "medium"],
  ]);
});

Deno.test("planTasks() goes on from 0 behind the largest seed", () => {
  assertEquals(rows({ ...ONE, seeds: [2 ** 32 - 2] }).map((row) => row[3]), [
    4_294_967_294,
    4_294_967_295,
    0,
    1,
  ]);
});

Deno.test("planTasks() lets a performance batch grow with every algorithm on each size", () => {
  assertEquals(rows({ ...ONE, type: "performance", algorithms: ["python", "cython"] }), [
    ["python", 10, 20, 30, "medium"],
    ["cython", 10, 20, 30, "medium"],
    ["python", 20, 20, 30, "medium"],
    ["cython", 20, 20, 30, "medium"],
  ]);
});

Deno.test("planTasks() mixes the priorities of a stress batch", () => {
  const batch: Batch = { ...ONE, type: "stress", priorities: ["high", "low"] };
  assertEquals(rows(batch).map((row) => row[4]), ["high", "low", "high", "low"]);
});

Deno.test("planTasks() deals the lists of a custom batch out, one value for each task", () => {
  const batch: Batch = {
    ...ONE,
    type: "custom",
    count: 3,
    particles: [1, 2, 3],
    seeds: [7, 8, 9],
    priorities: [10],
  };
  assertEquals(rows(batch), [
    ["python", 1, 20, 7, 10],
    ["python", 2, 20, 8, 10],
    ["python", 3, 20, 9, 10],
  ]);
});

Deno.test("planTasks() makes every combination of a sweep exactly once", () => {
  const { count: _, ...lists } = ONE;
  const batch: Batch = {
    ...lists,
    type: "sweep",
    algorithms: ["python", "cython"],
    particles: [1, 2, 3],
    seeds: [5, 6, 7, 8],
  };
  assertEquals(tasksPlanned(batch), 24);
  const all = rows(batch);
  assertEquals(new Set(all.map(String)).size, 24);
  assertEquals(all[0], ["python", 1, 20, 5, "medium"]);
  assertEquals(all[1], ["python", 1, 20, 6, "medium"]);
  assertEquals(all[23], ["cython", 3, 20, 8, "medium"]);
});

Deno.test("planTasks() gives every task an id that sorts in order", () => {
  const ids = planTasks({ ...ONE, count: 120 }, "basic_x").map((task) => task.task_id);
  assertEquals(ids[0], "basic_x_001");
  assertEquals(ids.toSorted(), ids);
  assertEquals(new Set(ids).size, 120);
});

Deno.test("tasksPlanned() counts what is not answered yet as one", () => {
  assertEquals(tasksPlanned({ type: "sweep" }), 1);
  assertEquals(tasksPlanned({ type: "sweep", seeds: [1, 2] }), 2);
  assertEquals(tasksPlanned({ type: "basic" }), 0);
});

for (const type of Object.keys(BATCH_KINDS) as BatchType[]) {
  Deno.test(`planTasks() names the tasks of a ${type} batch after it`, () => {
    const description = planTasks({ ...ONE, type }, "x")[0]?.description;
    assertEquals(description, `${type}: 10 particles, 20 steps, seed 30`);
  });
}
