/**
 * What orchestrators may ask of this worker's threads: take tasks, stop them, forget their
 * outcomes, drain. It owns every attempt's state; whoever wants to know how one ended is told once.
 *
 * @module
 */
import type { Preview } from "../contract/preview.ts";
import type { AttemptRef, DispatchReply, DispatchRequest, Progress } from "../contract/wire.ts";
import type { Algorithm } from "../simulation/algorithm.ts";
import { type Attempt, AttemptLedger } from "./attempts.ts";
import { Previews } from "./previews.ts";
import { type AttemptTimes, outcomeOf } from "./running_chunk.ts";
import { neverStarted, Slots } from "./slots.ts";
import type { Ending } from "./thread_api.ts";
import { WorkQueue } from "./work_queue.ts";

export interface ExecutorOptions {
  /** How many tasks run at a time. */
  readonly capacity: number;
  /** Most threads that one task may use. @default the capacity */
  readonly threadsPerTask?: number | undefined;
  /** How many may wait beyond those. */
  readonly queueMax: number;
  readonly findAlgorithm: (name: string) => Algorithm | undefined;
  /** The program of the threads. @default the thread beside pool.ts */
  readonly threadUrl?: URL;
  /** Told once of each attempt that has ended. */
  readonly onEnded: (attempt: Attempt) => void;
  readonly onTrajectory: (attempt: Attempt, bytes: Uint8Array<ArrayBuffer>) => void;
}

/** A running attempt as `/status` and the stream show it. */
export interface RunningAttempt extends Progress {
  readonly farm: string;
  readonly algorithm: string;
}

interface Reason {
  readonly code: string;
  readonly message: string;
}

export class Executor {
  readonly ledger = new AttemptLedger();
  readonly #options: ExecutorOptions;
  readonly #queue: WorkQueue;
  readonly #slots: Slots;
  readonly #previews = new Previews((attempt, onFrame) => this.#slots.preview(attempt, onFrame));
  #draining = false;

