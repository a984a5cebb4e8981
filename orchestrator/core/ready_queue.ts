/**
 * The waiting tasks of the window: one queue for each priority and algorithm. Each queue holds the
 * next fresh tasks of the store in order of arrival, and before them what came back (lost, handed
 * back, retried).
 *
 * Tasks leave lazily: one that was cancelled while it waited is skipped when its turn comes.
 *
 * @module
 */
import type { QueueKey } from "../store/store.ts";
import type { WindowTask } from "./model.ts";

/** Below this many waiting tasks a queue asks the store for more. */
export const REFILL_BELOW = 1000;
/** Tasks asked for at once. With REFILL_BELOW it bounds the window: at most 3,000 a queue. */
export const REFILL_COUNT = 2000;
/** Retries looked at in one round; the rest waits for the next. */
export const RETRIES_SCANNED_MAX = 64;

/** A task that waits with a memory: it is due at a time, and prefers workers it has not tried. */
export interface Retry {
  readonly task: WindowTask;
  readonly dueMono: number;
}

export interface Queue {
  readonly key: QueueKey;
  /** Fresh tasks in order; those before `head` are gone. */
  fresh: WindowTask[];
  head: number;
  /** Came back without guilt: first in, first out again, before all fresh ones. */
  returned: WindowTask[];
  /** Came back with a backoff or with workers to avoid, by due time. */
  retries: Retry[];
  /** Position in the store of the last task claimed. */
  position: number;
  /** The store may hold more beyond `position`. */
  more: boolean;
  /** A claim is under way; `again` notes that more came after it had read the store. */
  claiming: boolean;
  again: boolean;
}

export type ReadyQueue = Map<string, Queue>;

export function createReadyQueue(): ReadyQueue {
  return new Map();
}

/** The queue of a priority and an algorithm, made on first use. */
export function queueFor(ready: ReadyQueue, key: QueueKey): Queue {
  const name = `${key.priority} ${key.algorithm}`;
  let queue = ready.get(name);
  if (queue === undefined) {
    queue = {
      key: { priority: key.priority, algorithm: key.algorithm },
      fresh: [],
      head: 0,
      returned: [],
      retries: [],
      position: 0,
      more: false,
      claiming: false,
      again: false,
    };
    ready.set(name, queue);
  }
  return queue;
}

/** The store holds more tasks of this queue than have been claimed. */
export function markMore(queue: Queue): void {
  queue.more = true;
  if (queue.claiming) queue.again = true;
}

/** Adds tasks that were claimed from the store. */
export function addFresh(queue: Queue, task: WindowTask): void {
  task.queued = true;
  queue.fresh.push(task);
}

/** Adds a task that came back without guilt. */
export function addReturned(queue: Queue, task: WindowTask): void {
  if (task.queued) return;
  task.queued = true;
  queue.returned.push(task);
}

/** Adds a task that waits with a due time, in order of due times. */
export function addRetry(queue: Queue, retry: Retry): void {
  if (retry.task.queued) return;
  retry.task.queued = true;
  let at = queue.retries.length;
  while (at > 0 && queue.retries[at - 1]!.dueMono > retry.dueMono) at--;
  queue.retries.splice(at, 0, retry);
}

/** Takes a retry out again. */
export function removeRetry(queue: Queue, at: number): void {
  const [retry] = queue.retries.splice(at, 1);
  if (retry !== undefined) retry.task.queued = false;
}

/** Whether a task in a queue still waits there. */
export function isWaiting({ row }: WindowTask): boolean {
  return row.status === "pending" || row.status === "redistributed";
}

/** The next task without a due time, or undefined. It stays until `dropNext`. */
export function peekNext(queue: Queue): WindowTask | undefined {
  for (;;) {
    const task = queue.returned[0] ?? queue.fresh[queue.head];
    if (task === undefined || isWaiting(task)) return task;
    dropNext(queue);
  }
}

/** Removes what `peekNext` showed. */
export function dropNext(queue: Queue): void {
  const returned = queue.returned.shift();
  if (returned !== undefined) {
    returned.queued = false;
    return;
  }
  const fresh = queue.fresh[queue.head];
  if (fresh === undefined) return;
  fresh.queued = false;
  queue.head++;
  // Forget the consumed front now and then, so that the array does not grow for ever.
  if (queue.head > REFILL_COUNT) {
    queue.fresh = queue.fresh.slice(queue.head);
    queue.head = 0;
  }
}

/** Whether the queue should ask the store for more. */
export function wantsRefill(queue: Queue): boolean {
  return queue.more && !queue.claiming && queue.fresh.length - queue.head < REFILL_BELOW;
}
