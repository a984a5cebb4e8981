/**
 * A farm that is going to be hurt: its programs as processes that can be killed, stopped and
 * started again, its folder, and the ledger of what it acknowledged.
 *
 * @module
 */
import { join } from "node:path";
import { FarmClient } from "../../tools/farm_client.ts";
import {
  script,
  startOrchestrator,
  startWorker,
  writeWorkersFile,
} from "../../tools/local_farm.ts";
import { freePort } from "../../tools/ports.ts";
import { Program } from "../../tools/program.ts";
import { Ledger } from "./ledger.ts";
import { until } from "./level.ts";

/** Where the orchestrator believes a worker to be. */
export interface Place {
  readonly id: string;
  readonly port: number;
  readonly ip?: string;
  readonly capacity?: number;
}

export interface FarmOptions {
  readonly places?: readonly Place[];
  readonly env?: Readonly<Record<string, string>>;
  /** Folder to work in; default a temporary one. */
  readonly folder?: string;
  readonly port?: number;
}

interface Stats {
  readonly tasks_summary: Record<string, number>;
}

export class Farm {
  readonly folder: string;
  readonly env: Record<string, string>;
  readonly ledger = new Ledger();
  readonly workers = new Map<string, Program>();
  readonly port: number;
  orchestrator: Program | null = null;
  client!: FarmClient;
  /** The last lines of all programs, for a test that fails. */
  readonly lines: string[] = [];

  private constructor(folder: string, options: FarmOptions) {
    this.folder = folder;
    // Files appear quickly, so that a test need not wait for them.
    this.env = { RESULTS_SAVE_INTERVAL: "1", INBOX_SETTLE_MS: "300", ...options.env };
    this.port = options.port ?? freePort(0);
  }

  /** Starts the orchestrator; workers are the test's to start. */
  static async start(options: FarmOptions = {}): Promise<Farm> {
    const folder = options.folder ?? await Deno.makeTempDir({ prefix: "faults_" });
    const farm = new Farm(folder, options);
    await farm.list(options.places ?? []);
    await farm.startOrchestrator();
    return farm;
  }

  /** Writes the list of workers, which the orchestrator reads again when it changes. */
  async list(places: readonly Place[]): Promise<void> {
    await writeWorkersFile(join(this.folder, "config_workers.json"), places);
  }

  /** Resolves when it answers. */
  async startOrchestrator(): Promise<void> {
    const { folder, env, port } = this;
    const onLine = (_: string, line: string) => this.#heard(line);
    this.orchestrator = await startOrchestrator({ folder, env, port, onLine });
    this.client = new FarmClient(this.orchestrator.url);
  }

  async startWorker(place: Place, env: Record<string, string> = {}): Promise<Program> {
    const { folder } = this;
    const onLine = (_: string, line: string) => this.#heard(line);
    const options = { folder, env: { ...this.env, ...env }, onLine };
    const worker = await startWorker({ capacity: 1, ...place }, options);
    this.workers.set(place.id, worker);
    return worker;
  }

  /** A worker program of these tests instead of the real one. */
  async startScript(path: string, place: Place): Promise<Program> {
    const args = [
      ["run", "-A", script(path), "--worker-id", place.id],
      ["--port", String(place.port), "--capacity", String(place.capacity ?? 1)],
    ].flat();
    const { folder, env } = this;
    const onLine = (line: string) => this.#heard(line);
    const worker = await Program.start({ name: place.id, args, folder, env, onLine });
    this.workers.set(place.id, worker);
    return worker;
  }

