/**
 * Adds to the story of the farm what the store cannot see itself: workers that come and go, the
 * orchestrator's own life, its disks. A failing store is waited for.
 *
 * @module
 */
import { VERSION } from "../../contract/version.ts";
import { getLogger } from "../../platform/log.ts";
import type { Notice } from "../core/messages.ts";
import type { FarmWatchOptions } from "../notify/farm_watch.ts";
import type { Listener } from "../scheduler.ts";
import { EVENT_TEXT_MAX, type NewEventRecord, type Store } from "../store/store.ts";

const log = getLogger("event_log");

/** Events are gathered for this long, ms. */
const GATHER_MS = 250;
/** Pause before a store that failed is tried again, ms. */
const RETRY_MS = 5000;
/** Most events that wait for the store; the oldest are given up. */
const WAITING_MAX = 1000;

export class EventLog implements Listener {
  readonly #store: Pick<Store, "addEvents">;
  #waiting: NewEventRecord[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(store: Pick<Store, "addEvents">) {
    this.#store = store;
  }

  start(): void {
    this.tell({ kind: "orchestrator_started", details: { version: VERSION } });
  }

  /** Writes the end of this life and all that waits. Never rejects. */
  async stop(): Promise<void> {
    this.tell({ kind: "orchestrator_stopped" });
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#write();
  }

  /** Something has happened just now. */
  tell(event: Omit<NewEventRecord, "at">): void {
    if (this.#stopped) return;
    this.#waiting.push({ ...event, at: Date.now() });
    if (this.#waiting.length > WAITING_MAX) this.#waiting.shift();
    this.#writeIn(GATHER_MS);
  }

  noticed(notice: Notice): void {
    switch (notice.kind) {
      case "worker_connected": {
        const { kind, worker, again } = notice;
        return this.tell({ kind, worker, details: { again } });
      }
      case "worker_lost": {
        const { kind, worker, reason, tasks } = notice;
        return this.tell({ kind, worker, details: { reason, tasks } });
      }
      case "worker_refused": {
        const { kind, worker, message } = notice;
        return this.tell({ kind, worker, details: { message: message.slice(0, EVENT_TEXT_MAX) } });
      }
      case "orchestrator_paused":
        return this.tell({ kind: notice.kind, details: { seconds: notice.ms / 1000 } });
      case "outcome_ignored":
        return;
    }
  }

  storeFailed(error: Error | null): void {
    if (error === null) return this.tell({ kind: "store_recovered" });
    const message = error.message.slice(0, EVENT_TEXT_MAX);
    this.tell({ kind: "store_failed", details: { message } });
  }

  /** What only somebody notices who looks now and then: of notifications, the one of that kind. */
  heard(event: Parameters<FarmWatchOptions["notifier"]["tell"]>[0]): void {
    if (event.kind !== "queue_stuck") return;
    const { kind, waiting, minutes } = event;
    this.tell({ kind, details: { waiting, minutes } });
  }

  /** What the store said of itself when it was opened. */
  warn(warnings: readonly string[]): void {
    for (const message of warnings) this.tell({ kind: "store_warning", details: { message } });
  }

  /** Why no task file is taken for want of space; null when there is room again. */
  diskChanged(problem: string | null): void {
    if (problem === null) this.tell({ kind: "disk_ok" });
    else this.tell({ kind: "disk_low", details: { message: problem } });
  }

  #writeIn(ms: number): void {
    this.#timer ??= setTimeout(() => this.#write(), ms);
  }

  /** One write at a time. */
  #write(): Promise<void> {
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#writeOnce());
    return this.#writing;
  }

  async #writeOnce(): Promise<void> {
    const events = this.#waiting;
    if (events.length === 0) return;
    this.#waiting = [];
    try {
      await this.#store.addEvents(events);
    } catch (error) {
      log.debug("Cannot write events now", { error: String(error) });
      this.#waiting = [...events, ...this.#waiting].slice(-WAITING_MAX);
      if (!this.#stopped) this.#writeIn(RETRY_MS);
    }
  }
}
