/**
 * Counts that have to look at every row, for searches by text or worker: a page does not wait for
 * them, several pages share them, and only few run at a time.
 *
 * @module
 */
import type { Store, TaskQuery } from "../store/store.ts";

/** Longest wait of a page for a number, ms. */
const WAIT_MS = 500;
/** How long a number is good enough, ms. */
const FRESH_MS = 10_000;
const RUNNING_MAX = 2;
const KEPT_MAX = 50;

interface Counting {
  readonly result: Promise<number | null>;
  /** Monotonic ms of the end; null while it counts. */
  endedAt: number | null;
}

export class SlowCounts {
  readonly #store: Store;
  readonly #countings = new Map<string, Counting>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** The number of tasks that match; null when it is not known yet: ask again later. */
  async of(query: TaskQuery): Promise<number | null> {
    if (query.text === undefined && query.worker === undefined) {
      return await this.#store.count(query);
    }
    const counting = this.#start(JSON.stringify(query), query);
    if (counting === null) return null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const patience = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), WAIT_MS);
    });
    const found = await Promise.race([counting.result, patience]);
    clearTimeout(timer);
    return found;
  }

  #start(key: string, query: TaskQuery): Counting | null {
    const now = performance.now();
    for (const [old, { endedAt }] of this.#countings) {
      const full = this.#countings.size > KEPT_MAX;
      if (endedAt !== null && (full || now - endedAt > FRESH_MS)) this.#countings.delete(old);
    }
    const known = this.#countings.get(key);
    if (known !== undefined) return known;
    const running = [...this.#countings.values()].filter(({ endedAt }) => endedAt === null);
    if (running.length >= RUNNING_MAX) return null;
    const counting: Counting = {
      endedAt: null,
      // A store that fails tells so elsewhere; a number that nobody waits for must not.
      result: this.#store.count(query).catch(() => null).finally(() => {
        counting.endedAt = performance.now();
      }),
    };
    this.#countings.set(key, counting);
    return counting;
  }
}
