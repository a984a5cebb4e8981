/**
 * What a batch to generate is, and the tasks it stands for. Pure: names, times and chance come in.
 *
 * @module
 */
import type { PriorityWritten } from "../contract/task.ts";

/** Most tasks in one generated file. */
export const TASKS_MAX = 100_000;

/** How one type of batch makes tasks from the answers. */
interface BatchKind {
  /** Tasks where nobody says how many; null where the lists decide. */
  readonly count: number | null;
  /** Whether particles, steps and seed may be lists. */
  readonly lists: boolean;
  readonly priority: string;
}

/** The types of batch; what each is stands in the words, under `batch.kind`. */
export const BATCH_KINDS = {
  basic: {
    count: 5,
    lists: false,
    priority: "medium",
  },
  performance: {
    count: 10,
    lists: false,
    priority: "medium",
  },
  stress: {
    count: 1000,
    lists: false,
    priority: "high,medium,low",
  },
  custom: {
    count: 3,
    lists: true,
    priority: "medium",
  },
  sweep: {
    count: null,
    lists: true,
    priority: "medium",
  },
} as const satisfies Record<string, BatchKind>;

export type BatchType = keyof typeof BATCH_KINDS;

/** All answers. `count` stands for itself except in a sweep, where it is absent. */
export interface Batch {
  readonly type: BatchType;
  readonly algorithms: readonly string[];
  readonly count?: number;
  readonly particles: readonly number[];
  readonly steps: readonly number[];
  readonly seeds: readonly number[];
  readonly priorities: readonly PriorityWritten[];
}

/** A task as it is written into the file. */
export interface PlannedTask {
  readonly task_id: string;
  readonly algorithm: string;
  readonly parameters: {
    readonly num_particles: number;
    readonly num_steps: number;
    readonly seed: number;
  };
  readonly priority: PriorityWritten;
  readonly description: string;
}

/** The lists whose combinations make a sweep. */
const SWEPT = ["algorithms", "particles", "steps", "seeds", "priorities"] as const;

/** How many tasks the answers given so far stand for. */
export function tasksPlanned(batch: Partial<Batch>): number {
  if (batch.type !== "sweep") return batch.count ?? 0;
  return SWEPT.reduce((product, key) => product * (batch[key]?.length ?? 1), 1);
}

/** One task before it has a name. */
interface Choice {
  readonly algorithm: string;
  readonly particles: number;
  readonly steps: number;
  readonly seed: number;
  readonly priority: PriorityWritten;
}

/** The tasks of a batch; their ids begin with `name`. */
export function planTasks(batch: Batch, name: string): PlannedTask[] {
  const total = tasksPlanned(batch);
  const digits = String(total).length;
  return Array.from({ length: total }, (_, index) => {
    const { algorithm, particles, steps, seed, priority } = CHOOSE[batch.type](batch, index);
    return {
      task_id: `${name}_${String(index + 1).padStart(digits, "0")}`,
      algorithm,
      parameters: { num_particles: particles, num_steps: steps, seed },
      priority,
      description: `${batch.type}: ${particles} particles, ${steps} steps, seed ${seed}`,
    };
  });
}

const CHOOSE: Record<BatchType, (batch: Batch, index: number) => Choice> = {
  basic: withConsecutiveSeeds,
  stress: withConsecutiveSeeds,
  performance: withGrowingSize,
  custom: withOwnValues,
  sweep: withCombination,
};

/** Lists that are shorter than the batch begin again: one value stands for all. */
function inTurn<T>(list: readonly T[], index: number): T {
  return list[index % list.length] as T;
}

function withOwnValues(batch: Batch, index: number): Choice {
  return {
    algorithm: inTurn(batch.algorithms, index),
    particles: inTurn(batch.particles, index),
    steps: inTurn(batch.steps, index),
    seed: inTurn(batch.seeds, index),
    priority: inTurn(batch.priorities, index),
  };
}

function withConsecutiveSeeds(batch: Batch, index: number): Choice {
  // Behind the largest seed the count goes on from 0.
  const seed = (inTurn(batch.seeds, 0) + index) % 2 ** 32;
  return { ...withOwnValues(batch, index), seed };
}

function withGrowingSize(batch: Batch, index: number): Choice {
  const size = Math.floor(index / batch.algorithms.length) + 1;
  return { ...withOwnValues(batch, index), particles: inTurn(batch.particles, 0) * size };
}

/** Counts through the combinations like an odometer, the last list turning fastest. */
function withCombination(batch: Batch, index: number): Choice {
  let rest = index;
  const digit = <T>(list: readonly T[]): T => {
    const value = inTurn(list, rest);
    rest = Math.floor(rest / list.length);
    return value;
  };
  const priority = digit(batch.priorities);
  const seed = digit(batch.seeds);
  const steps = digit(batch.steps);
  const particles = digit(batch.particles);
  return { algorithm: digit(batch.algorithms), particles, steps, seed, priority };
}
