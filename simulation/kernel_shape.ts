/**
 * What runs the steps of a hard-disk simulation: the shape of every kernel.
 *
 * @module
 */
import type { DiskState } from "./disks.ts";

/** Which code runs the steps. */
export type Engine = "wasm" | "typescript";

/** Choices that change the time a run takes and never its result. */
export interface KernelOptions {
  /**
   * Which code runs. The compiled one measured faster at every size.
   *
   * @default {"wasm"}
   */
  readonly engine?: Engine;
  /** Width of the skin; by default it follows the room and the speed that the disks have. */
  readonly skin?: number;
  /** Whether partners are kept in lists; by default, unless the disks are too crowded. */
  readonly keepsLists?: boolean;
  /**
   * How a crowd uses several threads; by default as many as this thread was granted, for a large
   * one, after a while.
   */
  readonly crew?: CrewOptions;
}

/** When a run calls for helpers, and how many. */
export interface CrewOptions {
  /** Threads that may work on the run at this moment, its own included. */
  readonly threads: () => number;
  /** Fewer disks are left to one thread. */
  readonly disksMin: number;
  /** How long a run works alone first: calling helpers takes time, ms. */
  readonly aloneMs: number;
}

/**
 * Told now and then, within a long step too, how many of the steps asked for are done: a fraction
 * counts the work in the step in hand. False gives the run up, in the middle of the step.
 */
export type StepWatch = (stepsDone: number) => boolean;

/** Owns a state and moves it forward. */
export interface Kernel {
  readonly engine: Engine;
  /** Threads that had a part in the run so far. */
  readonly threads: number;
  /** Runs `count` steps. False when `watch` gave the run up: it cannot go on. */
  step(count: number, watch?: StepWatch): boolean;
  /** Sends helpers home: no more steps, or none for a while. */
  rest(): void;
  /** The present state. Valid until the next step; copy what must last. */
  state(): DiskState;
  /**
   * SHA-256, in hex, of all positions and then all velocities as little-endian float64. Computed on
   * this thread: the platform's digest answers from another one, and for a small simulation that
   * takes longer than the digest.
   */
  sha256(): string;
}
