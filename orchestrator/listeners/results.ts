/**
 * Results files: `task_results_….json` and `orchestrator_stats.json`. Which results stand in which
 * file is decided in the store before the file is written, so each result stands in exactly one,
 * whenever the program is killed; a full disk only delays them.
 *
 * @module
 */
import { join } from "node:path";
import { replaceFileAtomically } from "../../platform/atomic_file.ts";
import { fileStamp } from "../../platform/file_time.ts";
import { getLogger, localTime } from "../../platform/log.ts";
import type { Listener } from "../scheduler.ts";
import type { Change, ResultFile, Store } from "../store/store.ts";
import { resultEntry } from "./result_entry.ts";
import type { OrchestratorStats } from "./stats.ts";

const log = getLogger("results");

/** Most results of one file: some 50 MB, what people can still open. */
export const RESULTS_A_FILE_MAX = 100_000;
/** Results read from the store at a time. */
const PAGE = 1000;
/** After a batch has ended, wait for others that end with it, ms. */
const BATCH_WAIT_MS = 250;
/** Least time between two files that ended batches cause, ms: names count in seconds. */
const SAVE_GAP_MS = 2000;
/** Time until a failed save is tried again, ms. */
const RETRY_MS = 10_000;

export interface ResultFilesOptions {
  readonly store: Store;
  readonly folder: string;
  readonly intervalMs: number;
  readonly stats: () => Promise<OrchestratorStats>;
  readonly batchWaitMs?: number;
  readonly resultsAFileMax?: number;
}

export class ResultFiles implements Listener {
  readonly #options: Required<ResultFilesOptions>;
  #dirty = false;
  #problem: string | null = null;
  #statsWritten = "";
  #saving: Promise<void> = Promise.resolve();
  #savedMono = -Infinity;
  #interval: ReturnType<typeof setInterval> | undefined;
  #soon: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ResultFilesOptions) {
    this.#options = {
      batchWaitMs: BATCH_WAIT_MS,
      resultsAFileMax: RESULTS_A_FILE_MAX,
      ...options,
    };
  }

  /** Why results wait in the store, in one sentence; null when they do not. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Writes what an earlier life left over, then goes on at every interval. */
  async start(): Promise<void> {
    this.#interval = setInterval(() => {
      if (this.#dirty) this.#save();
    }, this.#options.intervalMs);
    await this.#save();
  }

  committed(_changes: readonly Change[], finished: readonly string[]): void {
    this.#dirty = true;
    if (finished.length > 0) this.#saveSoon();
  }

  /** Writes all there is, and no more after it. */
  async stop(): Promise<void> {
    clearInterval(this.#interval);
    clearTimeout(this.#soon);
    await this.#save();
    clearTimeout(this.#soon);
  }

  #saveSoon(): void {
    if (this.#soon !== undefined) return;
    const sinceMs = performance.now() - this.#savedMono;
    this.#saveIn(Math.max(this.#options.batchWaitMs, SAVE_GAP_MS - sinceMs));
  }

  #saveIn(ms: number): void {
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => {
      this.#soon = undefined;
      this.#save();
    }, ms);
  }

  /** One save at a time; never rejects. */
  #save(): Promise<void> {
    this.#saving = this.#saving.then(() => this.#saveOnce());
    return this.#saving;
  }

  async #saveOnce(): Promise<void> {
    this.#dirty = false;
    try {
      await Deno.mkdir(this.#options.folder, { recursive: true });
      for (const file of await this.#options.store.unwrittenResultFiles()) await this.#write(file);
      for (let file = await this.#plan(); file !== null; file = await this.#plan()) {
        await this.#write(file);
      }
      await this.#writeStats();
      this.#problem = null;
    } catch (error) {
      this.#dirty = true;
      this.#problem =
        `Results cannot be written to ${this.#options.folder}, they are kept in the ` +
        `store: ${error instanceof Error ? error.message : error}`;
      log.error("Cannot write results, they are kept in the store", { error });
      this.#saveIn(RETRY_MS);
    }
  }

  #plan(): Promise<ResultFile | null> {
    const at = Date.now();
    const stem = `task_results_${fileStamp(at)}`;
    const name = (taken: (name: string) => boolean) => {
      for (let copy = 1;; copy++) {
        const name = copy === 1 ? `${stem}.json` : `${stem}_${copy}.json`;
        // Also a file of an earlier store must not be overwritten.
        if (!taken(name) && !isThere(join(this.#options.folder, name))) return name;
      }
    };
    return this.#options.store.planResultFile(name, { at, limit: this.#options.resultsAFileMax });
  }

  async #write(file: ResultFile): Promise<void> {
    const stats = await this.#options.stats();
    await replaceFileAtomically(join(this.#options.folder, file.name), this.#text(file, stats));
    await this.#options.store.resultFileWritten(file.name);
    this.#savedMono = performance.now();
    log.info("Results written", { file: file.name, results: file.to - file.from + 1 });
  }

  async *#text(file: ResultFile, stats: OrchestratorStats): AsyncGenerator<string> {
    const head = { timestamp: localTime(file.planned_at), orchestrator_stats: stats };
    yield JSON.stringify(head, null, 2).replace(/\n}$/, ',\n  "task_results": [');
    let separator = "\n    ";
    for (let from = file.from; from <= file.to; from += PAGE) {
      const records = await this.#options.store.results(from, Math.min(file.to, from + PAGE - 1));
      let text = "";
      for (const record of records) {
        text += separator + JSON.stringify(resultEntry(record));
        separator = ",\n    ";
      }
      yield text;
    }
    yield "\n  ]\n}\n";
  }

  async #writeStats(): Promise<void> {
    const stats = await this.#options.stats();
    const written = JSON.stringify(stats);
    // A farm that never had a task has nothing to tell.
    if (written === this.#statsWritten || stats.total_tasks === 0) return;
    const text = { timestamp: localTime(Date.now()), orchestrator_stats: stats };
    const path = join(this.#options.folder, "orchestrator_stats.json");
    await replaceFileAtomically(path, `${JSON.stringify(text, null, 2)}\n`);
    this.#statsWritten = written;
  }
}

function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
