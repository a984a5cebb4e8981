/**
 * How long tasks are going to take, by the pace at which the latest ones ran.
 *
 * @module
 */
import { parseTaskContent } from "../../contract/task.ts";
import type { CheckedTask } from "../../contract/task_file.ts";
import { findAlgorithm } from "../../simulation/registry.ts";
import type { Farm } from "../farm.ts";
import { slotCounts } from "../listeners/stats.ts";

/** Results that the pace is taken from. */
const RESULTS = 200;

/** Seconds for these tasks on the slots there are; null when there is nothing to go by. */
export async function estimateSeconds(
  farm: Farm,
  tasks: readonly CheckedTask[],
): Promise<number | null> {
  const slots = slotCounts(farm).total;
  const paces = await recentPaces(farm);
  if (slots === 0 || paces.size === 0) return null;
  // An algorithm that has not run lately is taken to be as fast as the slowest that has.
  const slowest = Math.min(...paces.values());
  let total = 0;
  let longest = 0;
  for (const { spec } of tasks) {
    const work = findAlgorithm(spec.algorithm)?.work(spec.parameters) ?? 0;
    const seconds = work / (paces.get(spec.algorithm) ?? slowest);
    total += seconds;
    longest = Math.max(longest, seconds);
  }
  return Math.max(longest, total / slots);
}

/** Work a second of each algorithm, over its latest results. */
async function recentPaces({ store }: Farm): Promise<Map<string, number>> {
  const { results_total } = await store.counts();
  const sums = new Map<string, { work: number; seconds: number }>();
  for (const result of await store.results(Math.max(1, results_total - RESULTS), results_total)) {
    const [name, parameters] = parseTaskContent(result.content);
    const sum = sums.get(name) ?? { work: 0, seconds: 0 };
    sum.work += findAlgorithm(name)?.work(parameters) ?? 0;
    sum.seconds += result.execution_ms / 1000;
    sums.set(name, sum);
  }
  const paces = new Map<string, number>();
  for (const [name, { work, seconds }] of sums) {
    if (work > 0 && seconds > 0) paces.set(name, work / seconds);
  }
  return paces;
}
