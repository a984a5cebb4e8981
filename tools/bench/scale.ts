/**
 * What a very large file costs: accepting it, the memory it takes, a restart with all of it waiting,
 * and how the API answers meanwhile.
 *
 * @module
 */
import { err } from "../../platform/terminal.ts";
import type { FarmClient } from "../farm_client.ts";
import { startOrchestrator } from "../local_farm.ts";
import { join } from "node:path";
import { costOf, emptyTasks, MeasuredFarm } from "./farm.ts";
import { percentile, type Row } from "./report.ts";

const TASKS = 1_000_000;
const TASKS_QUICK = 100_000;
const CHUNK = 10_000;
const ANSWERS = 200;

export async function benchScale({ quick }: { quick: boolean }): Promise<Row[]> {
  const tasks = quick ? TASKS_QUICK : TASKS;
  // No worker: everything waits. The limits are raised for a file of this size.
  const farm = await MeasuredFarm.start({
    workers: 0,
    env: { TASK_FILE_MAX_BYTES: "400000000" },
  });
  try {
    await farm.prepare("large.json", taskFileStream(tasks));
    const idle = farm.orchestratorCost();
    await farm.drop("large.json");
    let peakMb = 0;
    const accept_s = await farm.secondsUntil(async () => {
      peakMb = Math.max(peakMb, farm.orchestratorCost()?.rss_mb ?? 0);
      return (await farm.client.batch("large.json"))?.state === "accepted";
    }, 50);
    err(`scale: ${tasks} tasks accepted in ${accept_s.toFixed(1)} s`);
    const stats = await answerTimes(farm.client, "/stats");
    const page = await answerTimes(farm.client, "/tasks?limit=100");
    const settledMb = farm.orchestratorCost()?.rss_mb ?? NaN;
    const restart_s = await restart(farm);
    return [{
      bench: "scale",
      tasks,
      accept_s: Math.round(accept_s * 100) / 100,
      rss_idle_mb: Math.round(idle?.rss_mb ?? NaN),
      rss_peak_mb: Math.round(peakMb),
      rss_after_mb: Math.round(settledMb),
      restart_s: Math.round(restart_s * 100) / 100,
      stats_p99_ms: stats,
      tasks_page_p99_ms: page,
    }];
  } finally {
    await farm.close();
  }
}

/** A task file of empty tasks, made while it is written. */
export function taskFileStream(tasks: number): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const chunks = function* () {
    yield encoder.encode('{"tasks":[');
    for (let at = 0; at < tasks; at += CHUNK) {
      const { tasks: part } = JSON.parse(emptyTasks(Math.min(CHUNK, tasks - at), `large_${at}`));
      const text = part.map((task: unknown) => JSON.stringify(task)).join(",");
      yield encoder.encode(`${at === 0 ? "" : ","}${text}`);
    }
    yield encoder.encode("]}");
  };
  return ReadableStream.from(chunks());
}

async function answerTimes(client: FarmClient, path: string): Promise<number> {
  const times: number[] = [];
  for (let at = 0; at < ANSWERS; at++) {
    const startMs = performance.now();
    await (await fetch(`${client.url}${path}`)).body?.pipeTo(new WritableStream());
    times.push(performance.now() - startMs);
  }
  return Math.round(percentile(times, 0.99) * 10) / 10;
}

/** Seconds from the start of a second orchestrator process, after a kill, until it answers. */
async function restart(farm: MeasuredFarm): Promise<number> {
  await farm.farm.orchestrator.kill();
  const startMs = performance.now();
  const second = await startOrchestrator({
    folder: farm.folder,
    port: 0,
    workersFile: join(farm.folder, "config_workers.json"),
    env: { TASK_FILE_MAX_BYTES: "400000000" },
  });
  const seconds = (performance.now() - startMs) / 1000;
  const cost = costOf(second.process.pid);
  err(`scale: ready again after ${seconds.toFixed(2)} s, ${Math.round(cost?.rss_mb ?? NaN)} MB`);
  await second.stop();
  return seconds;
}
