/**
 * Long searches in pieces: a page looks at as many tasks as it can in the time that a reader waits,
 * says how many of all those were, and lets the reader search on.
 *
 * @module
 */
import type { Store, TaskPage, TaskQuery } from "../store/store.ts";

/** Longest search for one page, ms; it ends with the step under way then. */
const SEARCH_MS = 700;

export interface Found extends TaskPage {
  /** Tasks among which was searched; null where nothing had to be searched for. */
  readonly among: number | null;
}

/**
 * The first page with something in it after `cursor`, or an empty one with a `next` when time is
 * over. `looked` goes on from the pages before.
 */
export async function searchedPage(
  store: Store,
  query: TaskQuery,
  { cursor, limit, looked: before, nowMs = () => performance.now() }: {
    cursor: string | null;
    limit: number;
    /** Rows that the pages before this one have looked at. */
    looked: number;
    nowMs?: () => number;
  },
): Promise<Found> {
  const endMs = nowMs() + SEARCH_MS;
  let page: TaskPage;
  let looked = before;
  let from = cursor;
  do {
    page = await store.page(query, { limit, ...(from === null ? {} : { cursor: from }) });
    looked += page.looked;
    from = page.next;
  } while (page.tasks.length === 0 && from !== null && nowMs() < endMs);
  const searched = query.text !== undefined || query.worker !== undefined;
  const { text: _text, worker: _worker, ...rest } = query;
  const among = searched ? await store.count(rest) : null;
  return { ...page, looked, among };
}
