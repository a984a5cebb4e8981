/**
 * What a batch will be, before it is written: a table of its tasks and the work they stand for.
 *
 * @module
 */
import { findAlgorithm } from "../simulation/registry.ts";
import { table } from "../platform/terminal.ts";
import { t } from "../platform/words.ts";
import type { PlannedTask } from "./batch.ts";

/** Rows shown; the rest is counted. */
const ROWS_MAX = 20;

const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** Estimated work of a task in particle-steps. */
function workOf(task: PlannedTask): number {
  return findAlgorithm(task.algorithm)?.work(task.parameters) ?? 0;
}

const HEADINGS = [
  "task",
  "algorithm",
  "particles",
  "steps",
  "seed",
  "priority",
  "work",
] as const;

/** The table, and one line with the totals. */
export function previewText(tasks: readonly PlannedTask[]): string {
  const rows = tasks.slice(0, ROWS_MAX).map((task) => [
    task.task_id,
    task.algorithm,
    String(task.parameters.num_particles),
    String(task.parameters.num_steps),
    String(task.parameters.seed),
    String(task.priority),
    compact.format(workOf(task)),
  ]);
  const header = HEADINGS.map((heading) => t(`heading.${heading}`));
  const more = tasks.length > ROWS_MAX ? [t("batch.more", { more: tasks.length - ROWS_MAX })] : [];
  const work = tasks.reduce((sum, task) => sum + workOf(task), 0);
  return [
    table(header, rows, { right: [2, 3, 4, 6] }),
    ...more,
    "",
    t("batch.work", { n: tasks.length, work: compact.format(work) }),
  ].join("\n");
}
