/**
 * The compiled kernel seen from TypeScript. A thread has one instance of it, which serves one
 * simulation at a time: another one that wants to step first sends the present one home.
 *
 * @module
 */
import { Crew, GRANTED_CREW } from "./crew.ts";
import type { DiskState } from "./disks.ts";
import { compileKernel, instantiateKernel, type KernelInstance } from "./kernel_instance.ts";
import type { CrewOptions, Kernel, KernelOptions, StepWatch } from "./kernel_shape.ts";

/** An instance that has grown beyond this is not kept for a small simulation. */
const KEPT_BYTES_MAX = 64 * 2 ** 20;
const SMALL_DISKS_MAX = 50_000;
/** The kernel decides whether to keep lists. */
const KERNEL_DECIDES = 2;
/** A crowd of more disks is swept in parts, each about this long, ms. */
const WHOLE_DISKS_MAX = 10_000;
const PART_MS = 5;

let instance: KernelInstance | undefined;
let resident: WasmKernel | undefined;
/** Whether helpers may still write into the instance's memory. */
let shared = false;

/** Memory of this thread's instance, in bytes; 0 while there is none. */
export function kernelMemoryBytes(): number {
  return instance?.memory.buffer.byteLength ?? 0;
}

/** A simulation that steps in WebAssembly. */
export class WasmKernel implements Kernel {
  readonly engine = "wasm";
  readonly #state: DiskState;
  readonly #options: KernelOptions;
  readonly #crewOptions: CrewOptions;
  /** Whether the instance has gone on since the state was last read. */
  #ahead = false;
  #crew: Crew | undefined;
  #threads = 1;
  #workedMs = 0;
  #rowsAtOnce = 1;

  constructor(state: DiskState, options: KernelOptions = {}) {
    this.#state = state;
    this.#options = options;
    this.#crewOptions = options.crew ?? GRANTED_CREW;
  }

  get threads(): number {
    return this.#threads;
  }

  step(count: number, watch?: StepWatch): boolean {
    if (count <= 0) return true;
    const { exports } = this.#moveIn();
    const disks = this.#disks;
    const large = disks > WHOLE_DISKS_MAX || disks >= this.#crewOptions.disksMin;
    if (!large || !exports.isCrowded()) {
      this.#run(() => exports.run(count));
      return true;
    }
    for (let n = 0; n < count; n++) {
      if (!this.#stepInParts(watch && ((share) => watch(n + share)))) return false;
    }
    return true;
  }

  rest(): void {
    this.#crew?.dismiss();
    this.#crew = undefined;
  }

  sha256(): string {
    const { exports, memory } = this.#moveIn();
    const words = new Uint32Array(memory.buffer, exports.digestState(), 8);
    const digest = new DataView(new ArrayBuffer(32));
    for (let at = 0; at < 8; at++) digest.setUint32(4 * at, words[at]!);
    return new Uint8Array(digest.buffer).toHex();
  }

  state(): DiskState {
    if (this.#ahead) this.#readBack(instance!);
    return this.#state;
  }

  get #disks(): number {
    return this.#state.positions.length / 2;
  }

  /** One step whose rows are swept some at a time. The rows get cheaper: each has fewer after it. */
  #stepInParts(watch: ((share: number) => boolean) | undefined): boolean {
    const { exports } = instance!;
    const disks = this.#disks;
    this.#run(() => exports.beginStep());
    this.#crew?.call();
    let shareBefore = 0;
    for (let done = 0; done < disks;) {
      const start = performance.now();
      done = this.#run(() => exports.sweepRows(this.#rowsAtOnce));
      const tookMs = performance.now() - start;
      this.#workedMs += tookMs;
      const share = shareOf(done, disks);
      this.#crew?.trial.note({
        ms: tookMs,
        work: share - shareBefore,
        arrived: exports.takenRows.value > 0,
      });
      shareBefore = share;
      const factor = Math.min(2, PART_MS / Math.max(tookMs, 1e-3));
      this.#rowsAtOnce = Math.min(disks, Math.max(1, Math.floor(this.#rowsAtOnce * factor)));
      if (watch?.(share) === false) return false;
      if (done < disks) this.#useCrew();
    }
    return true;
  }

  /** Calls helpers where they pay, and lets as many of them work as there are threads for now. */
  #useCrew(): void {
    const { disksMin, aloneMs, threads } = this.#crewOptions;
    if (this.#disks < disksMin) return;
    const allowed = threads();
    const { exports, memory } = instance!;
    if (this.#crew === undefined) {
      if (allowed < 2 || this.#workedMs < aloneMs) return;
      const { box: { width, height }, variant } = this.#state;
      shared = true;
      this.#run(() => exports.enlist(Crew.sizeFor(allowed)));
      this.#crew = new Crew({
        module: compileKernel(),
        memory,
        disks: this.#disks,
        width,
        height,
        pulls: variant === "python",
        threads: Crew.sizeFor(allowed),
      });
    }
    const { trial, helpers: there } = this.#crew;
    const helpers = trial.together ? Math.max(0, Math.min(allowed - 1, there)) : 0;
    exports.allowHelpers(helpers);
    if (exports.takenRows.value > 0) this.#threads = Math.max(this.#threads, 1 + helpers);
  }

  /** Runs the instance. What it throws leaves it in an unknown state: nobody uses it again. */
  #run<T>(work: () => T): T {
    this.#ahead = true;
    try {
      return work();
    } catch (error) {
      this.rest();
      resident = instance = undefined;
      throw new Error(`The kernel failed with ${this.#disks} particles: not enough memory?`, {
        cause: error,
      });
    }
  }

  #moveIn(): KernelInstance {
    if (resident === this) return instance!;
    resident?.state();
    resident?.rest();
    resident = undefined;
    const { positions, velocities, box, variant } = this.#state;
    const { skin = 0, keepsLists } = this.#options;
    const count = this.#disks;
    const kernel = instanceFor(count), { exports } = kernel;
    exports.create(count);
    view(kernel, exports.positionsAt(), count).set(positions);
    view(kernel, exports.velocitiesAt(), count).set(velocities);
    const crowd = keepsLists === undefined ? KERNEL_DECIDES : Number(!keepsLists);
    exports.begin(box.width, box.height, variant === "python", skin, crowd);
    exports.setCounters(this.#state.particleCollisions, this.#state.wallCollisions);
    resident = this;
    return kernel;
  }

  #readBack(kernel: KernelInstance): void {
    const state = this.#state, count = this.#disks, { exports } = kernel;
    state.positions.set(view(kernel, exports.positionsAt(), count));
    state.velocities.set(view(kernel, exports.velocitiesAt(), count));
    state.particleCollisions = exports.pairHits.value;
    state.wallCollisions = exports.wallHits.value;
    this.#ahead = false;
  }
}

function instanceFor(count: number): KernelInstance {
  const overgrown = instance !== undefined && count <= SMALL_DISKS_MAX &&
    instance.memory.buffer.byteLength > KEPT_BYTES_MAX;
  if (overgrown || shared) instance = undefined;
  shared = false;
  return instance ??= instantiateKernel();
}

/** Share of the work of a sweep: each disk meets those after it. */
function shareOf(done: number, disks: number): number {
  return 1 - (1 - done / disks) ** 2;
}

function view({ memory }: KernelInstance, address: number, count: number): Float64Array {
  return new Float64Array(memory.buffer, address, 2 * count);
}
