/**
 * A lane is a queue and a state in one number: `queue * 8 + place`. A waiting task is either in
 * its queue, fresh, for `claim` to find, or held by the scheduler.
 *
 * @module
 */
import { TASK_STATUSES, type TaskStatus } from "../../contract/task.ts";
import type { QueueKey } from "./store.ts";

/** What a lane's lowest three bits say. Stored: never renumber. */
export const PLACE = {
  fresh: 0,
  held: 1,
  assigned: 2,
  running: 3,
  redistributed: 4,
  completed: 5,
  failed: 6,
  cancelled: 7,
} as const;

const STATUS_OF_PLACE: readonly TaskStatus[] = [
  "pending",
  "pending",
  "assigned",
  "running",
  "redistributed",
  "completed",
  "failed",
  "cancelled",
];

/** What a restart must load. */
export const UNFINISHED_PLACES: readonly number[] = [
  PLACE.held,
  PLACE.assigned,
  PLACE.running,
  PLACE.redistributed,
];

export function laneOf(queue: number, place: number): number {
  return queue * 8 + place;
}

export function queueOfLane(lane: number): number {
  return Math.floor(lane / 8);
}

export function statusOfLane(lane: number): TaskStatus {
  return STATUS_OF_PLACE[lane % 8]!;
}

/** The place of every status but `pending`, whose tasks are fresh or held. */
export function placeOf(status: Exclude<TaskStatus, "pending">): number {
  return PLACE[status];
}

export function noTasks(): Record<TaskStatus, number> {
  return Object.fromEntries(TASK_STATUSES.map((status) => [status, 0])) as Record<
    TaskStatus,
    number
  >;
}

/** The queues by number; numbers are given in order of first use. */
export class Queues {
  readonly #keys: QueueKey[] = [];
  readonly #ids = new Map<string, number>();

  add(id: number, key: QueueKey): void {
    this.#keys[id] = { priority: key.priority, algorithm: key.algorithm };
    this.#ids.set(name(key), id);
  }

  id(key: QueueKey): number | undefined {
    return this.#ids.get(name(key));
  }

  key(id: number): QueueKey {
    return this.#keys[id]!;
  }
}

function name(key: QueueKey): string {
  return `${key.priority} ${key.algorithm}`;
}
