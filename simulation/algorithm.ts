/**
 * The shape of every algorithm the farm can run: a name, a schema for its parameters, and a way to
 * create a simulation that advances step by step. Nothing here knows of tasks, workers or Deno.
 *
 * @module
 */
import type { z } from "zod";

/** Defaults a site may set for parameters that a task leaves out. */
export interface ParameterDefaults {
  readonly num_particles: number;
  readonly num_steps: number;
  readonly seed: number;
}

/** Positions and velocities at one moment, as the algorithm orders them. */
export interface Snapshot {
  readonly step: number;
  /** x0, y0, x1, y1, … */
  readonly positions: Float64Array;
  /** vx0, vy0, vx1, vy1, … */
  readonly velocities: Float64Array;
}

/** What may be seen of a simulation under way. Its arrays are good until the next step only. */
export interface Observation {
  readonly box: { readonly width: number; readonly height: number };
  readonly radius: number;
  /** x0, y0, x1, y1, … */
  readonly positions: Float64Array;
  readonly kineticEnergy: number;
  readonly particleCollisions: number;
  readonly wallCollisions: number;
}

/** Counters and final figures of a run, as they stand in the results. */
export type Metrics = Record<string, string | number | boolean | null>;

/**
 * Told now and then, in the middle of a long step too, how far a run is, in steps with a fraction.
 * False gives the run up: nothing but dropping it is possible after that.
 */
export type Watch = (stepsCompleted: number) => boolean;

/** A simulation under way. The same parameters always give the same bits. */
export interface Simulation {
  readonly stepsTotal: number;
  readonly stepsCompleted: number;
  /**
   * Runs at most `steps` further steps, never past the total. One whose steps may take long, up to
   * minutes, tells `watch` several times a second.
   */
  advance(steps: number, watch?: Watch): void;
  /** A copy of the present state; two copies at the same step are equal bit for bit. */
  snapshot(): Snapshot;
  /** For recordings and previews; absent: there is nothing to draw. Changes nothing. */
  observe?(): Observation;
  /** Which code ran, e.g. "typescript" or "wasm". Not part of the result's digest. */
  readonly engine: string;
  /** Counters, energy and `state_sha256`. */
  summary(): Promise<Metrics>;
}

/** One entry of the registry. */
export interface Algorithm {
  readonly name: string;
  /** Other names that task files use for it. */
  readonly aliases: readonly string[];
  /** One line for people. */
  readonly description: string;
  /**
   * Parameters as they may be written → canonical parameters with defaults, keys in a fixed order.
   * Unknown names, numeric strings and fractions are errors.
   */
  parameters(defaults: ParameterDefaults): z.ZodType<Record<string, unknown>>;
  /** A task that this algorithm accepts, for the conformance tests and for help texts. */
  readonly example: Record<string, unknown>;
  /** Rough cost of a run in particle-steps, for previews and for estimates. */
  work(parameters: Record<string, unknown>): number;
  /** Takes canonical parameters only. */
  create(parameters: Record<string, unknown>): Simulation;
}
