/**
 * Removes archived task files, results files, tasks and events that are older than the configuration
 * wants them kept. Off by default but for events: nobody's results vanish by themselves.
 *
 * @module
 */
import { join } from "node:path";
import { getLogger } from "../../platform/log.ts";
import { pause } from "../../platform/pause.ts";
import type { Config } from "../config.ts";
import type { Scheduler } from "../scheduler.ts";
import type { NewEventRecord, RemovalReport, Store } from "../store/store.ts";

const log = getLogger("retention");

const DAY_MS = 86_400_000;
/** How often it looks. */
const LOOK_MS = 3_600_000;
/** After each step in the store, others have it for this many times as long as the step took. */
const STEP_PACE = 4;
const STEP_PAUSE_MIN_MS = 20;
const STEP_PAUSE_MAX_MS = 2000;

export interface RetentionRooms {
  readonly config: Config;
  readonly store: Pick<Store, "removeEnded" | "removeEvents">;
  readonly scheduler: Pick<Scheduler, "request">;
  /** Hears of the tasks that were removed. */
  readonly tell: (event: Omit<NewEventRecord, "at">) => void;
}

export class Retention {
  readonly #rooms: RetentionRooms;
  readonly #stop = new AbortController();
  #timer: ReturnType<typeof setInterval> | undefined;
  #sweeping: Promise<void> | null = null;

  constructor(rooms: RetentionRooms) {
    this.#rooms = rooms;
  }

  /** Looks at once and then every hour, in the background. */
  start(): void {
    this.#timer = setInterval(() => this.#sweepSoon(), LOOK_MS);
    this.#sweepSoon();
  }

  /** Resolves when nothing of it is under way any more. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stop.abort();
    await this.#sweeping;
  }

  /** Removes what is too old at a moment (epoch ms); what cannot be removed is logged. */
  async sweep(now: number): Promise<void> {
    const { config, store } = this.#rooms;
    await removeOldFiles(config, now);
    const { retentionTasksDays, retentionEventsDays } = config;
    try {
      if (retentionTasksDays > 0) await this.#removeTasks(now - retentionTasksDays * DAY_MS);
      if (retentionEventsDays === 0) return;
      const before = now - retentionEventsDays * DAY_MS;
      while (!this.#stopped && await store.removeEvents({ before }) > 0) await this.#pause(0);
    } catch (error) {
      // The store failed, which it says itself, or the farm stops: what is left is left for later.
      log.info("The removal of old tasks is put off", { error: String(error) });
    }
  }

  /** Never two sweeps at a time: one may take longer than an hour. */
  #sweepSoon(): void {
    this.#sweeping ??= this.sweep(Date.now()).finally(() => this.#sweeping = null);
  }

  get #stopped(): boolean {
    return this.#stop.signal.aborted;
  }

  /**
   * Tasks that ended before a moment, with all that belongs to them, step by step. A step comes
   * between two turns of the scheduler, so that no task leaves which somebody is about to change.
   */
  async #removeTasks(before: number): Promise<void> {
    const removed = { tasks: 0, batches: 0 };
    let cursor: string | null | undefined = undefined;
    while (cursor !== null && !this.#stopped) {
      const startMs = performance.now();
      const step: RemovalReport = await this.#removeSome({
        before,
        ...(cursor === undefined ? {} : { cursor }),
      });
      removed.tasks += step.tasks;
      removed.batches += step.batches;
      cursor = step.next;
      await this.#pause(STEP_PACE * (performance.now() - startMs));
    }
    if (removed.tasks + removed.batches === 0) return;
    const details = { ...removed, days: this.#rooms.config.retentionTasksDays };
    log.info("Old tasks removed", details);
    this.#rooms.tell({ kind: "tasks_removed", details });
  }

  async #removeSome(options: Parameters<Store["removeEnded"]>[0]): Promise<RemovalReport> {
    const { scheduler, store } = this.#rooms;
    let report: RemovalReport | undefined;
    await scheduler.request(async () => {
      report = await store.removeEnded(options);
      return null;
    }, { first: true });
    return report!;
  }

  #pause(ms: number): Promise<void> {
    const pauseMs = Math.min(STEP_PAUSE_MAX_MS, Math.max(STEP_PAUSE_MIN_MS, ms));
    return pause(pauseMs, this.#stop.signal);
  }
}

async function removeOldFiles(config: Config, now: number): Promise<void> {
  const { queuePath, resultsPath, retentionProcessedDays, retentionResultsDays } = config;
  const ours = /^task_results_\d{8}_\d{6}(_\d+)?\.json$/;
  await removeOld(join(queuePath, "processed"), {
    names: /^\d{8}_\d{6}_.*\.json$/,
    days: retentionProcessedDays,
    now,
  });
  await removeOld(resultsPath, { names: ours, days: retentionResultsDays, now });
  if (retentionResultsDays === 0) return;
  for (const folder of await foldersIn(join(resultsPath, "trajectories"))) {
    await removeOld(folder, { names: /\.traj\.gz$/, days: retentionResultsDays, now });
    // Refused while something is left in it.
    await Deno.remove(folder).catch(() => {});
  }
}

async function foldersIn(folder: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    return entries.filter(({ isDirectory }) => isDirectory).map(({ name }) => join(folder, name));
  } catch {
    return [];
  }
}

async function removeOld(
  folder: string,
  { names, days, now }: { names: RegExp; days: number; now: number },
): Promise<void> {
  if (days === 0) return;
  let removed = 0;
  try {
    for await (const entry of Deno.readDir(folder)) {
      if (!entry.isFile || !names.test(entry.name)) continue;
      const path = join(folder, entry.name);
      const { mtime } = await Deno.lstat(path);
      if (mtime === null || now - mtime.getTime() <= days * DAY_MS) continue;
      await Deno.remove(path);
      removed++;
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) {
      log.warning("Cannot remove old files", { folder, error });
    }
  }
  if (removed > 0) log.info("Old files removed", { folder, removed, days });
}
