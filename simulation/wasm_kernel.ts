/**
 * The compiled kernel seen from TypeScript. A thread has one instance of it, which serves one
 * simulation at a time: another one that wants to step first sends the present one home.
 *
 * @module
 */
import type { DiskState } from "./disks.ts";
import type { Kernel, KernelOptions } from "./kernel_shape.ts";
import { KERNEL_BASE64 } from "./kernel_binary.ts";

/** What the compiled module exports; sizes and addresses are in bytes. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly pairHits: WebAssembly.Global;
  readonly wallHits: WebAssembly.Global;
  create(count: number): void;
  positionsAt(): number;
  velocitiesAt(): number;
  setCounters(pairs: number, walls: number): void;
  begin(width: number, height: number, pulls: boolean, skin: number, crowd: number): void;
  run(steps: number): void;
  digestState(): number;
}

/** An instance that has grown beyond this is not kept for a small simulation. */
const KEPT_BYTES_MAX = 64 * 2 ** 20;
const SMALL_DISKS_MAX = 50_000;
/** The kernel decides whether to keep lists. */
const KERNEL_DECIDES = 2;

let compiled: WebAssembly.Module | undefined;
let instance: Exports | undefined;
let resident: WasmKernel | undefined;

/** Compiles the kernel for this thread, unless that is done. */
export function compileKernel(): WebAssembly.Module {
  return compiled ??= new WebAssembly.Module(Uint8Array.fromBase64(KERNEL_BASE64));
}

/** Memory of this thread's instance, in bytes; 0 while there is none. */
export function kernelMemoryBytes(): number {
  return instance?.memory.buffer.byteLength ?? 0;
}

/** A simulation that steps in WebAssembly. */
export class WasmKernel implements Kernel {
  readonly engine = "wasm";
  readonly #state: DiskState;
  readonly #options: KernelOptions;
  /** Whether the instance has gone on since the state was last read. */
  #ahead = false;

  constructor(state: DiskState, options: KernelOptions = {}) {
    this.#state = state;
    this.#options = options;
  }

  step(count: number): void {
    if (count <= 0) return;
    const exports = this.#moveIn();
    this.#ahead = true;
    try {
      exports.run(count);
    } catch (error) {
      resident = instance = undefined;
      const disks = this.#state.positions.length / 2;
      throw new Error(`The kernel failed with ${disks} particles: not enough memory?`, {
        cause: error,
      });
    }
  }

  sha256(): string {
    const exports = this.#moveIn();
    const words = new Uint32Array(exports.memory.buffer, exports.digestState(), 8);
    return Array.from(words, (word) => word.toString(16).padStart(8, "0")).join("");
  }

  state(): DiskState {
    if (this.#ahead) this.#readBack(instance!);
    return this.#state;
  }

  #moveIn(): Exports {
    if (resident === this) return instance!;
    resident?.state();
    resident = undefined;
    const { positions, velocities, box, variant } = this.#state;
    const { skin = 0, keepsLists } = this.#options;
    const count = positions.length / 2;
    const exports = instanceFor(count);
    exports.create(count);
    view(exports, exports.positionsAt(), count).set(positions);
    view(exports, exports.velocitiesAt(), count).set(velocities);
    const crowd = keepsLists === undefined ? KERNEL_DECIDES : Number(!keepsLists);
    exports.begin(box.width, box.height, variant === "python", skin, crowd);
    exports.setCounters(this.#state.particleCollisions, this.#state.wallCollisions);
    resident = this;
    return exports;
  }

  #readBack(exports: Exports): void {
    const state = this.#state, count = state.positions.length / 2;
    state.positions.set(view(exports, exports.positionsAt(), count));
    state.velocities.set(view(exports, exports.velocitiesAt(), count));
    state.particleCollisions = exports.pairHits.value;
    state.wallCollisions = exports.wallHits.value;
    this.#ahead = false;
  }
}

function instanceFor(count: number): Exports {
  const overgrown = instance !== undefined && count <= SMALL_DISKS_MAX &&
    instance.memory.buffer.byteLength > KEPT_BYTES_MAX;
  if (overgrown) instance = undefined;
  return instance ??= new WebAssembly.Instance(compileKernel()).exports as unknown as Exports;
}

function view(exports: Exports, address: number, count: number): Float64Array {
  return new Float64Array(exports.memory.buffer, address, 2 * count);
}
