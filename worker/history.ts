/**
 * What this worker did: the last attempts that ended, and totals since its start.
 *
 * @module
 */
import type { Outcome } from "../contract/wire.ts";
import { localTime } from "../platform/log.ts";
import type { Attempt } from "./attempts.ts";

export type EndStatus = Outcome["status"];
export const END_STATUSES: readonly EndStatus[] = ["completed", "failed", "cancelled", "returned"];

/** One ended attempt, for people. */
export interface HistoryEntry {
  readonly task_id: string;
  readonly attempt: number;
  readonly algorithm: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly status: EndStatus;
  readonly started_at: string | null;
  readonly completed_at: string;
  /** Seconds inside the simulation. */
  readonly execution_time: number;
  readonly error: string | null;
}

/** Totals since the start of the process; times in seconds, of completed attempts. */
export interface HistoryStatistics {
  readonly total_tasks: number;
  readonly completed_tasks: number;
  readonly failed_tasks: number;
  readonly cancelled_tasks: number;
  readonly returned_tasks: number;
  /** Completed of those that completed or failed; null before the first. */
  readonly success_rate: number | null;
  readonly total_execution_time: number;
  readonly average_execution_time: number | null;
  readonly min_execution_time: number | null;
  readonly max_execution_time: number | null;
}

export class History {
  readonly #sizeMax: number;
  /** Oldest first; written out for people only when somebody asks. */
  #ended: Attempt[] = [];
  readonly #counts: Record<EndStatus, number> = {
    completed: 0,
    failed: 0,
    cancelled: 0,
    returned: 0,
  };
  #totalMs = 0;
  #minMs = Infinity;
  #maxMs = -Infinity;

  /** Keeps the last `sizeMax` attempts. */
  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax;
  }

  record(attempt: Attempt): void {
    const { outcome } = attempt;
    if (outcome === undefined) return;
    this.#counts[outcome.status]++;
    if (outcome.status === "completed") {
      this.#totalMs += outcome.execution_ms;
      this.#minMs = Math.min(this.#minMs, outcome.execution_ms);
      this.#maxMs = Math.max(this.#maxMs, outcome.execution_ms);
    }
    this.#ended.push(attempt);
    // Cut seldom and not at every record, which would move the whole list each time.
    if (this.#ended.length >= 2 * this.#sizeMax + 100) this.#cut();
  }

  /** The last attempts, newest first. */
  list(filter: { readonly limit?: number; readonly status?: EndStatus } = {}): HistoryEntry[] {
    this.#cut();
    return this.#ended
      .filter(({ outcome }) => filter.status === undefined || outcome?.status === filter.status)
      .reverse()
      .slice(0, filter.limit)
      .flatMap(entryOf);
  }

  count(status: EndStatus): number {
    return this.#counts[status];
  }

  statistics(): HistoryStatistics {
    const { completed, failed, cancelled, returned } = this.#counts;
    const seconds = (ms: number) => completed === 0 ? null : ms / 1000;
    return {
      total_tasks: completed + failed + cancelled + returned,
      completed_tasks: completed,
      failed_tasks: failed,
      cancelled_tasks: cancelled,
      returned_tasks: returned,
      success_rate: completed + failed === 0 ? null : completed / (completed + failed),
      total_execution_time: this.#totalMs / 1000,
      average_execution_time: seconds(this.#totalMs / completed),
      min_execution_time: seconds(this.#minMs),
      max_execution_time: seconds(this.#maxMs),
    };
  }

  #cut(): void {
    this.#ended = this.#sizeMax === 0 ? [] : this.#ended.slice(-this.#sizeMax);
  }
}

function entryOf({ assignment, outcome }: Attempt): HistoryEntry | [] {
  if (outcome === undefined) return [];
  return {
    task_id: outcome.task_id,
    attempt: outcome.attempt,
    algorithm: assignment.algorithm,
    parameters: assignment.parameters,
    status: outcome.status,
    started_at: outcome.started_at === null ? null : localTime(outcome.started_at),
    completed_at: localTime(outcome.ended_at),
    execution_time: outcome.execution_ms / 1000,
    error: outcome.status === "failed" ? outcome.failure.message : null,
  };
}
