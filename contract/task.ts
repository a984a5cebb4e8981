/**
 * A task as every program of the farm understands it: identity, priority, states. Parameters stay
 * opaque here; only the algorithm named in the task knows what they mean.
 *
 * @module
 */
import { z } from "zod";

/** States of a task. `redistributed` waits like `pending`, after its worker was lost. */
export const TASK_STATUSES = [
  "pending",
  "assigned",
  "running",
  "redistributed",
  "completed",
  "failed",
  "cancelled",
] as const;
export type TaskStatus = typeof TASK_STATUSES[number];

/** States that end a task. Nothing leaves them but an explicit retry. */
export const TERMINAL_STATUSES = ["completed", "failed", "cancelled"] as const;
export type TerminalStatus = typeof TERMINAL_STATUSES[number];

/** The named priorities of a task file and the rank each stands for (1-10, larger first). */
export const NAMED_PRIORITIES = { high: 8, medium: 5, low: 2 } as const;
export const PRIORITY_MIN = 1;
export const PRIORITY_MAX = 10;

/** A priority as written in a task file: a name or a rank. */
export const PriorityWritten = z.union([
  z.enum(["high", "medium", "low"]),
  z.int().min(PRIORITY_MIN).max(PRIORITY_MAX),
]);
export type PriorityWritten = z.infer<typeof PriorityWritten>;

/** The rank (1-10, larger first) of a priority as written. */
export function priorityRank(written: PriorityWritten): number {
  return typeof written === "number" ? written : NAMED_PRIORITIES[written];
}

/** Longest task id, in UTF-16 code units. */
export const TASK_ID_LENGTH_MAX = 200;

/** Parameters after aliases and defaults, keys in the algorithm's own order. */
export type Parameters = Record<string, unknown>;

/**
 * A task that passed the check. `algorithm` is the registry's name, `algorithm_written` the name in
 * the file, which results give back.
 */
export interface TaskSpec {
  readonly task_id: string;
  readonly algorithm: string;
  readonly algorithm_written: string;
  readonly parameters: Parameters;
  readonly priority: number;
  readonly priority_written: PriorityWritten;
  readonly description?: string;
  /** Total seconds one attempt may take. */
  readonly timeout?: number;
  /** Keys of the task that the farm does not know: kept and given back. */
  readonly extra?: Record<string, unknown>;
}

/**
 * What makes two tasks the same work: algorithm and parameters, as canonical JSON. Parameters come
 * out of the algorithm's schema in a fixed key order, so equal content is equal text.
 */
export function taskContent(algorithm: string, parameters: Parameters): string {
  return JSON.stringify([algorithm, parameters]);
}

/**
 * Algorithm and parameters as the JSON texts they are in a content, for whoever only passes them on:
 * nothing is parsed. The name of an algorithm holds no comma.
 */
export function splitTaskContent(content: string): [algorithm: string, parameters: string] {
  const comma = content.indexOf(",");
  return [content.slice(1, comma), content.slice(comma + 1, -1)];
}

/** The reverse of {@linkcode taskContent}. */
export function parseTaskContent(content: string): [algorithm: string, parameters: Parameters] {
  return JSON.parse(content);
}
