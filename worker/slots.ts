/**
 * The slots of the worker: feeds waiting tasks to idle threads in chunks, records what comes back,
 * and makes a crash or a hang cost the attempt that ran and nothing else.
 *
 * @module
 */
import { getLogger } from "../platform/log.ts";
import type { Attempt } from "./attempts.ts";
import type { ControlBlock } from "./control.ts";
import { ThreadPool } from "./pool.ts";
import { type AttemptTimes, RunningChunk, type RunningNow } from "./running_chunk.ts";
import { ThreadGrant } from "./thread_grant.ts";
import type { Ending, PreviewFrame, ThreadNews, ThreadOutcome, ThreadTask } from "./thread_api.ts";
import type { ChunkEnd } from "./thread_handle.ts";
import type { WorkQueue } from "./work_queue.ts";

const log = getLogger("slots");

/** Time between two looks at the running chunks, ms. */
const LOOK_MS = 100;
/** Crashes between two tasks that are forgiven the task first in line. */
const UNBLAMED_CRASHES_MAX = 2;

export interface SlotsOptions {
  /** How many tasks run at a time. */
  readonly capacity: number;
  /** Most threads that one task may use. @default the capacity */
  readonly threadsPerTask?: number | undefined;
  readonly queue: WorkQueue;
  /** The program of the threads. @default the thread beside pool.ts */
  readonly threadUrl?: URL | undefined;
  /** Told how an attempt ended. */
  readonly onEnd: (attempt: Attempt, ending: Ending, times: AttemptTimes) => void;
  /** Given the trajectory of an attempt that has ended. */
  readonly onTrajectory: (attempt: Attempt, bytes: Uint8Array<ArrayBuffer>) => void;
}

export class Slots {
  readonly #options: SlotsOptions;
  readonly #pool: ThreadPool;
  readonly #grant: ThreadGrant;
  readonly #chunks = new Set<RunningChunk>();
  /** On which chunk an attempt is: exactly those whose state is "running". */
  readonly #chunkOf = new Map<Attempt, RunningChunk>();
  readonly #unblamedCrashes = new WeakMap<Attempt, number>();
  readonly #previewed = new WeakMap<Attempt, (frame: PreviewFrame) => void>();
  /** Blocks of threads that were given up, and the place in which each hangs. */
  #hanging: { control: ControlBlock; place: number }[] = [];
  #looking: ReturnType<typeof setInterval> | undefined;

