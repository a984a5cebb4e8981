/**
 * The tasks that wait in front of the threads, and how many of them one thread gets in one call:
 * many short ones, because a call costs more than an empty task, or one that is long or unknown.
 *
 * @module
 */
import type { Algorithm } from "../simulation/algorithm.ts";
import type { Attempt } from "./attempts.ts";
import { CHUNK_MAX } from "./control.ts";
import { TaskTimes } from "./task_times.ts";
import type { ThreadTask } from "./thread_api.ts";

/**
 * Work to hand to a thread in one call, ms: far above the pause between two calls, which is some
 * ms when all cores are busy, and below what is felt.
 */
const CHUNK_TARGET_MS = 40;

export interface WorkQueueOptions {
  /** Threads that share the queue. */
  readonly threads: number;
  readonly findAlgorithm: (name: string) => Algorithm | undefined;
}

/** First in, first out; what comes back from a thread goes to the front. */
export class WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #times = new TaskTimes();
  #waiting: Attempt[] = [];

  constructor(options: WorkQueueOptions) {
    this.#options = options;
  }

  get length(): number {
    return this.#waiting.length;
  }

  /** All that wait, next first. */
  list(): Attempt[] {
    return [...this.#waiting];
  }

  push(attempt: Attempt): void {
    this.#waiting.push(attempt);
  }

  /** Puts attempts back in front of all others, in their order. */
  unshift(attempts: readonly Attempt[]): void {
    this.#waiting.unshift(...attempts);
  }

  /** Removes the attempts that were ended while they waited. */
  dropEnded(): void {
    this.#waiting = this.#waiting.filter((attempt) => attempt.state === "waiting");
  }

  /** Takes out the next task, and short ones behind it as long as the chunk stays short. */
  nextChunk(): Attempt[] {
    const share = Math.ceil(this.#waiting.length / this.#options.threads);
    const length = Math.min(CHUNK_MAX, share);
    let leftMs = CHUNK_TARGET_MS;
    let count = 0;
    while (count < length) {
      const { assignment } = this.#waiting[count]!;
      const work = this.#work(assignment);
      const estimateMs = this.#times.estimate(assignment.algorithm, work) ?? Infinity;
      if (count > 0 && estimateMs > leftMs) break;
      leftMs -= estimateMs;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  /** Takes the time of a completed task into account. */
  learn(task: ThreadTask, ms: number): void {
    this.#times.learn(task.algorithm, { work: this.#work(task), ms });
  }

  #work({ algorithm, parameters }: ThreadTask): number {
    const work = this.#options.findAlgorithm(algorithm)?.work(parameters) ?? 0;
    // Parameters are checked in the thread; what is wrong in them must not upset the estimate.
    return Number.isFinite(work) ? work : 0;
  }
}
