/**
 * What the store keeps for people who look back: failures grouped by what they say, how the farm
 * did over time, who worked on what.
 *
 * @module
 */
import type { Failure } from "../../contract/wire.ts";

/** Failed tasks whose errors say the same but for numbers, ids and quoted words. */
export interface ErrorGroup {
  readonly id: number;
  readonly kind: Failure["kind"];
  readonly code: string;
  /** The message without what differs from task to task. */
  readonly message: string;
  /** The message of the first failure as it was. */
  readonly example: string;
  /** Tasks of the group that are failed now. */
  readonly count: number;
  /** Failures ever, also of tasks that were run again since. */
  readonly total: number;
  readonly first_seen: number;
  readonly last_seen: number;
}

/** Lengths of the steps in which the past is kept, ms: for an hour, a day, a month. */
export const SERIES_STEPS_MS = [10_000, 60_000, 600_000] as const;

/** What is added to one step of one series. */
export interface SeriesSample {
  readonly stepMs: number;
  /** Epoch ms at which the step begins. */
  readonly at: number;
  /** Tasks that ended since the last sample of this step. */
  readonly completed: number;
  readonly failed: number;
  /** As it was at this moment. */
  readonly waiting: number;
  readonly running: number;
  readonly workers: number;
  readonly slots: number;
  /** Execution times within the step so far, seconds; null when nothing was completed. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/** One step of the past: what was counted is summed up, what was measured is its mean. */
export type SeriesPoint = Omit<SeriesSample, "stepMs">;

/** An attempt that ended, with the time it took on its worker. */
export interface WorkSpan {
  readonly worker: string;
  readonly task_id: string;
  readonly started_at: number;
  readonly ended_at: number;
  readonly outcome: "completed" | "failed" | "cancelled" | "lost" | "returned" | "refused";
}
