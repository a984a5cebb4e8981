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
 * - Nothing leaves the store but by `removeEnded` and `removeEvents`. What has left is counted, so
 *   that the counters go on adding up.
 *
 * Times are epoch ms. The interface is asynchronous so that a store across a network fits it.
 *
 * @module
 */
import type { CheckedTask } from "../../contract/task_file.ts";
import type { Change, CommitReport, QueueKey, TaskRow, WorkerRecord } from "./changes.ts";
import type {
  BatchRecord,
  Counts,
  ExecutionTimes,
  ResultFile,
  ResultRecord,
  TaskDetail,
  TaskListed,
  TaskPage,
  TaskQuery,
  WorkerTotals,
} from "./records.ts";
import type { EventPage, EventQuery, NewEventRecord } from "./events.ts";
import type { ErrorGroup, SeriesPoint, SeriesSample, WorkSpan } from "./observations.ts";

export type * from "./changes.ts";
export * from "./events.ts";
export * from "./observations.ts";
export type * from "./records.ts";
export * from "./store_error.ts";

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

/** What one step of a removal did; `next` is where to go on, null at the end. */
export interface RemovalReport {
  readonly tasks: number;
  readonly batches: number;
  readonly next: string | null;
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
  ): Promise<TaskPage>;
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
  /** A planned file by its name: null for a file that this store knows nothing of. */
  resultFile(name: string): Promise<ResultFile | null>;
  results(from: number, to: number): Promise<ResultRecord[]>;
  resultFileWritten(name: string): Promise<void>;

  // observations
  /** Failures by what they say, the group with most failed tasks first; at most 1000 in all. */
  errorGroups(
    options: { limit: number; cursor?: string },
  ): Promise<{ groups: ErrorGroup[]; total: number; next: string | null }>;
  /** Adds to the past of the farm. Durable with the next commit, not before. */
  addSamples(samples: readonly SeriesSample[]): Promise<void>;
  /** The past in steps of one of SERIES_STEPS_MS, oldest first. */
  series(options: { stepMs: number; since: number }): Promise<SeriesPoint[]>;
  /** The latest attempts that ended since a moment, newest first, and how many there are. */
  spans(options: { since: number; limit: number }): Promise<{ spans: WorkSpan[]; total: number }>;

  /** The story of the farm, newest first; bounded in number (EVENTS_MAX). */
  events(query: EventQuery, options: { limit: number; cursor?: string }): Promise<EventPage>;
  /**
   * Adds to it what the store cannot see itself: files taken, refused and finished and failed tasks
   * enter with the very commit that brings them about. Durable with the next commit, not before.
   */
  addEvents(events: readonly NewEventRecord[]): Promise<void>;

  // upkeep
  /**
   * One small step of removing tasks that ended before a moment, with their attempts and results,
   * then receipts and groups of errors that have nothing left. What is not in a written results
   * file, or known to a file being received, stays. Not to be called while a row that was read waits
   * to be committed: it could be gone then.
   */
  removeEnded(
    options: { before: number; limit?: number; cursor?: string },
  ): Promise<RemovalReport>;
  /** Removes some of the events before a moment; resolves with their number, 0 at the end. */
  removeEvents(options: { before: number; limit?: number }): Promise<number>;

  close(): Promise<void>;
}
