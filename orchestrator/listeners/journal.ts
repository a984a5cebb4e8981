/**
 * The log of what happens to tasks, batches and workers. One line a task while there are few; when
 * many end at once, one line a second that counts them, so that the log never costs more than the
 * work it tells of.
 *
 * @module
 */
import type { Outcome } from "../../contract/wire.ts";
import { getLogger, type Logger } from "../../platform/log.ts";
import type { Notice } from "../core/messages.ts";
import type { Listener } from "../scheduler.ts";
import type { Change, TaskRow } from "../store/store.ts";

/** Ended tasks a second that get a line of their own; beyond, they are counted (DEBUG has them). */
const LINES_A_SECOND = 20;

interface Tally {
  completed: number;
  failed: number;
  cancelled: number;
}

export class Journal implements Listener {
  readonly #log: Logger;
  readonly #nowMs: () => number;
  #second = -1;
  #lines = 0;
  #tally: Tally = { completed: 0, failed: 0, cancelled: 0 };
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: { log?: Logger; nowMs?: () => number } = {}) {
    this.#log = options.log ?? getLogger("tasks");
    this.#nowMs = options.nowMs ?? (() => performance.now());
  }

  committed(changes: readonly Change[], finished: readonly string[]): void {
    for (const change of changes) {
      if (change.kind === "task") this.#onTask(change.task);
    }
    for (const batch of finished) this.#log.info("Batch finished", { batch });
  }

  noticed(notice: Notice): void {
    const { kind, ...details } = notice;
    switch (kind) {
      case "worker_connected":
        return this.#log.info("Worker connected", details);
      case "worker_lost":
        return this.#log.warning("Worker lost, its tasks wait for another one", details);
      case "worker_refused":
        return this.#log.warning("Worker takes no tasks now and rests for a while", details);
      case "outcome_ignored":
        return this.#log.debug("Outcome of a superseded attempt ignored", details);
      case "orchestrator_paused":
        return this.#log.warning("This process stood still; no worker is blamed for it", details);
    }
  }

  compared(worker: string, outcome: Outcome): void {
    const { task_id, attempt } = outcome;
    this.#log.debug("Late result of a finished task", { worker, task_id, attempt });
  }

  storeFailed(error: Error | null): void {
    if (error === null) this.#log.warning("The store works again; the queue was loaded anew");
    else this.#log.critical("The store failed; nothing is handed out until it works", { error });
  }

  /** Writes what is only counted so far. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const tally = this.#tally;
    this.#tally = { completed: 0, failed: 0, cancelled: 0 };
    const total = tally.completed + tally.failed + tally.cancelled;
    if (total === 0) return;
    if (tally.failed > 0) this.#log.warning("More tasks ended", { ...tally });
    else this.#log.info("More tasks ended", { ...tally });
  }

  #onTask(task: TaskRow): void {
    const { status, task_id, worker } = task;
    if (status === "redistributed") {
      this.#log.debug("Task taken back", { task_id, worker, reason: task.error?.message });
    }
    if (status !== "completed" && status !== "failed" && status !== "cancelled") return;
    const line = this.#hasRoom();
    if (!line) this.#count(status);
    const level = !line ? "debug" : status === "failed" ? "warning" : "info";
    if (status === "failed") {
      const { code, message } = task.error ?? {};
      this.#log[level]("Task failed", { task_id, worker, attempts: task.attempt, code, message });
    } else if (status === "completed") {
      const seconds = Math.round(task.execution_ms ?? 0) / 1000;
      this.#log[level]("Task completed", { task_id, worker, seconds });
    } else {
      this.#log[level]("Task cancelled", { task_id });
    }
  }

  #hasRoom(): boolean {
    const second = Math.floor(this.#nowMs() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#lines = 0;
    }
    return ++this.#lines <= LINES_A_SECOND;
  }

  #count(status: keyof Tally): void {
    this.#tally[status]++;
    this.#timer ??= setTimeout(() => this.flush(), 1000);
  }
}
