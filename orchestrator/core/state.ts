/**
 * Everything the core knows. Owned by the scheduler alone and changed only by `step`; the same
 * start and the same events give the same state and the same effects.
 *
 * @module
 */
import type { Strategy } from "./balancing.ts";
import type { WindowTask, WorkerState } from "./model.ts";
import { createReadyQueue, type ReadyQueue } from "./ready_queue.ts";

/** The rules of one farm, fixed at the start. */
export interface Policy {
  readonly strategy: Strategy;
  /** Retries caused by the task itself. */
  readonly retriesMax: number;
  /** Workers or threads that may die under a task before it is failed for good. */
  readonly crashesMax: number;
  readonly backoffBaseMs: number;
  readonly backoffMaxMs: number;
  /** Tasks at work in the whole farm; Infinity = no limit. */
  readonly concurrentMax: number;
  /** A worker silent for longer is lost. */
  readonly silenceMaxMs: number;
  /** A running task without any progress for longer is taken back. */
  readonly stallMs: number;
  /** Time limit of an attempt for tasks that carry none; null = none. */
  readonly timeoutMs: number | null;
  /** Waiting this long is worth one rank of priority, so that nothing starves. */
  readonly ageingMs: number;
  /** Work to keep waiting in a worker, so that its slots never idle between two messages. */
  readonly prefetchMs: number;
}

export const DEFAULT_POLICY: Policy = {
  strategy: "round_robin",
  retriesMax: 3,
  crashesMax: 3,
  backoffBaseMs: 1000,
  backoffMaxMs: 60_000,
  concurrentMax: Infinity,
  silenceMaxMs: 6000,
  stallMs: 300_000,
  timeoutMs: null,
  ageingMs: 4 * 3600_000,
  prefetchMs: 100,
};

export interface SchedulerState {
  readonly policy: Policy;
  readonly workers: Map<string, WorkerState>;
  /** Tasks claimed from the store, by task id. */
  readonly window: Map<string, WindowTask>;
  readonly ready: ReadyQueue;
  /** Ids of window tasks that are assigned or running. */
  readonly active: Set<string>;
  /** The worker that got the last task: round robin goes on after it. */
  lastPicked: string;
  /** State of the generator behind the jitter; 32 bits, never 0. */
  chance: number;
  lastTickMono: number | null;
}

/** A fresh core. `seed` drives the jitter of backoffs. */
export function createState(policy: Policy, seed: number): SchedulerState {
  return {
    policy,
    workers: new Map(),
    window: new Map(),
    ready: createReadyQueue(),
    active: new Set(),
    lastPicked: "",
    chance: (seed >>> 0) || 1,
    lastTickMono: null,
  };
}

/** A number in [0, 1) from the state's own generator (xorshift32, Marsaglia 2003). */
export function nextChance(state: SchedulerState): number {
  let x = state.chance;
  x ^= x << 13;
  x ^= x >>> 17;
  x ^= x << 5;
  state.chance = x >>> 0;
  return state.chance / 2 ** 32;
}
