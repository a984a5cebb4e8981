/**
 * Results as rows: a table for people, CSV for programs.
 *
 * @module
 */
import type { TaskStatus } from "../contract/task.ts";
import { table } from "../platform/terminal.ts";
import { t } from "../platform/words.ts";

/** One task of a batch: an entry of a results file, and where it stands if it has no result. */
export interface BatchResult {
  readonly task_id: string;
  readonly algorithm: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Absent in results files, where everything is completed. */
  readonly status?: TaskStatus;
  readonly execution_time?: number | null;
  readonly worker_id?: string | null;
  readonly completed_at?: string | null;
  readonly priority?: string | number;
  readonly batch?: string;
  readonly file?: string;
  readonly result?: { readonly metrics: Readonly<Record<string, unknown>> } | null;
  readonly error?: { readonly message: string } | null;
}

/** Figures of a result that a table shows, under shorter names. */
const SHOWN_METRICS = ["particle_collisions", "wall_collisions"];

/** All names of one kind that any of the results has, in order of appearance. */
function namesOf(
  results: readonly BatchResult[],
  pick: (result: BatchResult) => object | null | undefined,
): string[] {
  return [...new Set(results.flatMap((result) => Object.keys(pick(result) ?? {})))];
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** A table, and a line with the totals. */
export function resultTable(results: readonly BatchResult[]): string {
  const parameters = namesOf(results, (result) => result.parameters);
  const figures = [t("heading.collisions"), t("heading.walls"), t("heading.seconds")];
  const numbers = [...parameters, ...figures];
  const header = [
    ...[t("heading.task"), t("heading.algorithm"), ...numbers],
    ...[t("heading.worker"), t("heading.status")],
  ];
  const rows = results.map((result) => [
    result.task_id,
    result.algorithm,
    ...parameters.map((name) => cell(result.parameters[name])),
    ...SHOWN_METRICS.map((name) => cell(result.result?.metrics[name])),
    result.execution_time?.toFixed(3) ?? "",
    cell(result.worker_id),
    t(`status.${result.status ?? "completed"}`).toLowerCase() +
    (result.error ? `: ${result.error.message}` : ""),
  ]);
  const completed = results.filter(({ status = "completed" }) => status === "completed");
  const seconds = results.reduce((sum, { execution_time }) => sum + (execution_time ?? 0), 0);
  return [
    table(header, rows, { right: numbers.map((_, index) => index + 2) }),
    "",
    t("results.total", {
      completed: completed.length,
      total: results.length,
      seconds: seconds.toFixed(3),
    }),
  ].join("\n");
}

function csvCell(value: unknown): string {
  const text = cell(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** CSV (RFC 4180) with a header: a column for every parameter and metric that occurs. */
export function resultCsv(results: readonly BatchResult[]): string {
  const parameters = namesOf(results, (result) => result.parameters);
  const metrics = namesOf(results, (result) => result.result?.metrics)
    .filter((name) => !parameters.includes(name));
  const header = ["task_id", "algorithm", "status", ...parameters, "priority", "execution_time"];
  const ending = ["worker_id", "completed_at", "batch", "file", "error"];
  const rows = results.map((result) => [
    result.task_id,
    result.algorithm,
    result.status ?? "completed",
    ...parameters.map((name) => result.parameters[name]),
    result.priority,
    result.execution_time,
    ...metrics.map((name) => result.result?.metrics[name]),
    result.worker_id,
    result.completed_at,
    result.batch,
    result.file,
    result.error?.message,
  ]);
  return [[...header, ...metrics, ...ending], ...rows]
    .map((row) => row.map(csvCell).join(",") + "\r\n").join("");
}
