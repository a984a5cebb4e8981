/**
 * The settings that every program which checks task files must agree on: how large a file may be,
 * and what a task's parameters are where it leaves them out.
 *
 * @module
 */
import type { Settings } from "./settings.ts";

/** Above this the engine cannot hold the file as one string. */
const FILE_BYTES_MAX = 500_000_000;

export interface TaskFileSettings {
  /** DEFAULT_NUM_PARTICLES, DEFAULT_NUM_STEPS and DEFAULT_SEED. */
  readonly defaults: {
    readonly num_particles: number;
    readonly num_steps: number;
    readonly seed: number;
  };
  /** TASK_FILE_MAX_BYTES and TASK_FILE_MAX_TASKS. */
  readonly limits: { readonly bytesMax: number; readonly tasksMax: number };
}

/** @throws {UsageError} When one of them is no integer, or none that a task could hold. */
export function taskFileSettings(settings: Settings): TaskFileSettings {
  const integer = (name: string, sources: { fallback: number; min: number; max: number }) =>
    settings.integer(name, sources);
  return {
    defaults: {
      num_particles: integer("DEFAULT_NUM_PARTICLES", { fallback: 100, min: 1, max: 1_000_000 }),
      num_steps: integer("DEFAULT_NUM_STEPS", { fallback: 500, min: 0, max: 1_000_000_000 }),
      seed: integer("DEFAULT_SEED", { fallback: 42, min: 0, max: 2 ** 32 - 1 }),
    },
    limits: {
      bytesMax: integer("TASK_FILE_MAX_BYTES", {
        fallback: 64 * 1024 * 1024,
        min: 1,
        max: FILE_BYTES_MAX,
      }),
      tasksMax: integer("TASK_FILE_MAX_TASKS", { fallback: 1_000_000, min: 1, max: 10_000_000 }),
    },
  };
}
