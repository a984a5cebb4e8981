/**
 * What the farm takes from real work: short tasks on two slots beside the time they compute, one
 * long simulation beside the same one run alone, and the orchestrator's share of a core with 64
 * workers of 32 slots.
 *
 * @module
 */
import { join } from "node:path";
import { findAlgorithm } from "../../simulation/registry.ts";
import { err } from "../../platform/terminal.ts";
import { writeWorkersFile } from "../local_farm.ts";
import { SimulatedWorker } from "../testing/simulated_worker.ts";
import { emptyTasks, MeasuredFarm } from "./farm.ts";
import { median, type Row } from "./report.ts";

const SHORT_MS = 5;
const WARMUP_TASKS = 200;
const WORKERS = 64;
const SLOTS = 32;
const SIMULATED_MS = 1000;

export async function benchEfficiency({ quick }: { quick: boolean }): Promise<Row[]> {
  const rounds = quick ? 1 : 3;
  return [
    await shortTasks(quick ? 200 : 1000, rounds),
    await longTask(quick ? 3000 : 20_000, rounds),
    ...await crowd(quick ? 4 : 15),
  ];
}

const PARTICLES = { num_particles: 100, seed: 7 };

/** Milliseconds that so many steps take in this process, nothing else at work. */
function aloneMs(steps: number): number {
  const simulation = findAlgorithm("cython")!.create({ ...PARTICLES, num_steps: steps });
  const startMs = performance.now();
  simulation.advance(simulation.stepsTotal);
  return performance.now() - startMs;
}

/** Found by longer and longer runs: the first steps, with disks on top of each other, take longer. */
function stepsFor(ms: number): number {
  aloneMs(10_000);
  let steps = 1000;
  for (let factor = Infinity; factor > 2;) {
    factor = Math.min(10, ms / aloneMs(steps));
    steps = Math.max(1, Math.round(steps * factor));
  }
  return steps;
}

function taskFile(count: number, steps: number, prefix = "t"): string {
  const tasks = Array.from({ length: count }, (_, at) => ({
    task_id: `${prefix}${at}`,
    algorithm: "cython",
    parameters: { ...PARTICLES, num_steps: steps, seed: at },
  }));
  return JSON.stringify({ tasks });
}

/** One of the orchestrator's own metrics. */
async function metric(farm: MeasuredFarm, name: string): Promise<number> {
  const text = await (await fetch(`${farm.client.url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1] ?? 0);
}

/** Seconds inside simulations so far. */
function computedSeconds(farm: MeasuredFarm): Promise<number> {
  return metric(farm, "farm_task_duration_seconds_sum");
}

async function shortTasks(count: number, rounds: number): Promise<Row> {
  const steps = stepsFor(SHORT_MS);
  const ratios: number[] = [];
  const means: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const farm = await MeasuredFarm.start({ workers: 2, capacity: 1 });
    try {
      // A farm that has worked before: the first tasks of its life compile its code.
      await farm.prepare("warmup.json", taskFile(WARMUP_TASKS, steps, "warmup"));
      await farm.drop("warmup.json");
      await farm.secondsUntil(() => farm.isFinished("warmup.json"));
      await farm.prepare("short.json", taskFile(count, steps));
      const before = await computedSeconds(farm);
      await farm.drop("short.json");
      const makespan = await farm.secondsUntil(() => farm.isFinished("short.json"));
      const computed = await computedSeconds(farm) - before;
      ratios.push(makespan / (computed / 2));
      means.push(computed * 1000 / count);
      err(`efficiency: ${count} short tasks, makespan ${ratios.at(-1)!.toFixed(3)} × computed / 2`);
    } finally {
      await farm.close();
    }
  }
  return {
    bench: "efficiency",
    what: `${count} tasks of ${median(means).toFixed(1)} ms on two workers of one slot`,
    figure: "makespan / (computed time / 2)",
    median: Math.round(median(ratios) * 1000) / 1000,
    rounds,
  };
}

/** The same simulation alone in this process and on the farm, in turn: time on the farm by alone. */
async function longTask(ms: number, rounds: number): Promise<Row> {
  const steps = stepsFor(ms);
  const ratios: number[] = [];
  const farm = await MeasuredFarm.start({ workers: 1, capacity: 1 });
  try {
    for (let round = 0; round < rounds; round++) {
      const alone = aloneMs(steps) / 1000;
      const before = await computedSeconds(farm);
      const [task] = JSON.parse(taskFile(1, steps)).tasks;
      task.task_id = `long${round}`;
      await farm.prepare(`long${round}.json`, JSON.stringify({ tasks: [task] }));
      await farm.drop(`long${round}.json`);
      await farm.secondsUntil(() => farm.isFinished(`long${round}.json`), 200);
      ratios.push((await computedSeconds(farm) - before) / alone);
      err(`efficiency: one long task, ${ratios.at(-1)!.toFixed(3)} × its time alone`);
    }
  } finally {
    await farm.close();
  }
  return {
    bench: "efficiency",
    what: `one task of ${ms / 1000} s`,
    figure: "time on the farm / time alone",
    median: Math.round(median(ratios) * 1000) / 1000,
    rounds,
  };
}

/** All slots of many simulated workers kept busy: what the loop and the whole process use of a core. */
async function crowd(seconds: number): Promise<Row[]> {
  const workers = Array.from(
    { length: WORKERS },
    (_, at) =>
      new SimulatedWorker(`worker-${at}`, {
        capacity: SLOTS,
        workMs: SIMULATED_MS,
        executionMs: SIMULATED_MS,
        forgets: true,
      }),
  );
  const farm = await MeasuredFarm.start({ workers: 0 });
  try {
    await writeWorkersFile(join(farm.folder, "config_workers.json"), workers);
    const tasks = Math.round((seconds + 10) * WORKERS * SLOTS * 1000 / SIMULATED_MS);
    await farm.prepare("crowd.json", emptyTasks(tasks));
    await farm.drop("crowd.json");
    const busy = () => workers.reduce((sum, worker) => sum + worker.held.size, 0);
    await farm.secondsUntil(() => Promise.resolve(busy() > 0.9 * WORKERS * SLOTS));
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const loop = () => metric(farm, "farm_scheduler_busy_seconds");
    const process = () => farm.orchestratorCost()?.cpu_s ?? NaN;
    const before = { loop: await loop(), process: process() };
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    const what = `${WORKERS} simulated workers of ${SLOTS} slots, ${SIMULATED_MS / 1000} s a task`;
    const row = (figure: string, used: number): Row => ({
      bench: "efficiency",
      what,
      figure,
      median: Math.round(used / seconds * 1000) / 1000,
      rounds: 1,
    });
    return [
      row("share of a core: the scheduler's loop", await loop() - before.loop),
      row("share of a core: the whole orchestrator", process() - before.process),
    ];
  } finally {
    await farm.close();
    await Promise.all(workers.map((worker) => worker.close()));
  }
}
