/**
 * What runs the steps of a hard-disk simulation: one interface, so that the same simulation can run
 * in TypeScript or compiled, with the same bits.
 *
 * @module
 */
import { type DiskState, driftAndBounce } from "./disks.ts";
import { ListSweep } from "./list_sweep.ts";

/** Which code runs the steps. */
export type Engine = "typescript";

/** Owns a state and moves it forward. */
export interface Kernel {
  readonly engine: Engine;
  /** Runs `count` steps. */
  step(count: number): void;
  /** The present state. Valid until the next step; copy what must last. */
  state(): DiskState;
}

/** A kernel that goes on from `state`, which it takes over. */
export function createKernel(state: DiskState): Kernel {
  return new TypescriptKernel(state);
}

class TypescriptKernel implements Kernel {
  readonly engine = "typescript";
  readonly #state: DiskState;
  readonly #sweep: ListSweep;

  constructor(state: DiskState) {
    this.#state = state;
    this.#sweep = new ListSweep(state);
  }

  step(count: number): void {
    for (let n = 0; n < count; n++) {
      driftAndBounce(this.#state);
      this.#sweep.sweep();
    }
  }

  state(): DiskState {
    return this.#state;
  }
}
