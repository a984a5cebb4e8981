/**
 * Makes the kernel of a hard-disk simulation: the compiled one, or the one in TypeScript, which is
 * its reference and gives the same bits.
 *
 * @module
 */
import { type DiskState, driftAndBounce } from "./disks.ts";
import type { Engine, Kernel, KernelOptions, StepWatch } from "./kernel_shape.ts";
import { ListSweep } from "./list_sweep.ts";
import { WasmKernel } from "./wasm_kernel.ts";

export type { Engine, Kernel, KernelOptions };

/** A kernel that goes on from `state`, which it takes over. */
export function createKernel(state: DiskState, options: KernelOptions = {}): Kernel {
  const { engine = "wasm" } = options;
  return engine === "wasm" ? new WasmKernel(state, options) : new TypescriptKernel(state, options);
}

class TypescriptKernel implements Kernel {
  readonly engine = "typescript";
  readonly threads = 1;
  readonly #state: DiskState;
  readonly #sweep: ListSweep;

  constructor(state: DiskState, options: KernelOptions) {
    this.#state = state;
    this.#sweep = new ListSweep(state, options);
  }

  step(count: number, watch?: StepWatch): boolean {
    for (let n = 0; n < count; n++) {
      driftAndBounce(this.#state);
      this.#sweep.sweep();
      if (watch?.(n + 1) === false) return false;
    }
    return true;
  }

  rest(): void {}

  state(): DiskState {
    return this.#state;
  }

  sha256(): string {
    return new WasmKernel(this.#state).sha256();
  }
}
