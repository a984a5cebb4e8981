/**
 * The story of the farm as the store keeps it: what happened to workers, files and the orchestrator
 * itself, and which tasks failed for good. Tasks that complete are no news.
 *
 * @module
 */

export const EVENT_KINDS = [
  "orchestrator_started",
  "orchestrator_stopped",
  "orchestrator_paused",
  "worker_connected",
  "worker_lost",
  "worker_refused",
  "batch_accepted",
  "batch_rejected",
  "batch_finished",
  "task_failed",
  "queue_stuck",
  "divergence",
  "store_warning",
  "store_failed",
  "store_recovered",
  "disk_low",
  "disk_ok",
  "tasks_removed",
] as const;
export type EventKind = typeof EVENT_KINDS[number];

/** Most events that are kept; the oldest leave first. */
export const EVENTS_MAX = 100_000;

/** Events of one kind in one minute that are told one by one; the rest of them is counted. */
export const EVENTS_A_MINUTE = 100;

/** Longest text within an event, characters: of a failure only the beginning is told. */
export const EVENT_TEXT_MAX = 500;

/** Something that happened. */
export interface NewEventRecord {
  /** Epoch ms. */
  readonly at: number;
  readonly kind: EventKind;
  readonly worker?: string;
  readonly task_id?: string;
  readonly batch?: string;
  /** Further facts, small: they are kept as they are. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface EventRecord {
  /** Grows with every event; never given twice. */
  readonly id: number;
  readonly at: number;
  readonly kind: EventKind;
  readonly worker: string | null;
  readonly task_id: string | null;
  readonly batch: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  /** Further events of this kind in that minute, of which nothing else is known. Mostly 0. */
  readonly more: number;
}

/** Filters; absent = any. */
export interface EventQuery {
  readonly kinds?: readonly EventKind[];
  readonly worker?: string;
  readonly task_id?: string;
  readonly batch?: string;
  /** Not before, epoch ms. */
  readonly since?: number;
}

/** The end is where `next` is null. */
export interface EventPage {
  readonly events: EventRecord[];
  readonly next: string | null;
}
