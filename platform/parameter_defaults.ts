/**
 * The settings that say what a task's parameters are where the task leaves them out.
 *
 * @module
 */
import type { Settings } from "./settings.ts";

/** DEFAULT_NUM_PARTICLES, DEFAULT_NUM_STEPS and DEFAULT_SEED. */
export interface DefaultParameters {
  readonly num_particles: number;
  readonly num_steps: number;
  readonly seed: number;
}

/** @throws {UsageError} When one of the three is no integer that a task could hold. */
export function defaultParameters(settings: Settings): DefaultParameters {
  return {
    num_particles: settings.integer("DEFAULT_NUM_PARTICLES", {
      fallback: 100,
      min: 1,
      max: 1_000_000,
    }),
    num_steps: settings.integer("DEFAULT_NUM_STEPS", { fallback: 500, min: 0, max: 1e9 }),
    seed: settings.integer("DEFAULT_SEED", { fallback: 42, min: 0, max: 2 ** 32 - 1 }),
  };
}
