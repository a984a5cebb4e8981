/**
 * What people are told of, wherever they are: the events of a farm that notifications carry.
 *
 * @module
 */

/** What one may want to hear of; `NOTIFY_EVENTS` chooses among them. */
export const NOTIFIED_EVENTS = [
  "task_failed",
  "batch_finished",
  "worker_lost",
  "worker_back",
  "queue_stuck",
  "disk_low",
] as const;
export type NotifiedEvent = typeof NOTIFIED_EVENTS[number];

export type FarmEvent =
  & {
    /** Epoch ms. */
    readonly at: number;
  }
  & (
    | {
      /** No further attempt follows. */
      readonly kind: "task_failed";
      readonly task_id: string;
      readonly batch: string;
      readonly worker: string | null;
      readonly attempts: number;
      readonly code: string;
      readonly message: string;
    }
    | {
      readonly kind: "batch_finished";
      readonly batch: string;
      readonly file: string;
      readonly tasks: number;
      readonly completed: number;
      readonly failed: number;
      readonly cancelled: number;
      /** From the receipt of the file to the end of its last task. */
      readonly seconds: number;
    }
    | {
      readonly kind: "worker_lost";
      readonly worker: string;
      /** Taken back from it. */
      readonly tasks: number;
    }
    | { readonly kind: "worker_back"; readonly worker: string }
    | {
      readonly kind: "queue_stuck";
      readonly waiting: number;
      /** Time in which no task ended. */
      readonly minutes: number;
    }
    | { readonly kind: "disk_low"; readonly free_mb: number }
    | { readonly kind: "test" }
  );

/** Two events with one key tell the same; the later one stands. */
export function eventKey(event: FarmEvent): string {
  switch (event.kind) {
    case "task_failed":
      return `task_failed ${event.task_id}`;
    case "batch_finished":
      return `batch_finished ${event.batch}`;
    case "worker_lost":
    case "worker_back":
      return `${event.kind} ${event.worker}`;
    default:
      return event.kind;
  }
}
