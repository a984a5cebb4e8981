/**
 * How long one empty task takes on an idle farm: by the API, from the post to its durable result,
 * and by the folder, from the closed file to its durable result.
 *
 * @module
 */
import { emptyTasks, MeasuredFarm } from "./farm.ts";
import { percentile, type Row } from "./report.ts";

const SAMPLES = 100;
const SAMPLES_QUICK = 30;

export async function benchLatency({ quick }: { quick: boolean }): Promise<Row[]> {
  const samples = quick ? SAMPLES_QUICK : SAMPLES;
  const farm = await MeasuredFarm.start();
  try {
    const api: number[] = [];
    const file: number[] = [];
    for (let at = 0; at < samples; at++) {
      api.push(await byApi(farm, `api${at}`));
      file.push(await byFile(farm, `file${at}`));
    }
    // The first ones compile the code.
    return [summary("latency_api", api.slice(5)), summary("latency_file", file.slice(5))];
  } finally {
    await farm.close();
  }
}

async function byApi(farm: MeasuredFarm, name: string): Promise<number> {
  const startMs = performance.now();
  await farm.client.submit(`${name}.json`, emptyTasks(1, name));
  await farm.secondsUntil(() => isCompleted(farm, `${name}_0000000`), 0);
  return performance.now() - startMs;
}

async function byFile(farm: MeasuredFarm, name: string): Promise<number> {
  await farm.prepare(`${name}.json`, emptyTasks(1, name));
  const startMs = performance.now();
  await farm.drop(`${name}.json`);
  await farm.secondsUntil(() => isCompleted(farm, `${name}_0000000`), 0);
  return performance.now() - startMs;
}

async function isCompleted(farm: MeasuredFarm, taskId: string): Promise<boolean> {
  const response = await fetch(`${farm.client.url}/tasks/${taskId}`);
  const task = await response.json();
  return task.status === "completed";
}

function summary(bench: string, ms: readonly number[]): Row {
  const round = (value: number) => Math.round(value * 100) / 100;
  return {
    bench,
    samples: ms.length,
    p50_ms: round(percentile(ms, 0.5)),
    p99_ms: round(percentile(ms, 0.99)),
    max_ms: round(Math.max(...ms)),
  };
}
