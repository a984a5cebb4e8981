/**
 * What the scheduler hands to the store: a task as it works with it, and the changes of a commit.
 *
 * @module
 */
import type { Recording } from "../../contract/recording.ts";
import type { TaskStatus } from "../../contract/task.ts";
import type { Failure, TaskResult } from "../../contract/wire.ts";

/** A task as the scheduler works with it. Everything up to `record` never changes. */
export interface TaskRow {
  /** The store's key; never reused. */
  readonly seq: number;
  readonly task_id: string;
  readonly batch: string;
  readonly algorithm: string;
  /** `taskContent()` of the task: algorithm and canonical parameters. */
  readonly content: string;
  readonly priority: number;
  readonly created_at: number;
  readonly timeout_ms: number | null;
  /** What the task wants recorded; absent = nothing. */
  readonly record?: Recording;

  status: TaskStatus;
  /** Number of the latest attempt; 0 before the first. Never reset, so it fences every message. */
  attempt: number;
  /** Worker of the latest attempt. */
  worker: string | null;
  assigned_at: number | null;
  started_at: number | null;
  /** When it reached a terminal state. */
  completed_at: number | null;
  execution_ms: number | null;
  /** Retries the task itself caused; bounded by MAX_TASK_RETRIES. */
  retry_count: number;
  /** How often it was taken back from a lost worker. Never reset. */
  redistributions: number;
  /** Workers lost or threads crashed while it ran; bounded by the crash limit. */
  crashes: number;
  /** Not to be assigned before; null = at once. */
  not_before: number | null;
  error: Failure | null;
  /** Workers on which an attempt failed or was lost; another one is preferred. */
  tried: string[];
}

/** An attempt that ended, for the story of a task. */
export interface AttemptRecord {
  readonly attempt: number;
  readonly worker: string;
  readonly assigned_at: number;
  readonly started_at: number | null;
  readonly ended_at: number;
  readonly outcome: "completed" | "failed" | "cancelled" | "lost" | "returned" | "refused";
  readonly error: Failure | null;
}

/** One transition of one task: the row after it, and what goes with it. */
export interface TaskChange {
  readonly kind: "task";
  readonly from: TaskStatus;
  /** The row after the transition. The store copies what it needs before `commit` resolves. */
  readonly task: TaskRow;
  /** The attempt that this transition ended. */
  readonly ended?: AttemptRecord;
  /** Appended to the results log; with `task.status === "completed"`, and only then. */
  readonly result?: TaskResult;
  /**
   * The task goes to the end of its queue in the store, for `claim` to find it (`pending`, no
   * `not_before`). A task that becomes `pending` without this is held by the scheduler: `claim`
   * never gives it, `unfinished` does.
   */
  readonly requeued?: boolean;
}

/** Makes the tasks of a received file visible, with its receipt. */
export interface BatchAccepted {
  readonly kind: "batch_accepted";
  readonly batch: string;
  readonly at: number;
}

/** What is remembered of a worker. */
export interface WorkerChange {
  readonly kind: "worker";
  readonly id: string;
  readonly epoch: string;
  readonly address: string;
  readonly at: number;
}

/** A worker as this farm last saw it. */
export type WorkerRecord = Omit<WorkerChange, "kind">;

export type Change = TaskChange | BatchAccepted | WorkerChange;

/** A queue: tasks of one priority and one algorithm wait in order of arrival. */
export interface QueueKey {
  readonly priority: number;
  readonly algorithm: string;
}

/** What a commit brought about beyond the rows themselves. */
export interface CommitReport {
  /** Batches whose last open task became terminal in this commit. */
  readonly finished: readonly string[];
}
