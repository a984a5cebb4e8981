/**
 * Reads long listings from the store page by page.
 *
 * @module
 */
import type { Store, TaskListed, TaskQuery } from "../store/store.ts";

/** Rows read at a time for an answer that is streamed. */
export const STREAM_PAGE = 1000;
/** Times a stream goes back for tasks that moved while it was written. */
const PASSES_MAX = 4;

/**
 * A page with something in it, if anything follows at all: the store may answer with an empty page
 * in the middle of a long search.
 */
export async function filledPage<Page extends { next: string | null }>(
  read: (cursor: string | undefined) => Promise<Page>,
  options: { cursor: string | null; count: (page: Page) => number },
): Promise<Page> {
  let page = await read(options.cursor ?? undefined);
  while (options.count(page) === 0 && page.next !== null) {
    page = await read(page.next);
  }
  return page;
}

/** Marks tasks by their `seq`: a bit each, so that a million of them cost 125 KB. */
class Seen {
  #bits = new Uint32Array(1024);

  /** True the first time. */
  add(seq: number): boolean {
    const word = Math.floor(seq / 32);
    if (word >= this.#bits.length) {
      const grown = new Uint32Array(Math.max(word + 1, this.#bits.length * 2));
      grown.set(this.#bits);
      this.#bits = grown;
    }
    const bit = 1 << (seq % 32);
    if ((this.#bits[word]! & bit) !== 0) return false;
    this.#bits[word]! |= bit;
    return true;
  }
}

/**
 * Every task that matches, each once, newest change first. A task that changes while the listing is
 * written moves to its head and would be missed: what is still owed is looked up there at the end.
 */
export async function* allTasks(store: Store, query: TaskQuery): AsyncGenerator<TaskListed[]> {
  const seen = new Seen();
  // Under a filter by state or worker the tasks come and go; one pass is as good as any.
  const passesMax = query.status === undefined && query.worker === undefined ? PASSES_MAX : 1;
  let given = 0;
  for (let pass = 1; pass <= passesMax; pass++) {
    const owed = pass === 1 ? Infinity : await store.count(query) - given;
    let found = 0;
    let cursor: string | undefined;
    while (found < owed) {
      const page = await store.page(query, {
        limit: STREAM_PAGE,
        ...(cursor === undefined ? {} : { cursor }),
      });
      const fresh = page.tasks.filter((task) => seen.add(task.seq));
      found += fresh.length;
      given += fresh.length;
      yield fresh;
      if (page.next === null) break;
      cursor = page.next;
    }
    if (found === 0) return;
  }
}

/** Every task of a batch, in the order of its file. */
export async function* allBatchTasks(store: Store, batch: string): AsyncGenerator<TaskListed[]> {
  let cursor: string | undefined;
  for (;;) {
    const page = await store.batchTasks(batch, {
      limit: STREAM_PAGE,
      ...(cursor === undefined ? {} : { cursor }),
    });
    yield page.tasks;
    if (page.next === null) return;
    cursor = page.next;
  }
}
