/**
 * `logs/worker_state.json`: the workers at a glance for whoever has only the files. Written when
 * something that matters has changed, never more often than every few seconds.
 *
 * @module
 */
import { dirname } from "node:path";
import { replaceFileAtomically } from "../../platform/atomic_file.ts";
import { getLogger, localTime } from "../../platform/log.ts";
import type { Farm } from "../farm.ts";
import { offerOf, statusOf } from "./worker_status.ts";

const log = getLogger("worker_state");

const WRITE_MS = 3000;

export class WorkerStateFile {
  readonly #farm: Pick<Farm, "config" | "fleet" | "scheduler" | "store">;
  readonly #everyMs: number;
  #timer: ReturnType<typeof setInterval> | undefined;
  #written = "";
  #writing: Promise<void> = Promise.resolve();
  #failed = false;

  constructor(farm: Pick<Farm, "config" | "fleet" | "scheduler" | "store">, everyMs = WRITE_MS) {
    this.#farm = farm;
    this.#everyMs = everyMs;
  }

  async start(): Promise<void> {
    this.#timer = setInterval(() => this.#write(), this.#everyMs);
    await this.#write();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#write();
  }

  /** One write at a time; never rejects. */
  #write(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#writeIfChanged());
    return this.#writing;
  }

  async #writeIfChanged(): Promise<void> {
    const path = this.#farm.config.workerStatePath;
    try {
      const workers = await this.#workers();
      const key = JSON.stringify(workers);
      if (key === this.#written) return;
      const text = JSON.stringify({ timestamp: localTime(Date.now()), workers }, null, 2);
      await Deno.mkdir(dirname(path), { recursive: true });
      await replaceFileAtomically(path, `${text}\n`);
      this.#written = key;
      this.#failed = false;
    } catch (error) {
      if (!this.#failed) log.warning("Cannot write the state of the workers", { path, error });
      this.#failed = true;
    }
  }

  /** Without what changes at every ping: the file would never rest. */
  async #workers() {
    const { fleet, scheduler, store } = this.#farm;
    const totals = new Map((await store.workerTotals()).map((row) => [row.worker, row]));
    return fleet.workers().map((health) => {
      const known = scheduler.state.workers.get(health.id);
      return {
        id: health.id,
        ip: health.ip,
        port: health.port,
        status: statusOf(scheduler, health),
        ...offerOf(known),
        current_tasks: known?.held.size ?? 0,
        completed: totals.get(health.id)?.completed ?? 0,
        failed: totals.get(health.id)?.failed ?? 0,
        consecutive_failures: health.consecutive_failures,
        region: health.region,
        version: health.version,
        problem: health.problem,
      };
    });
  }
}
