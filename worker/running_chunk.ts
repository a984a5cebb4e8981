/**
 * A chunk of tasks on a thread: which of them wait, run or ended there, and whether the thread
 * still obeys.
 *
 * @module
 */
import type { Attempt, HeldOutcome } from "./attempts.ts";
import { timeoutFailure } from "./chunk_runner.ts";
import type { Ending } from "./thread_api.ts";
import type { ThreadHandle } from "./thread_handle.ts";

/** Time a thread has to obey a stop or a timeout before it is given up, ms. */
export const GRACE_MS = 500;
/** A chunk was meant to be short: what has not begun after this time goes to other threads, ms. */
const CHUNK_LATE_MS = 100;

/** The attempt that a thread runs at this moment. */
export interface RunningNow {
  readonly attempt: Attempt;
  /** Epoch ms. */
  readonly startedAt: number;
  readonly stepsCompleted: number;
  readonly stepsTotal: number;
}

/** What has to be done about a chunk. */
export interface ChunkVerdict {
  /** Not begun here, to be run elsewhere, in order. */
  readonly takenBack: readonly Attempt[];
  /** True when the thread must be given up. */
  readonly hangs: boolean;
}

/** One chunk from its start to its end. */
export class RunningChunk {
  readonly thread: ThreadHandle;
  readonly attempts: readonly Attempt[];
  readonly #startedMs: number;
  /** The place that runs, as the last look saw it, and since when it runs as far as we know. */
  #seen: { place: number; sinceMs: number };
  /** When the thread was first asked to stop a place that it runs. */
  readonly #askedMs = new Map<number, number>();
  /** How the attempt ended in which the thread hangs. */
  #hangs: Ending | undefined;

  constructor(thread: ThreadHandle, attempts: readonly Attempt[]) {
    this.thread = thread;
    this.attempts = attempts;
    this.#startedMs = performance.now();
    this.#seen = { place: -1, sinceMs: this.#startedMs };
  }

  /** True when it was taken back here; false when the thread has begun it and was asked to stop. */
  stop(attempt: Attempt): boolean {
    const place = this.attempts.indexOf(attempt);
    const outcome = this.thread.control.stop(place);
    if (outcome === "asked" && !this.#askedMs.has(place)) {
      this.#askedMs.set(place, performance.now());
    }
    return outcome === "taken back";
  }

  /** The attempt that the thread runs, with its progress. */
  running(): RunningNow | undefined {
    const running = this.thread.control.running();
    const attempt = running && this.attempts[running.place];
    return attempt && { ...running, attempt };
  }

  /** Takes an attempt back if the thread has not begun it. */
  takeBack(attempt: Attempt): boolean {
    return this.thread.control.takeBack(this.attempts.indexOf(attempt));
  }

  /** What to report for the attempt that ran when the thread died for `reason`. */
  endingOfCrash(reason: string): Ending {
    if (this.#hangs !== undefined) return this.#hangs;
    const message = `The thread died: ${reason}`.slice(0, 1000);
    return { status: "failed", failure: { kind: "crash", code: "thread_died", message } };
  }

  /** Looks after the chunk; called a few times a second. */
  look(nowMs: number): ChunkVerdict {
    const running = this.thread.control.running();
    if (running !== undefined && running.place !== this.#seen.place) {
      this.#seen = { place: running.place, sinceMs: nowMs };
    }
    const late = nowMs - this.#startedMs > CHUNK_LATE_MS;
    const takenBack = late
      ? this.attempts.filter((_, place) => this.thread.control.takeBack(place))
      : [];
    if (running !== undefined) this.#hangs ??= this.#hangsIn(running.place, nowMs);
    return { takenBack, hangs: this.#hangs !== undefined };
  }

  #hangsIn(place: number, nowMs: number): Ending | undefined {
    const askedMs = this.#askedMs.get(place);
    if (askedMs !== undefined && nowMs - askedMs > GRACE_MS) return { status: "cancelled" };
    const timeoutMs = this.attempts[place]?.assignment.timeout_ms ?? Infinity;
    if (nowMs - this.#seen.sinceMs > timeoutMs + GRACE_MS) {
      return { status: "failed", failure: timeoutFailure(timeoutMs) };
    }
    return undefined;
  }
}

/** Times of an attempt; started_at is null when it never ran. */
export interface AttemptTimes {
  readonly started_at: number | null;
  readonly ended_at: number;
  readonly execution_ms: number;
}

/** The outcome of an attempt that ended like this. */
export function outcomeOf(attempt: Attempt, ending: Ending, times: AttemptTimes): HeldOutcome {
  const { task_id, attempt: number } = attempt.assignment;
  const { started_at, ended_at, execution_ms } = times;
  const base = { task_id, attempt: number, started_at, ended_at, execution_ms };
  if (ending.status === "cancelled") return { ...base, status: attempt.stopAs ?? "cancelled" };
  return { ...base, ...ending };
}
