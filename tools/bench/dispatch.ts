/**
 * How many tasks a second the farm carries: a file of empty tasks, from its appearance in the folder
 * to the last result on disk, every acknowledgement after its sync.
 *
 * @module
 */
import { err } from "../../platform/terminal.ts";
import { emptyTasks, MeasuredFarm } from "./farm.ts";
import { median, type Row } from "./report.ts";

const TASKS = 20_000;
const TASKS_QUICK = 5000;
const ROUNDS = 5;
const ROUNDS_QUICK = 2;

export interface DispatchRound {
  readonly tasks_per_s: number;
  readonly orchestrator_us_per_task: number | null;
  readonly worker_us_per_task: number | null;
  readonly orchestrator_rss_mb: number | null;
}

/** One round on a farm that runs already, or on one of its own. */
export async function dispatchRound(
  farm: MeasuredFarm,
  name: string,
  tasks: number,
): Promise<DispatchRound> {
  await farm.prepare(`${name}.json`, emptyTasks(tasks, name));
  const before = { orchestrator: farm.orchestratorCost(), workers: farm.workersCost() };
  await farm.drop(`${name}.json`);
  const seconds = await farm.secondsUntil(() => farm.isFinished(`${name}.json`), 20);
  const orchestrator = farm.orchestratorCost();
  const workers = farm.workersCost();
  const each = (from: { cpu_s: number } | null, to: { cpu_s: number } | null) =>
    from === null || to === null ? null : (to.cpu_s - from.cpu_s) * 1e6 / tasks;
  return {
    tasks_per_s: tasks / seconds,
    orchestrator_us_per_task: each(before.orchestrator, orchestrator),
    worker_us_per_task: each(before.workers, workers),
    orchestrator_rss_mb: orchestrator?.rss_mb ?? null,
  };
}

export async function benchDispatch({ quick }: { quick: boolean }): Promise<Row[]> {
  const tasks = quick ? TASKS_QUICK : TASKS;
  const farm = await MeasuredFarm.start();
  const rounds: DispatchRound[] = [];
  try {
    await dispatchRound(farm, "warmup", 2000);
    for (let round = 0; round < (quick ? ROUNDS_QUICK : ROUNDS); round++) {
      rounds.push(await dispatchRound(farm, `round${round}`, tasks));
      err(`dispatch: ${Math.round(rounds.at(-1)!.tasks_per_s)} tasks/s`);
    }
  } finally {
    await farm.close();
  }
  const rates = rounds.map((round) => round.tasks_per_s);
  return [{
    bench: "dispatch",
    tasks,
    rounds: rounds.length,
    tasks_per_s_median: Math.round(median(rates)),
    tasks_per_s_min: Math.round(Math.min(...rates)),
    tasks_per_s_max: Math.round(Math.max(...rates)),
    orchestrator_us_per_task: Math.round(
      median(rounds.map((r) => r.orchestrator_us_per_task ?? NaN)),
    ),
    worker_us_per_task: Math.round(median(rounds.map((r) => r.worker_us_per_task ?? NaN))),
    orchestrator_rss_mb: Math.round(rounds.at(-1)!.orchestrator_rss_mb ?? NaN),
  }];
}
