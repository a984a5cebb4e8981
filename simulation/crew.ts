/**
 * The helpers of a large run: Web Workers of this thread, each with an instance of the kernel on
 * the memory of the run. They work out ahead what the next disks will do; the kernel carries it out
 * in order, or does it itself, so that a helper can be slow, die or never start and the bits are the
 * same.
 *
 * @module
 */
import type { CrewOptions } from "./kernel_shape.ts";

/** What a helper runs. It comes as text, because a thread may read no file. */
const PROGRAM = `
  let kernel, index;
  onmessage = ({ data }) => {
    try {
      if (data.module !== undefined) {
        const { module, memory, disks, width, height, pulls, threads } = data;
        kernel = new WebAssembly.Instance(module, { env: { memory } }).exports;
        kernel.join(disks, width, height, pulls, threads, index = data.index);
      }
      kernel?.help(index);
    } catch {
      kernel = undefined;
    }
  };
`;

/** Most threads that work on one run: the owner has to carry everything out. */
const THREADS_MAX = 16;
/** Below this the rows are so short that handing them over costs as much as it saves; measured. */
const DISKS_MIN = 50_000;
/** Calling helpers takes some 0.1 s, in which the run stands still. */
const ALONE_MS = 500;

/** Threads granted to each large run, in memory shared with who grants them; alone without it. */
let granted: Int32Array | undefined;

/** From now on, large runs of this thread may use as many threads as the first cell says. */
export function grantThreads(cells: Int32Array): void {
  granted = cells;
}

/** How a run uses threads unless it is told otherwise. */
export const GRANTED_CREW: CrewOptions = {
  threads: () => granted === undefined ? 1 : Atomics.load(granted, 0),
  disksMin: DISKS_MIN,
  aloneMs: ALONE_MS,
};

/** Each side of a trial lasts this long, and its verdict that long, ms. */
const TRIAL_MS = 100;
const VERDICT_MS = 3000;
/** Helpers have to be faster by this factor: they cost processor time that others may need. */
const GAIN_MIN = 1.1;

/**
 * Finds out now and then whether helpers pay: with small rows, or on a machine whose cores are
 * taken, they do not.
 */
export class CrewTrial {
  /** Whether helpers work at present. */
  together = true;
  #phase: "arriving" | "alone" | "together" | "decided" = "arriving";
  #ms = 0;
  #work = 0;
  #alonePace = 0;

  /** Told what a part of the run took, and whether helpers are there. */
  note(part: { readonly ms: number; readonly work: number; readonly arrived: boolean }): void {
    this.#ms += part.ms;
    this.#work += part.work;
    if (this.#phase === "arriving") {
      if (part.arrived) this.#enter("alone");
    } else if (this.#ms >= (this.#phase === "decided" ? VERDICT_MS : TRIAL_MS)) {
      this.#next(this.#work / this.#ms);
    }
  }

  #next(pace: number): void {
    if (this.#phase === "decided") return this.#enter("alone");
    if (this.#phase === "together") {
      return this.#enter("decided", pace > GAIN_MIN * this.#alonePace);
    }
    this.#alonePace = pace;
    this.#enter("together");
  }

  #enter(phase: "alone" | "together" | "decided", together = phase === "together"): void {
    this.#phase = phase;
    this.together = together;
    this.#ms = this.#work = 0;
  }
}

/** What a helper must know of the run. */
export interface CrewedRun {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly disks: number;
  readonly width: number;
  readonly height: number;
  readonly pulls: boolean;
  /** Threads that there is room for, the owner's included. */
  readonly threads: number;
}

/** The helpers of one run. */
export class Crew {
  readonly trial = new CrewTrial();
  readonly #helpers: Worker[] = [];

  /** How many threads to make room for when this many are allowed. */
  static sizeFor(allowed: number): number {
    return Math.min(allowed, THREADS_MAX);
  }

  /** Calls the helpers; those that cannot be had are done without. */
  constructor(run: CrewedRun) {
    const url = `data:application/javascript,${encodeURIComponent(PROGRAM)}`;
    try {
      for (let index = 1; index < run.threads; index++) {
        const helper = new Worker(url, { type: "module" });
        this.#helpers.push(helper);
        helper.addEventListener("error", (event) => event.preventDefault());
        helper.postMessage({ ...run, index });
      }
    } catch {
      // Fewer threads, or one: the run goes on all the same.
    }
  }

  get helpers(): number {
    return this.#helpers.length;
  }

  /** Lets them help in the sweep that begins. */
  call(): void {
    for (const helper of this.#helpers) helper.postMessage({});
  }

  dismiss(): void {
    for (const helper of this.#helpers) helper.terminate();
    this.#helpers.length = 0;
  }
}
