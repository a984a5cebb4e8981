/**
 * The disk of a simulated world: every call of the store takes time, may fail for want of space or
 * by an error of the disk, and is cut off, before or after it became durable, when the process dies.
 *
 * @module
 */
import {
  type Change,
  type CommitReport,
  type Intake,
  StoreError,
} from "../../orchestrator/store/store.ts";
import type { Kernel, Process } from "./kernel.ts";
import type { SimStore } from "./memory_store.ts";

export interface DiskOptions {
  readonly kernel: Kernel;
  /** What is on the disk; gets out of hand only by `restarted`. */
  readonly store: SimStore;
  /** Told of each commit in the moment in which it is durable. */
  readonly onDurable: (changes: readonly Change[]) => void;
  /** For the test of the checks: share of commits that are acknowledged and lost. */
  readonly lostCommits: number;
}

export class Disk {
  readonly #options: DiskOptions;
  /** Why nothing can be written now. */
  failing: "full" | "io" | null = null;
  /** Share of calls that fail while it is failing. */
  failingShare = 1;
  slowMaxMs = 5;

  constructor(options: DiskOptions) {
    this.#options = options;
  }

  /** The store as one process sees it. */
  open(process: Process): SimStore {
    const { store, kernel } = this.#options;
    const after = <T>(what: string, act: () => Promise<T>) => this.#call(process, what, act);
    return {
      receive: async (start) => {
        const intake = await after("receive", () => store.receive(start));
        return this.#intake(intake, process);
      },
      commit: (changes) => after("commit", () => this.#commit(changes)),
      claim: (key, position, limit) => after("claim", () => store.claim(key, position, limit)),
      queues: () => after("queues", () => store.queues()),
      unfinished: () => after("unfinished", () => store.unfinished()),
      load: async (ids) => {
        const rows = await store.load(ids);
        await process.sleep(kernel.chance.between(0, this.slowMaxMs));
        return rows;
      },
      counts: () => store.counts(),
      recount: () => store.recount(),
      removeEnded: (options) => after("remove", () => store.removeEnded(options)),
    };
  }

  async #call<T>(process: Process, what: string, act: () => Promise<T>): Promise<T> {
    const { kernel } = this.#options;
    await process.sleep(kernel.chance.between(0, this.slowMaxMs));
    if (this.failing !== null && kernel.chance.happens(this.failingShare)) {
      kernel.trace(`disk ${this.failing} in ${what}`);
      throw new StoreError(this.failing, `Cannot ${what}: the disk is ${this.failing}`);
    }
    const value = await act();
    await process.sleep(kernel.chance.between(0, this.slowMaxMs));
    return value;
  }

  async #commit(changes: readonly Change[]): Promise<CommitReport> {
    const { store, kernel, lostCommits, onDurable } = this.#options;
    if (lostCommits > 0 && kernel.chance.happens(lostCommits)) {
      kernel.trace("disk loses a commit");
      onDurable(changes);
      return { finished: [] };
    }
    const report = await store.commit(changes);
    onDurable(changes);
    return report;
  }

  #intake(intake: Intake, process: Process): Intake {
    return {
      add: (tasks) => this.#call(process, "add", () => intake.add(tasks)),
      finish: (options) => this.#call(process, "finish", () => intake.finish(options)),
      abandon: () => intake.abandon(),
    };
  }
}
