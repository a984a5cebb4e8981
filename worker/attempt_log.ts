/**
 * A line in the log for each attempt that ended, as long as there are few; of a flood only a count,
 * so that thousands of short tasks a second neither cost time nor push everything else out.
 *
 * @module
 */
import { getLogger } from "../platform/log.ts";
import type { Attempt } from "./attempts.ts";

const log = getLogger("attempts");

/** Lines in one second; the count of the others follows in the next second that has lines. */
const LINES_PER_SECOND = 10;

export class AttemptLog {
  readonly #now: () => number;
  #second = -1;
  #lines = 0;
  #omitted = 0;

  /** `now`: a monotonic clock, ms. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  ended({ assignment, outcome }: Attempt): void {
    if (outcome === undefined || !this.#hasRoom()) return;
    const { task_id, attempt, algorithm } = assignment;
    log.info(`Attempt ${outcome.status}`, {
      task_id,
      attempt,
      algorithm,
      seconds: (outcome.execution_ms / 1000).toFixed(3),
      error: outcome.status === "failed" ? outcome.failure.message : undefined,
    });
  }

  #hasRoom(): boolean {
    const second = Math.floor(this.#now() / 1000);
    if (second !== this.#second) {
      if (this.#omitted > 0) log.info("More attempts ended", { count: this.#omitted });
      [this.#second, this.#lines, this.#omitted] = [second, 0, 0];
    }
    if (this.#lines < LINES_PER_SECOND) return ++this.#lines > 0;
    this.#omitted++;
    return false;
  }
}
