/**
 * How many threads a large task may use: those of idle slots, shared out evenly among the busy
 * ones. So a worker never computes on more threads than it has slots, nor on more than the machine
 * has, whatever runs.
 *
 * The number lies in memory that all threads read while they compute: a task gives threads back
 * within some milliseconds when others start beside it.
 *
 * @module
 */

export interface GrantOptions {
  /** Slots of the worker. */
  readonly capacity: number;
  /** Most threads that one task may use. @default the capacity */
  readonly threadsPerTask?: number | undefined;
  /** Hardware threads. @default those of this machine */
  readonly cores?: number;
}

/** The number of threads that each busy slot may use. */
export class ThreadGrant {
  readonly memory = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  readonly #cells = new Int32Array(this.memory);
  readonly #threads: number;
  readonly #most: number;

  constructor(options: GrantOptions) {
    const { capacity, threadsPerTask = capacity, cores = navigator.hardwareConcurrency } = options;
    this.#threads = Math.min(capacity, cores);
    this.#most = threadsPerTask;
    this.share(0);
  }

  /** Shares the threads out among `busy` slots. */
  share(busy: number): void {
    const each = Math.floor(this.#threads / Math.max(1, busy));
    Atomics.store(this.#cells, 0, Math.max(1, Math.min(this.#most, each)));
  }
}
