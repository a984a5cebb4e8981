/**
 * The shapes around a task file: what is wrong with one, which limits hold, what a task that passed
 * looks like, and what the check must be told of the algorithms (this room knows no simulation).
 * The check itself is `task_file_check.ts`.
 *
 * @module
 */
import type { TaskSpec } from "./task.ts";

/** One thing wrong with a task file: where, and what to do, in one sentence. */
export interface TaskFileError {
  /** JSON path such as `tasks[3].parameters.num_steps`; empty for the file as a whole. */
  readonly path: string;
  /** Stable, for programs: e.g. `syntax`, `missing`, `unknown_algorithm`, `out_of_range`. */
  readonly code: string;
  readonly message: string;
  /** 1-based, for syntax errors only. */
  readonly line?: number;
  readonly column?: number;
}

/** What the check needs of an algorithm: canonical name, and parameters → canonical parameters. */
export interface CheckedAlgorithm {
  readonly name: string;
  /**
   * Returns canonical parameters, or the errors: paths relative to `parameters` (empty for the
   * whole, otherwise beginning with a name or `[`), messages that go on after the path, such as
   * `must be an integer from 0 to 10, not 11`.
   */
  check(parameters: unknown): Record<string, unknown> | readonly TaskFileError[];
}

/** Tells the two answers of {@linkcode CheckedAlgorithm.check} apart. */
export function isErrorList(
  checked: Record<string, unknown> | readonly TaskFileError[],
): checked is readonly TaskFileError[] {
  return Array.isArray(checked);
}

/** Finds an algorithm by any of its names. */
export interface AlgorithmTable {
  readonly names: readonly string[];
  find(name: string): CheckedAlgorithm | undefined;
}

/** Limits of a task file; each is a setting of the orchestrator. */
export interface TaskFileLimits {
  readonly bytesMax: number;
  readonly tasksMax: number;
}
export const TASK_FILE_LIMITS: TaskFileLimits = {
  bytesMax: 64 * 1024 * 1024,
  tasksMax: 1_000_000,
};

/** Errors listed for one file; the rest is only counted. */
export const TASK_FILE_ERRORS_LISTED = 1000;

/** Longest description of a task, in UTF-16 code units. */
export const TASK_DESCRIPTION_LENGTH_MAX = 10_000;

/** Longest `timeout` of a task: about 23 days, what a 32-bit timer in ms can still hold. */
export const TASK_TIMEOUT_SECONDS_MAX = 2_000_000;

/** A task that passed, with its place in the file for later messages. */
export interface CheckedTask {
  readonly index: number;
  readonly spec: TaskSpec;
}
