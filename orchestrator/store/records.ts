/**
 * What the store shows to people and programs: tasks as they are listed, receipts of files, the
 * results log, counters.
 *
 * @module
 */
import type { PriorityWritten, TaskStatus } from "../../contract/task.ts";
import type { TaskResult } from "../../contract/wire.ts";
import type { AttemptRecord, TaskRow } from "./changes.ts";

/** A file that was taken or refused: its durable receipt. */
export interface BatchRecord {
  /** Name of the archived file without `.json`, e.g. `20240708_143000_my_batch`: unique. */
  readonly id: string;
  /** Name under which the file was dropped. */
  readonly file: string;
  /** Name in processed/ or rejected/. */
  readonly archived_as: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly state: "receiving" | "accepted" | "rejected";
  readonly received_at: number;
  /** Free-form metadata of the file, kept as it was (bounded). */
  readonly metadata: unknown;
  /** New tasks that entered with this file: always the sum of `counts` and `removed`. */
  readonly accepted: number;
  /** Of these, the ones that were ended for so long that they were removed. */
  readonly removed: number;
  /** Tasks that were known already, with the same content: skipped. */
  readonly known: number;
  /** Known tasks that had failed or were cancelled and wait again because of this file. */
  readonly requeued: number;
  /** Errors of a rejected file (bounded; `errors_total` counts all). */
  readonly errors: readonly unknown[];
  readonly errors_total: number;
  readonly counts: Readonly<Record<TaskStatus, number>>;
  /** When its last task became terminal; null while one is not. */
  readonly finished_at: number | null;
}

/** Filters of a listing; absent = any. */
export interface TaskQuery {
  readonly status?: readonly TaskStatus[];
  readonly priority?: number;
  readonly algorithm?: string;
  readonly worker?: string;
  readonly batch?: string;
  /** Id of a group of errors. */
  readonly error?: number;
  /** Part of the task id or the description, case-insensitive. */
  readonly text?: string;
}

/** A page of a listing; of a long search it may hold nothing and still have a next one. */
export interface TaskPage {
  readonly tasks: TaskListed[];
  readonly next: string | null;
  /** Rows that were looked at for it. */
  readonly looked: number;
}

/** A task as it is listed: the row, what was written in the file, and its result if it has one. */
export interface TaskListed extends TaskRow {
  readonly algorithm_written: string;
  readonly priority_written: PriorityWritten;
  readonly description: string | null;
  readonly extra: Record<string, unknown> | null;
  /** Source file of its batch. */
  readonly file: string;
  readonly result: TaskResult | null;
}

export interface TaskDetail extends TaskListed {
  /** All attempts in order, the latest (perhaps still under way) last. */
  readonly attempts: readonly (Omit<AttemptRecord, "ended_at" | "outcome"> & {
    readonly ended_at: number | null;
    readonly outcome: AttemptRecord["outcome"] | "assigned" | "running";
  })[];
}

/** One line of the results log. */
export interface ResultRecord {
  /** 1, 2, 3, … in order of completion. */
  readonly number: number;
  readonly task_id: string;
  readonly algorithm_written: string;
  readonly content: string;
  readonly priority_written: PriorityWritten;
  readonly description: string | null;
  readonly extra: Record<string, unknown> | null;
  readonly worker: string;
  readonly attempt: number;
  readonly completed_at: number;
  readonly execution_ms: number;
  readonly batch: string;
  readonly file: string;
  readonly result: TaskResult;
}

/** A results file: its name and the results `from`…`to` (inclusive) that stand in it. */
export interface ResultFile {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly written: boolean;
  readonly planned_at: number;
}

export interface Counts {
  readonly status: Readonly<Record<TaskStatus, number>>;
  /** Tasks in the store: the sum of `status`. */
  readonly total: number;
  /** Tasks ever accepted: always `total` and `removed_total` together. */
  readonly accepted_total: number;
  /** Ended tasks that were removed because of their age. */
  readonly removed_total: number;
  /** Sum of all redistributions ever. */
  readonly redistributed_total: number;
  /** Files ever taken and refused; `files_removed` of their receipts are not kept any more. */
  readonly files_accepted: number;
  readonly files_rejected: number;
  readonly files_removed: number;
  /** Results ever; also the number of the latest one. */
  readonly results_total: number;
}

/** Execution times of completed tasks, seconds. Percentiles carry 1 % relative error. */
export interface ExecutionTimes {
  readonly count: number;
  readonly sum: number;
  readonly min: number | null;
  readonly mean: number | null;
  readonly max: number | null;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

export interface WorkerTotals {
  readonly worker: string;
  readonly completed: number;
  readonly failed: number;
  readonly execution_ms: number;
}
