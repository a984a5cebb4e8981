/**
 * The farm's side of a round: orchestrator and one worker as processes of their own, measured as
 * `deno task bench dispatch` does it, then counted.
 *
 * @module
 */
import { dispatchRound } from "../dispatch.ts";
import { MeasuredFarm } from "../farm.ts";
import type { Round } from "./client/adapters.ts";
import type { Running } from "./running.ts";

const ENDED = /^worker_attempts_total\{[^}]*\}\s+(\d+)/gm;

interface FarmLoad {
  readonly jobs: number;
  readonly warmupJobs: number;
  /** Time for all of it, ms. */
  readonly timeoutMs: number;
}

/** @throws {Error} When the farm does not end in time, with what it says of its health. */
export async function farmRound(running: Running, load: FarmLoad): Promise<Round> {
  const { it: farm, stop } = await running.start(() => MeasuredFarm.start(), (it) => it.close());
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(async () => {
    const health = await farm.client.get<{ problems: string[] }>("/health").catch(String);
    late.reject(
      new Error(
        `The farm was not done after ${load.timeoutMs / 1000} s: ${JSON.stringify(health)}`,
      ),
    );
  }, load.timeoutMs);
  try {
    return await Promise.race([measure(farm, load), late.promise]);
  } finally {
    clearTimeout(timer);
    await stop();
  }
}

async function measure(farm: MeasuredFarm, { jobs, warmupJobs }: FarmLoad): Promise<Round> {
  await dispatchRound(farm, "warmup", warmupJobs);
  const before = await endedAttempts(farm);
  const { tasks_per_s } = await dispatchRound(farm, "job", jobs);
  const ended = await endedAttempts(farm) - before;
  if (ended < jobs) throw new Error(`The worker counted ${ended} attempts for ${jobs} tasks`);
  return { seconds: jobs / tasks_per_s, lost: await lostTasks(farm, jobs), doubled: ended - jobs };
}

/** Attempts of any outcome that have ended at the workers. */
async function endedAttempts(farm: MeasuredFarm): Promise<number> {
  let ended = 0;
  for (const worker of farm.farm.workers) {
    const text = await (await fetch(`${worker.url}/metrics`)).text();
    for (const [, count] of text.matchAll(ENDED)) ended += Number(count);
  }
  return ended;
}

async function lostTasks(farm: MeasuredFarm, jobs: number): Promise<number> {
  const stored = new Set<string>();
  for (const { task_id, result } of await farm.client.results("job.json")) {
    if (result?.status === "completed") stored.add(task_id);
  }
  return jobs - stored.size;
}
