/**
 * What the farm remembers: the interface of every store, and what it promises. One orchestrator
 * process owns a store; its scheduler is the only caller of `commit`, its inbox the only caller of
 * `receive`.
 *
 * Promises:
 * - `commit` is all or nothing, and durable (synced to disk) when its promise resolves. Counters
 *   (`counts`, batch counters, ingestion, execution times) change in the same transaction as the
 *   rows they count, so a recount always agrees.
 * - A file that is being received is invisible: its tasks appear, all at once, in the commit that
 *   carries its `BatchAccepted`. A crash before that leaves nothing.
 * - Results are an append-only log numbered without gaps in the order of completion.
 *
 * Times are epoch ms. The interface is asynchronous so that a store across a network fits it.
 *
 * @module
 */
import type { PriorityWritten, TaskStatus } from "../../contract/task.ts";
import type { CheckedTask } from "../../contract/task_file.ts";
import type { Failure, TaskResult } from "../../contract/wire.ts";

/**
 * Why a store did not do what it was asked; nothing of a refused commit stays.
 * `full` no space: try again later. `io` the disk failed: with {@linkcode StoreError.down} the
 * store is of no use any more, close it and open a new one. `corrupt` damaged, or older than what
 * it has acknowledged. `locked` another process has it. `schema` written by a newer program.
 * `misuse` the caller broke a promise of this interface.
 */
export type StoreErrorCode = "full" | "io" | "corrupt" | "locked" | "schema" | "misuse";

export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: StoreErrorCode;
  /** The store cannot tell any more what is on disk; every further call is refused. */
  readonly down: boolean;

  constructor(
    code: StoreErrorCode,
    message: string,
    options: { cause?: unknown; down?: boolean } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.down = options.down ?? false;
  }
}

/** A task as the scheduler works with it. Everything up to `timeout_ms` never changes. */
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
  /** New tasks that entered with this file. The counts below always add up to it. */
  readonly accepted: number;
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

/** The outcome of adding tasks to a file being received. */
export interface AddReport {
  /** Tasks whose id exists with other content, or twice in this file. */
  readonly conflicts: readonly {
    index: number;
    task_id: string;
    kind: "other_content" | "twice";
  }[];
}

/** What the tasks of a file come to. Accepted, known and requeue add up to all of them. */
export interface IntakeReport {
  /** New tasks, and the queues they are going to wait in. */
  readonly accepted: number;
  readonly queues: readonly QueueKey[];
  /** Known tasks, with the same content, that stay as they are. */
  readonly known: number;
  /** Known tasks to run again: failed or cancelled ones, with `rerun` completed ones, too. */
  readonly requeue: readonly TaskRow[];
}

/** A file being received: add its tasks in chunks, then commit its acceptance or abandon it. */
export interface Intake {
  add(tasks: readonly CheckedTask[]): Promise<AddReport>;
  /**
   * All tasks are in: says what they come to. The tasks to requeue are the scheduler's to change,
   * in the accepting commit.
   */
  finish(options: { rerun: boolean }): Promise<IntakeReport>;
  /** Forgets everything of this file. */
  abandon(): Promise<void>;
}

export interface BatchStart {
  readonly id: string;
  readonly file: string;
  readonly archived_as: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly received_at: number;
  readonly metadata: unknown;
}

/** Filters of a listing; absent = any. */
export interface TaskQuery {
  readonly status?: readonly TaskStatus[];
  readonly priority?: number;
  readonly algorithm?: string;
  readonly worker?: string;
  readonly batch?: string;
  /** Part of the task id or the description, case-insensitive. */
  readonly text?: string;
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
  readonly total: number;
  /** Sum of all redistributions ever. */
  readonly redistributed_total: number;
  readonly files_accepted: number;
  readonly files_rejected: number;
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

/** What a commit brought about beyond the rows themselves. */
export interface CommitReport {
  /** Batches whose last open task became terminal in this commit. */
  readonly finished: readonly string[];
}

export interface Store {
  /** Made when the store is created; names this farm towards workers. */
  readonly farm: string;

  // intake
  /** One file at a time: the one before must have been accepted or abandoned. */
  receive(batch: BatchStart): Promise<Intake>;
  /** The receipt of a refused file. */
  reject(batch: BatchStart, errors: readonly unknown[], errorsTotal: number): Promise<void>;

  // scheduling
  /** A task that was not in its `from` state is the caller's mistake: `misuse`. */
  commit(changes: readonly Change[]): Promise<CommitReport>;
  /** Fresh waiting tasks of one queue with `position` beyond the cursor, in order. */
  claim(
    key: QueueKey,
    afterPosition: number,
    limit: number,
  ): Promise<{ tasks: TaskRow[]; position: number }>;
  /** The queues that hold fresh waiting tasks, and how many. */
  queues(): Promise<(QueueKey & { count: number })[]>;
  /** What a restart must load: assigned, running, redistributed, and pending but not `requeued`. */
  unfinished(): Promise<TaskRow[]>;
  /** The tasks of these ids that exist, in the order asked for. */
  load(taskIds: readonly string[]): Promise<TaskRow[]>;
  workers(): Promise<WorkerRecord[]>;

  // listings
  counts(): Promise<Counts>;
  /** The same, counted from the rows: what `counts` must equal. Slow. */
  recount(): Promise<Counts>;
  executionTimes(): Promise<ExecutionTimes>;
  workerTotals(): Promise<WorkerTotals[]>;
  /**
   * Newest change first; `cursor` is opaque. One call looks at so many rows only: a page may be
   * short, even empty, while `next` is not null. The end is where `next` is null.
   */
  page(
    query: TaskQuery,
    options: { limit: number; cursor?: string },
  ): Promise<{ tasks: TaskListed[]; next: string | null }>;
  /** At once for status, priority and algorithm, or batch and status; else slow, in small steps. */
  count(query: TaskQuery): Promise<number>;
  task(taskId: string): Promise<TaskDetail | null>;
  batches(
    options: { limit: number; cursor?: string },
  ): Promise<{ batches: BatchRecord[]; next: string | null }>;
  /** By id, archived name, or dropped name (the newest of that name). */
  batch(name: string): Promise<BatchRecord | null>;
  /** Every task that a batch brought or found known, by order in the file, in pages. */
  batchTasks(
    batchId: string,
    options: { limit: number; cursor?: string },
  ): Promise<{ tasks: TaskListed[]; next: string | null }>;

  // results
  /** Names a file for all results not yet in one (at most `limit`); null when there are none. */
  planResultFile(
    name: (taken: (name: string) => boolean) => string,
    options: { at: number; limit: number },
  ): Promise<ResultFile | null>;
  /** Planned files that are not known to be on disk, oldest first. */
  unwrittenResultFiles(): Promise<ResultFile[]>;
  results(from: number, to: number): Promise<ResultRecord[]>;
  resultFileWritten(name: string): Promise<void>;

  close(): Promise<void>;
}
