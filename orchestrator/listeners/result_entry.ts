/**
 * One result as it stands in a results file and in the answers of the API.
 *
 * @module
 */
import { parseTaskContent, type PriorityWritten } from "../../contract/task.ts";
import type { TaskResult } from "../../contract/wire.ts";
import { localTime } from "../../platform/log.ts";

/** What an entry is made of; both a line of the results log and a listed task have it. */
export interface Completed {
  readonly task_id: string;
  readonly algorithm_written: string;
  readonly content: string;
  readonly priority_written: PriorityWritten;
  readonly description: string | null;
  readonly extra: Record<string, unknown> | null;
  readonly worker: string | null;
  readonly completed_at: number | null;
  readonly execution_ms: number | null;
  readonly batch: string;
  readonly file: string;
  readonly result: TaskResult | null;
}

/** The entry, with the names as they were written in the task file. */
export function resultEntry(completed: Completed) {
  return withExtra({
    task_id: completed.task_id,
    algorithm: completed.algorithm_written,
    parameters: parseTaskContent(completed.content)[1],
    execution_time: seconds(completed.execution_ms),
    result: completed.result,
    worker_id: completed.worker,
    completed_at: time(completed.completed_at),
    priority: completed.priority_written,
    batch: completed.batch,
    file: completed.file,
    ...(completed.description === null ? {} : { description: completed.description }),
  }, completed.extra);
}

/** Gives back the keys of a task that the farm does not know; its own names win. */
export function withExtra<Own extends object>(
  own: Own,
  extra: Record<string, unknown> | null,
): Own {
  if (extra === null) return own;
  // Spread, not assignment: a key `__proto__` is data here.
  const unknown = Object.entries(extra).filter(([key]) => !Object.hasOwn(own, key));
  return { ...own, ...Object.fromEntries(unknown) };
}

/** Seconds of a duration in ms, to the microsecond. */
export function seconds(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms * 1000) / 1_000_000;
}

/** A moment (epoch ms) with its offset. */
export function time(epochMs: number | null): string | null {
  return epochMs === null ? null : localTime(epochMs);
}
