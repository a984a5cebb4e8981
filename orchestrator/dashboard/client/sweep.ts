/**
 * A sweep: every combination of some values, as a task file.
 *
 * @module
 */
import { parseIntegers } from "../../../contract/value_list.ts";

export interface SweepForm {
  readonly algorithm: string;
  readonly prefix: string;
  readonly priority: string;
  readonly description: string;
  /** Parameter → values as written: `100,200` or `1..50:5`. */
  readonly values: Readonly<Record<string, string>>;
}

export interface SweepRange {
  readonly name: string;
  readonly min: number;
  readonly max: number;
}

export interface SweepOutcome {
  /** The task file; null when something is wrong. */
  readonly text: string | null;
  /** Field → what is wrong with it. */
  readonly problems: Readonly<Record<string, string>>;
}

/** Most tasks of a sweep made in a browser. */
export const SWEEP_TASKS_MAX = 20_000;

export function sweepFile(form: SweepForm, ranges: readonly SweepRange[]): SweepOutcome {
  const problems: Record<string, string> = {};
  const lists = ranges.map(({ name, min, max }) => {
    try {
      const values = parseIntegers((form.values[name] ?? "").trim());
      const outside = values.find((value) => value < min || value > max);
      if (outside === undefined) return values;
      problems[name] = `${outside}: ${min} … ${max}`;
    } catch (error) {
      problems[name] = (error as Error).message;
    }
    return [];
  });
  const count = lists.reduce((product, values) => product * values.length, 1);
  if (count > SWEEP_TASKS_MAX) problems["values"] = `${count} > ${SWEEP_TASKS_MAX}`;
  if (form.prefix.trim() === "") problems["prefix"] = "a_";
  if (Object.keys(problems).length > 0) return { text: null, problems };
  const width = String(count).length;
  const tasks = combinations(lists).map((values, at) => ({
    task_id: `${form.prefix.trim()}${String(at + 1).padStart(width, "0")}`,
    algorithm: form.algorithm,
    parameters: Object.fromEntries(ranges.map(({ name }, index) => [name, values[index]])),
    priority: form.priority,
    ...(form.description.trim() === "" ? {} : { description: form.description.trim() }),
  }));
  return { text: JSON.stringify({ metadata: { source: "sweep", ...form }, tasks }), problems };
}

/** One value of each list, the last list changing fastest. */
export function combinations(lists: readonly (readonly number[])[]): number[][] {
  return lists.reduce<number[][]>(
    (rows, values) => rows.flatMap((row) => values.map((value) => [...row, value])),
    [[]],
  );
}

/** The parameter that a check's path speaks of, such as `tasks[3].parameters.seed`. */
export function fieldOf(path: string): string | null {
  return /\.parameters\.(\w+)/.exec(path)?.[1] ?? null;
}
