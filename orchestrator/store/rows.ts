/**
 * Rows of the tables into records of the interface: which columns are read, in which order.
 *
 * @module
 */
import type { Recording } from "../../contract/recording.ts";
import type { PriorityWritten } from "../../contract/task.ts";
import type { Failure, TaskResult } from "../../contract/wire.ts";
import type { Row } from "./connection.ts";
import { queueOfLane, statusOfLane } from "./lanes.ts";
import type { Ledger } from "./ledger.ts";
import type { TaskListed, TaskRow } from "./store.ts";

/** Columns of {@linkcode taskFrom}. */
export const TASK_COLUMNS = `t.seq, t.task_id, t.batch, t.lane, t.content, t.created_at,
  t.timeout_ms, t.attempt, t.worker, t.assigned_at, t.started_at, t.completed_at, t.execution_ms,
  t.retry_count, t.redistributions, t.crashes, t.not_before, t.error, t.tried,
  t.extra ->> '$.record'`;

/** Columns of {@linkcode listedFrom}; the result is that of a completed task. */
export const LISTED_COLUMNS = `${TASK_COLUMNS}, t.algorithm_written, t.priority_written,
  t.description, t.extra, r.result`;
export const LISTED_FROM = "tasks t LEFT JOIN results r ON r.number = t.result";

const LISTED_START = 20;

export function taskFrom(ledger: Ledger, row: Row): TaskRow {
  const lane = Number(row[3]);
  const { priority, algorithm } = ledger.queues.key(queueOfLane(lane));
  const record = parse<Recording>(row[19]);
  return {
    seq: row[0] as number,
    task_id: row[1] as string,
    batch: ledger.heads.get(row[2] as number).id,
    algorithm,
    content: row[4] as string,
    priority,
    created_at: row[5] as number,
    timeout_ms: row[6] as number | null,
    status: statusOfLane(lane),
    attempt: row[7] as number,
    worker: row[8] as string | null,
    assigned_at: row[9] as number | null,
    started_at: row[10] as number | null,
    completed_at: row[11] as number | null,
    execution_ms: row[12] as number | null,
    retry_count: row[13] as number,
    redistributions: row[14] as number,
    crashes: row[15] as number,
    not_before: row[16] as number | null,
    error: parse<Failure>(row[17]),
    tried: parse<string[]>(row[18]) ?? [],
    ...(record === null ? {} : { record }),
  };
}

export function listedFrom(ledger: Ledger, row: Row): TaskListed {
  const [algorithm, priority, description, extra, result] = row.slice(LISTED_START);
  return {
    ...taskFrom(ledger, row),
    algorithm_written: algorithm as string,
    priority_written: priority as PriorityWritten,
    description: description as string | null,
    extra: parse<Record<string, unknown>>(extra),
    file: ledger.heads.get(row[2] as number).file,
    result: parse<TaskResult>(result),
  };
}

export function parse<T>(text: Row[number] | undefined): T | null {
  return typeof text === "string" ? JSON.parse(text) as T : null;
}

export function unparse(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}
