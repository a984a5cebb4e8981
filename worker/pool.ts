/**
 * A fixed number of threads: hands out idle ones and puts a new one in the place of each that died.
 *
 * @module
 */
import { getLogger } from "../platform/log.ts";
import { ThreadHandle } from "./thread_handle.ts";

const log = getLogger("pool");

/** Pause before a thread that could not start is started again, ms; doubles up to the maximum. */
const RESTART_MS = 100;
const RESTART_MAX_MS = 10_000;

export interface PoolOptions {
  /** How many threads. */
  readonly size: number;
  /** The program of the threads. @default the thread beside this file */
  readonly threadUrl?: URL;
  /** Memory that all threads get; see {@linkcode ThreadGrant}. @default nothing is granted */
  readonly grant?: SharedArrayBuffer;
  /** Called whenever a thread has become idle. */
  readonly onIdle: () => void;
}

/** The threads of one worker process. */
export class ThreadPool {
  readonly #options: PoolOptions;
  readonly #threadUrl: URL;
  readonly #idle: ThreadHandle[] = [];
  readonly #live = new Set<ThreadHandle>();
  readonly #restarts = new Set<ReturnType<typeof setTimeout>>();
  #replaced = 0;
  #closed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#threadUrl = options.threadUrl ?? threadUrl(import.meta.url);
  }

  /** How many threads died or were given up since the start. */
  get replaced(): number {
    return this.#replaced;
  }

  /**
   * Starts all threads; resolves when each is ready.
   *
   * @throws {Error} When one cannot start: the program itself is broken.
   */
  async start(): Promise<void> {
    await Promise.all(
      Array.from({ length: this.#options.size }, async () => {
        const death = await this.#startThread();
        if (death !== undefined) throw new Error(`Cannot start a thread: ${death}`);
      }),
    );
  }

  /** An idle thread, which the caller owns until it gives it back. */
  take(): ThreadHandle | undefined {
    for (let thread = this.#idle.pop(); thread !== undefined; thread = this.#idle.pop()) {
      if (thread.death === undefined) return thread;
      // It died after its last task, of something that task left behind.
      this.giveBack(thread);
    }
    return undefined;
  }

  /** Takes a thread back: an idle one is handed out again, a dead one replaced. */
  giveBack(thread: ThreadHandle): void {
    if (this.#closed || !this.#live.has(thread)) return;
    if (thread.death === undefined) {
      this.#becomeIdle(thread);
      return;
    }
    this.#live.delete(thread);
    this.#replaced++;
    log.warning("Thread replaced", { reason: thread.death });
    void this.#restart(RESTART_MS);
  }

  /** Ends all threads. */
  close(): void {
    this.#closed = true;
    for (const timer of this.#restarts) clearTimeout(timer);
    for (const thread of this.#live) thread.terminate("The worker stops");
    this.#live.clear();
    this.#idle.length = 0;
  }

  /** Undefined when the thread is ready, else what it died of. */
  async #startThread(): Promise<string | undefined> {
    const thread = new ThreadHandle(this.#threadUrl, this.#options.grant);
    this.#live.add(thread);
    const death = await thread.warmUp();
    if (this.#closed) return undefined;
    if (death === undefined) this.#becomeIdle(thread);
    else this.#live.delete(thread);
    return death;
  }

  async #restart(pauseMs: number): Promise<void> {
    const death = await this.#startThread();
    if (death === undefined) return;
    log.error("Thread cannot start", { reason: death, retryMs: pauseMs });
    const timer = setTimeout(() => {
      this.#restarts.delete(timer);
      void this.#restart(Math.min(2 * pauseMs, RESTART_MAX_MS));
    }, pauseMs);
    this.#restarts.add(timer);
  }

  #becomeIdle(thread: ThreadHandle): void {
    this.#idle.push(thread);
    this.#options.onIdle();
  }
}

/** The thread's program beside `module`: `thread.ts` in the source, `thread.js` in a bundle. */
export function threadUrl(module: string): URL {
  const extension = new URL(module).pathname.endsWith(".js") ? "js" : "ts";
  return new URL(`./thread.${extension}`, module);
}
