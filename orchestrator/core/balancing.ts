/**
 * Which of several workers with room gets the next task. One entry per strategy; the configuration,
 * its help text and its errors are derived from this table.
 *
 * @module
 */
import type { WorkerState } from "./model.ts";

/**
 * Picks an index of `candidates`: never empty, all able to take the task, in order of id.
 * `last` is the id of the worker that was picked last, in the whole farm.
 */
export type Pick = (candidates: readonly WorkerState[], last: string) => number;

function load(worker: WorkerState): number {
  return worker.held.size / worker.capacity;
}

function smallestBy(candidates: readonly WorkerState[], rate: (worker: WorkerState) => number) {
  let best = 0;
  for (let at = 1; at < candidates.length; at++) {
    if (rate(candidates[at]!) < rate(candidates[best]!)) best = at;
  }
  return best;
}

export const STRATEGIES = {
  /** One after the other. */
  round_robin: (candidates, last) =>
    Math.max(0, candidates.findIndex((worker) => worker.id > last)),
  /** The smallest share of its slots in use. */
  least_loaded: (candidates) => smallestBy(candidates, load),
  /** The shortest measured task time; unmeasured workers first, so that each gets measured. */
  fastest: (candidates) => smallestBy(candidates, (worker) => worker.meanMs ?? 0),
  /** The smallest load for its weight in the configuration. */
  weighted: (candidates) =>
    smallestBy(candidates, (worker) => load(worker) / worker.configured.weight),
} satisfies Record<string, Pick>;

export type Strategy = keyof typeof STRATEGIES;
export const STRATEGY_NAMES = Object.keys(STRATEGIES) as Strategy[];
