/**
 * An instance of the compiled kernel, on a memory of its own that other threads can share.
 *
 * @module
 */
import { KERNEL_BASE64 } from "./kernel_binary.ts";

/** What the compiled module exports; sizes and addresses are in bytes. */
export interface KernelExports {
  readonly pairHits: WebAssembly.Global;
  readonly wallHits: WebAssembly.Global;
  /** Rows that helpers have worked out, and those that they have worked out in vain. */
  readonly takenRows: WebAssembly.Global;
  readonly wastedRows: WebAssembly.Global;
  create(count: number): void;
  positionsAt(): number;
  velocitiesAt(): number;
  setCounters(pairs: number, walls: number): void;
  begin(width: number, height: number, pulls: boolean, skin: number, crowd: number): void;
  isCrowded(): number;
  run(steps: number): void;
  beginStep(): void;
  sweepRows(rows: number): number;
  enlist(threads: number): void;
  allowHelpers(helpers: number): void;
  join(
    ...run: [count: number, width: number, height: number, pulls: boolean, ...Place]
  ): void;
  help(index: number): void;
  claim(): number;
  readonly claimed: WebAssembly.Global;
  foresee(ticket: number): void;
  digestState(): number;
}
type Place = [threads: number, index: number];

/** The functions of the kernel and the memory that they work on. */
export interface KernelInstance {
  readonly memory: WebAssembly.Memory;
  readonly exports: KernelExports;
}

const PAGES_MIN = 1;
/** As compiled in: all that 32 bits can address. */
const PAGES_MAX = 65_536;

let compiled: WebAssembly.Module | undefined;

/** Compiles the kernel for this thread, unless that is done. */
export function compileKernel(): WebAssembly.Module {
  return compiled ??= new WebAssembly.Module(Uint8Array.fromBase64(KERNEL_BASE64));
}

/** A new instance, on a new memory or on one that another instance has. */
export function instantiateKernel(memory = newMemory()): KernelInstance {
  const { exports } = new WebAssembly.Instance(compileKernel(), { env: { memory } });
  return { memory, exports: exports as unknown as KernelExports };
}

function newMemory(): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: PAGES_MIN, maximum: PAGES_MAX, shared: true });
}