  constructor(options: ExecutorOptions) {
    const { capacity, threadsPerTask, findAlgorithm, threadUrl } = options;
    this.#options = options;
    this.#queue = new WorkQueue({ threads: capacity, findAlgorithm });
    this.#slots = new Slots({
      capacity,
      threadsPerTask,
      queue: this.#queue,
      threadUrl,
      onEnd: (attempt, ending, times) => this.#end(attempt, ending, times),
      onTrajectory: options.onTrajectory,
    });
  }

  /** Starts the threads. @throws {Error} When they cannot start. */
  start(): Promise<void> {
    return this.#slots.start();
  }

  /** Ends the threads; what runs is lost. */
  close(): void {
    this.#slots.close();
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** Tasks that wait for a slot. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** Slots that have work. */
  get busy(): number {
    return this.#slots.busy;
  }

  get threadsReplaced(): number {
    return this.#slots.threadsReplaced;
  }

  /** Threads that were given up and still burn a core. */
  get threadsHanging(): number {
    return this.#slots.threadsHanging;
  }

  /** With this many hanging threads the machine has no core left, and only a restart helps. */
  get hangsTooMuch(): boolean {
    return this.threadsHanging >= 2 * this.#options.capacity;
  }

  /** What runs at this moment. */
  running(): RunningAttempt[] {
    return this.#slots.running().map(({ attempt, startedAt, stepsCompleted, stepsTotal }) => ({
      task_id: attempt.assignment.task_id,
      attempt: attempt.assignment.attempt,
      algorithm: attempt.assignment.algorithm,
      farm: attempt.farm,
      started_at: startedAt,
      steps_completed: stepsCompleted,
      steps_total: stepsTotal,
    }));
  }

  /** Takes tasks over; refuses, one by one, what it cannot take. */
  dispatch({ farm, tasks }: DispatchRequest): DispatchReply {
    this.ledger.heard(farm);
    const accepted: AttemptRef[] = [];
    const refused: DispatchReply["refused"] = [];
    for (const task of tasks) {
      const ref = { task_id: task.task_id, attempt: task.attempt };
      const known = this.ledger.recognise(farm, ref);
      if (known !== "known") {
        const reason = known === undefined ? this.#refusal(task.algorithm) : SUPERSEDED;
        if (reason !== undefined) {
          refused.push({ ...ref, ...reason });
          continue;
        }
        const { attempt, older } = this.ledger.admit(farm, task);
        if (older !== undefined) this.#stop(older, "cancelled");
        this.#queue.push(attempt);
      }
      accepted.push(ref);
    }
    this.#queue.dropEnded();
    this.#slots.fill();
    return { accepted, refused };
  }

  /** Stops attempts, waiting or running; unknown and ended ones are left alone. */
  cancel(farm: string, refs: readonly AttemptRef[]): void {
    for (const ref of refs) {
      const attempt = this.ledger.find(farm, ref);
      if (attempt !== undefined) this.#stop(attempt, "cancelled");
    }
    this.#queue.dropEnded();
  }

  /** Hands back those of these attempts that no thread has begun. */
  handBack(farm: string, refs: readonly AttemptRef[]): void {
    this.#return(refs.flatMap((ref) => this.ledger.find(farm, ref) ?? []));
  }

  /** Forgets outcomes that are durable elsewhere. */
  acknowledge(farm: string, refs: readonly AttemptRef[]): void {
    this.ledger.acknowledge(farm, refs);
  }

  /** On: takes nothing more and hands back what has not begun. Off: takes tasks again. */
  drain(on: boolean): void {
    this.#draining = on;
    if (!on) return;
    this.#return([...this.#queue.list(), ...this.#slots.attempts()]);
  }

  #return(attempts: readonly Attempt[]): void {
    for (const attempt of attempts) {
      if (attempt.state === "ended" || !this.#slots.takeBack(attempt)) continue;
      attempt.stopAs ??= "returned";
      this.#end(attempt, { status: "cancelled" }, neverStarted());
    }
    this.#queue.dropEnded();
  }

  /** Hands back everything, what runs included. */
  returnAll(): void {
    for (const attempt of [...this.#queue.list(), ...this.#slots.attempts()]) {
      this.#stop(attempt, "returned");
    }
    this.#queue.dropEnded();
  }

  /** One frame of a running attempt; null when there is none. */
  async preview(farm: string, ref: AttemptRef): Promise<Preview | null> {
    const attempt = this.ledger.find(farm, ref);
    return attempt?.state === "running" ? await this.#previews.of(attempt) : null;
  }

  #refusal(algorithm: string): Reason | undefined {
    const { capacity, queueMax, findAlgorithm } = this.#options;
    if (this.#draining) return { code: "draining", message: "This worker takes no more tasks" };
    if (findAlgorithm(algorithm) === undefined) {
      return { code: "unknown_algorithm", message: `This worker has no algorithm "${algorithm}"` };
    }
    if (this.#queue.length >= queueMax + capacity - this.#slots.busy) {
      return { code: "queue_full", message: `${this.#queue.length} tasks wait here already` };
    }
    if (!this.ledger.hasRoom()) {
      const message = `${this.ledger.unacknowledged} outcomes wait for their acknowledgement`;
      return { code: "unacknowledged", message };
    }
    return this.hangsTooMuch ? THREADS_HANG : undefined;
  }

  #stop(attempt: Attempt, as: "cancelled" | "returned"): void {
    if (attempt.state === "ended") return;
    // Cancelled is what somebody asked for; handing back afterwards must not undo it.
    attempt.stopAs ??= as;
    if (this.#slots.stop(attempt)) this.#end(attempt, { status: "cancelled" }, neverStarted());
  }

  #end(attempt: Attempt, ending: Ending, times: AttemptTimes): void {
    if (this.ledger.end(attempt, outcomeOf(attempt, ending, times))) this.#options.onEnded(attempt);
  }
}

const SUPERSEDED: Reason = {
  code: "superseded",
  message: "A newer attempt of this task is here",
};
const THREADS_HANG: Reason = {
  code: "threads_hang",
  message: "Too many threads of this worker hang; restart it",
};
