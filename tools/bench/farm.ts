/**
 * A farm to measure: one orchestrator and one or more workers as processes in a temporary folder on
 * the disk of the working folder, and what the system says of their cost.
 *
 * @module
 */
import { join } from "node:path";
import { FarmClient } from "../farm_client.ts";
import { LocalFarm } from "../local_farm.ts";

/** Clock ticks a second in /proc/<pid>/stat: 100 on every Linux this runs on. */
const TICKS_PER_S = 100;
const POLL_MS = 5;

export interface ProcessCost {
  /** CPU seconds so far, user and system. */
  readonly cpu_s: number;
  readonly rss_mb: number;
}

/** What a process has used so far; null where the system does not tell. */
export function costOf(pid: number): ProcessCost | null {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    const rssKb = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
    return { cpu_s: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S, rss_mb: rssKb / 1024 };
  } catch {
    return null;
  }
}

export class MeasuredFarm {
  readonly folder: string;
  readonly farm: LocalFarm;
  readonly client: FarmClient;

  private constructor(folder: string, farm: LocalFarm) {
    this.folder = folder;
    this.farm = farm;
    this.client = new FarmClient(farm.url);
  }

  static async start(
    { workers = 1, capacity, env = {} }: {
      workers?: number;
      capacity?: number;
      env?: Record<string, string>;
    } = {},
  ): Promise<MeasuredFarm> {
    // Under the working folder: a memory file system in /tmp would make every sync free.
    await Deno.mkdir("state", { recursive: true });
    const folder = await Deno.makeTempDir({ dir: "state", prefix: "bench_" });
    const full = await Deno.realPath(folder);
    const farm = await LocalFarm.start({
      folder: full,
      port: 0,
      workers: Array.from({ length: workers }, (_, at) => ({
        id: `worker-0${at + 1}`,
        port: 0,
        ...(capacity === undefined ? {} : { capacity }),
      })),
      workersFile: join(full, "config_workers.json"),
      env: { LOG_LEVEL: "WARNING", ...env },
    });
    return new MeasuredFarm(full, farm);
  }

  orchestratorCost(): ProcessCost | null {
    return costOf(this.farm.orchestrator.process.pid);
  }

  workersCost(): ProcessCost | null {
    const costs = this.farm.workers.map((worker) => costOf(worker.process.pid));
    if (costs.includes(null)) return null;
    return {
      cpu_s: costs.reduce((sum, cost) => sum + cost!.cpu_s, 0),
      rss_mb: costs.reduce((sum, cost) => sum + cost!.rss_mb, 0),
    };
  }

  /** Writes a task file beside the folder; `drop` then hands it over in one rename. */
  async prepare(name: string, text: string | ReadableStream<Uint8Array>): Promise<void> {
    const path = join(this.folder, "task_queues", `.${name}.part`);
    if (typeof text === "string") await Deno.writeTextFile(path, text);
    else await Deno.writeFile(path, text);
  }

  async drop(name: string): Promise<void> {
    const queue = join(this.folder, "task_queues");
    await Deno.rename(join(queue, `.${name}.part`), join(queue, name));
  }

  /** Seconds until `holds`, asked every few ms. */
  async secondsUntil(holds: () => Promise<boolean>, pollMs = POLL_MS): Promise<number> {
    const startMs = performance.now();
    while (!await holds()) await new Promise((resolve) => setTimeout(resolve, pollMs));
    return (performance.now() - startMs) / 1000;
  }

  async isFinished(file: string): Promise<boolean> {
    return typeof (await this.client.batch(file))?.finished_at === "string";
  }

  async close(): Promise<void> {
    await this.farm.stop();
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** The text of a task file whose simulations are empty: only the farm's own cost is left. */
export function emptyTasks(count: number, prefix = "task"): string {
  const tasks: string[] = [];
  for (let at = 0; at < count; at++) {
    const id = `${prefix}_${String(at).padStart(7, "0")}`;
    tasks.push(
      `{"task_id":"${id}","algorithm":"cython","parameters":{"num_particles":1,"num_steps":0,` +
        `"seed":${at}},"priority":"medium","description":"Empty task ${at} of a benchmark"}`,
    );
  }
  return `{"tasks":[\n${tasks.join(",\n")}\n]}\n`;
}
