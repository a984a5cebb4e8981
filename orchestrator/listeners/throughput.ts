/**
 * How many tasks were completed of late: a bucket a second over the last minute.
 *
 * @module
 */
import type { Listener } from "../scheduler.ts";
import type { Change } from "../store/store.ts";

const WINDOW_SECONDS = 60;

export class Throughput implements Listener {
  readonly #nowMs: () => number;
  readonly #startedMs: number;
  readonly #counts = new Array<number>(WINDOW_SECONDS).fill(0);
  /** The second that the newest bucket stands for. */
  #second: number;

  /** `nowMs` is a monotonic clock. */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
    this.#startedMs = nowMs();
    this.#second = Math.floor(this.#startedMs / 1000);
  }

  committed(changes: readonly Change[]): void {
    this.#advance();
    let completed = 0;
    for (const change of changes) {
      if (change.kind === "task" && change.task.status === "completed") completed++;
    }
    this.#counts[this.#second % WINDOW_SECONDS]! += completed;
  }

  /** Tasks completed a second, over the last minute or since the start. */
  get perSecond(): number {
    this.#advance();
    const completed = this.#counts.reduce((sum, count) => sum + count, 0);
    const elapsed = (this.#nowMs() - this.#startedMs) / 1000;
    return completed / Math.min(WINDOW_SECONDS, Math.max(1, elapsed));
  }

  #advance(): void {
    const second = Math.floor(this.#nowMs() / 1000);
    const passed = Math.min(WINDOW_SECONDS, second - this.#second);
    for (let i = 1; i <= passed; i++) this.#counts[(this.#second + i) % WINDOW_SECONDS] = 0;
    this.#second = second;
  }
}
