/**
 * The farm as its users have it: real programs, real files, real ports.
 *
 * @module
 */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { join } from "node:path";
import { farmTest } from "./testing/farm.ts";

const ROOT = new URL("../", import.meta.url);

/** Collision counts of the example batch: particles among themselves, and with walls. */
const EXAMPLE: Record<string, unknown[]> = {
  manual_001: [28, 36],
  manual_002: [172, 120],
  manual_003: [833, 312],
  manual_004: [440, 200],
  manual_005: [87, 80],
  manual_006: [2006, 490],
  manual_007: [4, 14],
  manual_008: [76, 72],
  manual_009: [327, 177],
  manual_010: [1410, 353],
};

/** A task that keeps a slot busy until it is cancelled or its worker dies. */
function long(task_id: string) {
  const parameters = { num_particles: 100, num_steps: 1_000_000_000, seed: 1 };
  return { task_id, algorithm: "cython", parameters };
}

/** Some seconds of work: long enough to be seen running on any machine. */
function middling(task_id: string) {
  return {
    task_id,
    algorithm: "cython",
    parameters: { num_particles: 1000, num_steps: 300_000, seed: 7 },
  };
}

function tiny(task_id: string) {
  return { task_id, algorithm: "python", parameters: { num_particles: 3, num_steps: 2, seed: 1 } };
}

farmTest("the example batch gives the counts of the original program", {}, async (farm) => {
  const text = await Deno.readTextFile(new URL("tareas_manuales_ejemplo.json", ROOT));
  await farm.dropText("ejemplo.json", text);
  const results = await farm.results("ejemplo.json");
  const counts = Object.fromEntries(results.map(({ task_id, result }) => {
    const { particle_collisions, wall_collisions } = result!.metrics;
    return [task_id, [particle_collisions, wall_collisions]];
  }));
  assertEquals(counts, EXAMPLE);

  const stats = await farm.client.get<{ tasks_summary: Record<string, number> }>("/stats");
  assertEquals(stats.tasks_summary.completed, 10);
  const files = await farm.until(async () => {
    const files = await farm.resultFiles();
    return files.flatMap((file) => file.results).length === 10 ? files : null;
  });
  const ids = files.flatMap((file) => file.results.map((result) => result.task_id)).sort();
  assertEquals(ids, Object.keys(EXAMPLE));
});

farmTest("a killed worker costs no task: another one runs it", {}, async (farm) => {
  await farm.drop("two.json", [middling("a"), middling("b")]);
  const victim = await farm.until(async () => {
    const tasks = await farm.client.get<{ status: string; assigned_worker: string }[]>(
      "/tasks?status=running",
    );
    return tasks.length === 2 ? tasks[0]!.assigned_worker : null;
  });
  await farm.workers.get(victim)!.kill();
  const batch = await farm.finished("two.json");
  assertEquals(batch.counts.completed, 2);
  const workers = await farm.client.get<{ id: string; status: string }[]>("/workers");
  assertNotEquals(workers.find((worker) => worker.id === victim)!.status, "active");
  const tasks = await farm.client.get<{ redistributions: number; assigned_worker: string }[]>(
    "/tasks",
  );
  assertEquals(tasks.map((task) => task.redistributions).sort(), [0, 1]);
  for (const task of tasks) assertNotEquals(task.assigned_worker, victim);
});

farmTest("a running task is cancelled, its slot is free for the next", {
  capacities: [1],
}, async (farm) => {
  await farm.drop("long.json", [long("endless")]);
  await farm.until(async () => {
    const task = await farm.client.get<{ status: string }>("/tasks/endless").catch(() => null);
    return task?.status === "running";
  });
  const response = await fetch(`${farm.client.url}/tasks/endless`, { method: "DELETE" });
  assert(response.ok);
  await response.body?.cancel();
  await farm.drop("next.json", [tiny("next")]);
  assertEquals((await farm.finished("next.json")).counts.completed, 1);
  assertEquals((await farm.finished("long.json")).counts.cancelled, 1);
});

farmTest("an orchestrator that is killed goes on where it stopped; running tasks stay", {
  capacities: [1],
}, async (farm) => {
  await farm.drop("work.json", [middling("a"), tiny("b"), tiny("c")]);
  await farm.until(async () => {
    const task = await farm.client.get<{ status: string }>("/tasks/a").catch(() => null);
    return task?.status === "running";
  });
  await farm.orchestrator.kill();
  await farm.startOrchestrator();
  assertEquals((await farm.finished("work.json")).counts.completed, 3);
  const task = await farm.client.get<{ attempts: unknown[]; redistributions: number }>("/tasks/a");
  assertEquals([task.attempts.length, task.redistributions], [1, 0]);
});

farmTest(
  "tasks wait for a worker and say so",
  { capacities: [1], workers: false },
  async (farm) => {
    await farm.drop("wait.json", [tiny("a")]);
    const task = await farm.until(async () =>
      await farm.client.get<{ waiting_reason: string }>("/tasks/a").catch(() => null)
    );
    assertEquals(task.waiting_reason, "no worker is connected");
    await farm.startWorker("worker-01");
    assertEquals((await farm.finished("wait.json")).counts.completed, 1);
  },
);

farmTest("the orchestrator stops in order, twice refuses the folder, and keeps its results", {
  capacities: [1],
}, async (farm) => {
  await farm.drop("one.json", [tiny("a")]);
  await farm.finished("one.json");
  const second = await farm.startOrchestrator().then(() => null, (error: Error) => error.message);
  assert(second?.includes("Another orchestrator"), String(second));
  assertEquals(await farm.orchestrator.stop(), 143);
  const files = await farm.resultFiles();
  assertEquals(files.flatMap((file) => file.results).map((result) => result.task_id), ["a"]);
  await Deno.stat(join(farm.folder, "results", "orchestrator_stats.json"));
});