  #heard(line: string): void {
    this.lines.push(line);
    if (this.lines.length > 200) this.lines.shift();
  }

  async kill(): Promise<void> {
    await this.orchestrator?.kill();
  }

  /** Drops a task file as a user does, and notes it in the ledger. */
  async drop(name: string, tasks: readonly { task_id: string }[]): Promise<void> {
    this.ledger.offered(name, tasks.map((task) => task.task_id));
    await this.dropText(name, JSON.stringify({ tasks }));
  }

  async dropText(name: string, text: string): Promise<void> {
    const queue = join(this.folder, "task_queues");
    await Deno.writeTextFile(join(queue, `.${name}.part`), text);
    await Deno.rename(join(queue, `.${name}.part`), join(queue, name));
  }

  async stats(): Promise<Record<string, number>> {
    return (await this.client.get<Stats>("/stats")).tasks_summary;
  }

  async statsOrNull(): Promise<Record<string, number> | null> {
    return await this.stats().catch(() => null);
  }

  async task<T>(id: string): Promise<T | null> {
    return await this.client.get<T>(`/tasks/${encodeURIComponent(id)}`).catch(() => null);
  }

  /** Waits until so many tasks are in these states together, as long as they become more. */
  async untilCount(count: number, ...statuses: string[]): Promise<void> {
    for (let before = 0; before < count;) {
      const what = `more than ${before} of ${count} tasks ${statuses.join(" or ")}`;
      before = await until(what, async () => {
        const stats = await this.statsOrNull();
        if (stats === null) return null;
        const now = statuses.reduce((sum, status) => sum + (stats[status] ?? 0), 0);
        return now > before ? now : null;
      }, { everyMs: 50 });
    }
  }

  /** The task's worker once it runs (or is assigned, for simulated workers). */
  async atWork(id: string, status: "assigned" | "running" = "running"): Promise<string> {
    return await until(`${id} ${status}`, async () => {
      const task = await this.task<{ status: string; assigned_worker: string }>(id);
      const there = task?.status === status || task?.status === "running";
      return there ? task!.assigned_worker : null;
    });
  }

  /** Ends every process and removes the folder, whatever state they are in. */
  async close(): Promise<void> {
    const programs = [this.orchestrator, ...this.workers.values()].filter((one) => one !== null);
    await Promise.all(programs.map((program) => program.kill()));
    await Deno.remove(this.folder, { recursive: true }).catch(() => {});
  }
}

/** Runs `body` with a farm, which is ended whatever happens; a failure shows what it last said. */
export async function withFarm(
  options: FarmOptions,
  body: (farm: Farm) => Promise<void>,
): Promise<void> {
  const farm = await Farm.start(options);
  try {
    await body(farm);
  } catch (error) {
    const last = farm.lines.slice(-15).join("\n");
    throw new Error(`${error instanceof Error ? error.message : error}\n${last}`, { cause: error });
  } finally {
    await farm.close();
  }
}

export function places(capacities: readonly number[]): Place[] {
  return capacities.map((capacity, at) => ({
    id: `worker-0${at + 1}`,
    port: freePort(0),
    capacity,
  }));
}

interface Written {
  readonly task_id: string;
  readonly algorithm: string;
  readonly parameters: Record<string, number>;
}

function task(task_id: string, algorithm: string, parameters: Record<string, number>): Written {
  return { task_id, algorithm, parameters };
}

/** A millisecond of work. */
export function tiny(id: string): Written {
  return task(id, "python", { num_particles: 3, num_steps: 2, seed: 1 });
}

/** Many tiny tasks: `<prefix>-0` and so on. */
export function tinies(prefix: string, count: number): Written[] {
  return Array.from({ length: count }, (_, at) => tiny(`${prefix}-${at}`));
}

/** A second or two of work. */
export function middling(id: string): Written {
  return task(id, "cython", { num_particles: 1000, num_steps: 150_000, seed: 7 });
}

/** Occupies a slot until it is cancelled or its worker dies. */
export function endless(id: string): Written {
  return task(id, "cython", { num_particles: 100, num_steps: 1_000_000_000, seed: 1 });
}

/** Resident memory of a process, MiB. */
export async function residentMiB(pid: number): Promise<number> {
  const status = await Deno.readTextFile(join("/proc", String(pid), "status"));
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}