  constructor(options: SlotsOptions) {
    this.#options = options;
    this.#grant = new ThreadGrant(options);
    this.#pool = new ThreadPool({
      size: options.capacity,
      grant: this.#grant.memory,
      onIdle: () => this.fill(),
      ...(options.threadUrl && { threadUrl: options.threadUrl }),
    });
  }

  /** Starts the threads. @throws {Error} When they cannot start. */
  start(): Promise<void> {
    return this.#pool.start();
  }

  /** Ends the threads; what runs is lost. */
  close(): void {
    this.#pool.close();
    clearInterval(this.#looking);
  }

  /** Slots that have work. */
  get busy(): number {
    return this.#chunks.size;
  }

  get threadsReplaced(): number {
    return this.#pool.replaced;
  }

  /** Threads that were given up and still burn a core. */
  get threadsHanging(): number {
    this.#hanging = this.#hanging.filter(({ control, place }) => control.isRunning(place));
    return this.#hanging.length;
  }

  /** What runs at this moment. */
  running(): RunningNow[] {
    return [...this.#chunks].flatMap((chunk) => chunk.running() ?? [])
      .filter(({ attempt }) => attempt.state === "running");
  }

  /** The attempts that threads have, begun or not. */
  attempts(): Attempt[] {
    return [...this.#chunkOf.keys()];
  }

  /** True when `attempt` is no thread's now; false when a thread runs it and was asked to stop. */
  stop(attempt: Attempt): boolean {
    const free = this.#chunkOf.get(attempt)?.stop(attempt) ?? true;
    if (free) this.#chunkOf.delete(attempt);
    return free;
  }

  /** Takes an attempt back if its thread has not begun it. */
  takeBack(attempt: Attempt): boolean {
    const free = this.#chunkOf.get(attempt)?.takeBack(attempt) ?? true;
    if (free) this.#chunkOf.delete(attempt);
    return free;
  }

  /** Gives idle threads work as long as there are both. */
  fill(): void {
    const { queue } = this.#options;
    while (queue.length > 0) {
      const thread = this.#pool.take();
      if (thread === undefined) return;
      const chunk = new RunningChunk(thread, queue.nextChunk());
      this.#chunks.add(chunk);
      this.#grant.share(this.#chunks.size);
      for (const attempt of chunk.attempts) {
        attempt.state = "running";
        this.#chunkOf.set(attempt, chunk);
      }
      this.#looking ??= setInterval(() => this.#look(), LOOK_MS);
      void thread
        .run(chunk.attempts.map(threadTask), (news) => this.#hear(chunk, news))
        .then((end) => this.#chunkEnded(chunk, end));
    }
  }

  /** One frame of a running attempt, when its thread has come to show it. */
  preview(attempt: Attempt, onFrame: (frame: PreviewFrame) => void): void {
    const chunk = this.#chunkOf.get(attempt);
    if (chunk === undefined) return;
    this.#previewed.set(attempt, onFrame);
    chunk.thread.control.askPreview();
  }

  #hear(chunk: RunningChunk, news: ThreadNews): void {
    if ("early_outcomes" in news) return this.#record(chunk, news.early_outcomes);
    const attempt = chunk.attempts[news.place]!;
    if ("trajectory" in news) return this.#options.onTrajectory(attempt, news.trajectory);
    this.#previewed.get(attempt)?.(news.preview);
    this.#previewed.delete(attempt);
  }

  #chunkEnded(chunk: RunningChunk, end: ChunkEnd): void {
    if ("outcomes" in end) this.#record(chunk, end.outcomes);
    else this.#chunkCrashed(chunk, end.crash);
    this.#chunks.delete(chunk);
    this.#grant.share(this.#chunks.size);
    if (this.#chunks.size === 0) {
      clearInterval(this.#looking);
      this.#looking = undefined;
    }
    this.#pool.giveBack(chunk.thread);
    this.fill();
  }

  #record(chunk: RunningChunk, outcomes: readonly ThreadOutcome[]): void {
    for (const outcome of outcomes) {
      const attempt = chunk.attempts[outcome.place]!;
      if (outcome.ending.status === "completed") {
        this.#options.queue.learn(attempt.assignment, outcome.execution_ms);
      }
      this.#end(attempt, outcome.ending, outcome);
    }
  }

  /** The attempt that ran pays; the others of the chunk wait again, in their order. */
  #chunkCrashed(chunk: RunningChunk, reason: string): void {
    const running = chunk.running();
    const left = chunk.attempts.filter((attempt) => this.#chunkOf.get(attempt) === chunk);
    const culprit = running?.attempt ?? this.#blamedForSilence(left[0]);
    if (culprit !== undefined && left.includes(culprit)) {
      const now = Date.now();
      const startedAt = running?.startedAt ?? now;
      this.#end(culprit, chunk.endingOfCrash(reason), {
        started_at: startedAt,
        ended_at: now,
        execution_ms: Math.max(0, now - startedAt),
      });
    }
    this.#waitAgain(left.filter((attempt) => attempt !== culprit));
  }

  /** A thread that dies between two tasks again and again must not be fed the same one for ever. */
  #blamedForSilence(first: Attempt | undefined): Attempt | undefined {
    if (first === undefined) return undefined;
    const crashes = (this.#unblamedCrashes.get(first) ?? 0) + 1;
    this.#unblamedCrashes.set(first, crashes);
    return crashes > UNBLAMED_CRASHES_MAX ? first : undefined;
  }

  #waitAgain(attempts: readonly Attempt[]): void {
    for (const attempt of attempts) {
      this.#chunkOf.delete(attempt);
      attempt.state = "waiting";
    }
    // A stop that came while the thread had the attempt must not be lost with the thread.
    const stopped = attempts.filter((attempt) => attempt.stopAs !== undefined);
    for (const attempt of stopped) this.#end(attempt, { status: "cancelled" }, neverStarted());
    this.#options.queue.unshift(attempts.filter((attempt) => attempt.stopAs === undefined));
  }

  #look(): void {
    const now = performance.now();
    for (const chunk of this.#chunks) {
      const { takenBack, hangs } = chunk.look(now);
      if (takenBack.length > 0) this.#waitAgain(takenBack);
      if (hangs) this.#giveUp(chunk);
    }
    this.fill();
  }

  #giveUp(chunk: RunningChunk): void {
    const { control } = chunk.thread;
    const place = control.running()?.place;
    if (place !== undefined) this.#hanging.push({ control, place });
    const { task_id, attempt } = chunk.attempts[place ?? 0]!.assignment;
    log.warning("Thread hangs and is given up", { task_id, attempt });
    chunk.thread.terminate("The thread did not obey in time");
  }

  #end(attempt: Attempt, ending: Ending, times: AttemptTimes): void {
    this.#chunkOf.delete(attempt);
    this.#options.onEnd(attempt, ending, times);
  }
}

/** Times of an attempt that ends now without having run. */
export function neverStarted(): AttemptTimes {
  return { started_at: null, ended_at: Date.now(), execution_ms: 0 };
}

function threadTask({ assignment }: Attempt): ThreadTask {
  const { algorithm, parameters, timeout_ms, record } = assignment;
  return { algorithm, parameters, timeout_ms, record };
}
