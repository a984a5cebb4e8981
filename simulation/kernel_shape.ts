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
}

/** Owns a state and moves it forward. */
export interface Kernel {
  readonly engine: Engine;
  /** Runs `count` steps. */
  step(count: number): void;
  /** The present state. Valid until the next step; copy what must last. */
  state(): DiskState;
  /**
   * SHA-256, in hex, of all positions and then all velocities as little-endian float64. Computed on
   * this thread: the platform's digest answers from another one, and for a small simulation that
   * takes longer than the digest.
   */
  sha256(): string;
}
