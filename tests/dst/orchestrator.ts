/**
 * The orchestrator of a simulated world: the real scheduler and core in a process that can be
 * killed, stopped and started again on the disk that it left.
 *
 * @module
 */
import type { ConfiguredWorker } from "../../orchestrator/core/messages.ts";
import { check } from "../../orchestrator/core/invariants.ts";
import type { Policy } from "../../orchestrator/core/state.ts";
import { type NewEvent, Scheduler } from "../../orchestrator/scheduler.ts";
import { StoreError } from "../../orchestrator/store/store.ts";
import { type FleetOptions, SimFleet } from "./client.ts";
import type { Disk } from "./disk.ts";
import { type Folder, SimInbox } from "./inbox.ts";
import { type Kernel, Process } from "./kernel.ts";
import type { FarmLedger } from "./ledger.ts";
import { isTerminal, type SimStore } from "./memory_store.ts";

/** The core is checked after every commit and every so many events beside. */
const CHECK_EVENTS = 8;
const SUPERVISOR_MS = 1000;
/** Longest time that an orderly stop may take, ms. */
const STOP_MS = 5000;

export interface OrchestratorOptions extends Omit<FleetOptions, "process" | "submit"> {
  readonly kernel: Kernel;
  readonly ledger: FarmLedger;
  readonly disk: Disk;
  readonly folder: Folder;
  readonly policy: Policy;
  readonly configured: () => readonly ConfiguredWorker[];
  /** What a dead process leaves behind is gone when the next one starts. */
  readonly onDeath: () => void;
}

interface Life {
  readonly process: Process;
  readonly store: SimStore;
  readonly scheduler: Scheduler;
  readonly fleet: SimFleet;
  inbox: SimInbox | null;
}

export class Orchestrator {
  readonly #options: OrchestratorOptions;
  #life: Life | null = null;
  #events = 0;
  readonly #drains = new Map<string, boolean>();
  lives = 0;
  skewMs = 0;

  constructor(options: OrchestratorOptions) {
    this.#options = options;
  }

  get process(): Process | null {
    return this.#life?.process ?? null;
  }

  get scheduler(): Scheduler | null {
    return this.#life?.scheduler ?? null;
  }

  start(): void {
    if (this.#life !== null) return;
    const { kernel, disk, policy } = this.#options;
    const process = new Process(kernel, `orchestrator.${++this.lives}`);
    process.skewMs = this.skewMs;
    kernel.trace(`${process.name} starts`);
    const store = disk.open(process);
    const scheduler = new Scheduler(store, {
      policy,
      clock: process,
      timers: {
        breathe: () => process.sleep(kernel.chance.between(0, 1)),
        pause: (ms) => process.sleep(ms),
        every: (ms, act) => process.every(ms, act),
      },
      seed: kernel.chance.uint32(),
    });
    const submit = (event: NewEvent) => {
      scheduler.submit(event);
      if (++this.#events % CHECK_EVENTS === 0) this.#check(scheduler);
    };
    const fleet = new SimFleet({ ...this.#options, process, submit });
    this.#life = { process, store, scheduler, fleet, inbox: null };
    scheduler.listen({
      committed: () => this.#check(scheduler),
      storeFailed: (error) => this.#storeFailed(error),
    });
    void this.#run(this.#life);
  }

  /** In the order of the real program: restore, then the list of workers, then the inbox. */
  async #run(life: Life): Promise<void> {
    const { kernel, configured } = this.#options;
    try {
      await life.scheduler.start(life.fleet);
    } catch (error) {
      this.#storeFailed(error instanceof Error ? error : new Error(String(error)));
      this.kill("cannot start");
      kernel.after(SUPERVISOR_MS, () => this.start());
      return;
    }
    await life.process.sleep(kernel.chance.between(0, 600));
    life.fleet.configure(configured());
    life.inbox = new SimInbox({ ...this.#options, ...life });
    await life.inbox.run();
  }

  kill(why: string): void {
    const life = this.#life;
    if (life === null) return;
    this.#options.kernel.trace(`${life.process.name} dies: ${why}`);
    this.#life = null;
    life.process.kill();
    // A dead process closes its connections; nobody acts in its name any more.
    life.fleet.stop();
    this.#options.onDeath();
  }

  /** An orderly stop, as by SIGTERM, and a new start. */
  async restart(): Promise<void> {
    const life = this.#life;
    if (life === null || life.inbox === null) return;
    const { kernel } = this.#options;
    kernel.trace(`${life.process.name} is asked to stop`);
    kernel.after(STOP_MS, () => {
      if (this.#life === life) this.kill("took too long to stop");
      this.start();
    });
    life.inbox.stop();
    life.scheduler.pauseDispatch();
    life.fleet.stop();
    await life.scheduler.stop();
    if (this.#life === life) this.kill("stopped in order");
  }

  reconfigure(): void {
    this.#life?.process.do(() => this.#life?.fleet.configure(this.#options.configured()));
  }

  /** An operator tries until it is done, or until somebody wants something else. */
  async drain(worker: string, drain: boolean): Promise<void> {
    this.#drains.set(worker, drain);
    const life = this.#life;
    while (life !== null && life === this.#life && this.#drains.get(worker) === drain) {
      try {
        return await life.scheduler.request(() =>
          Promise.resolve({ kind: "worker_drain_requested", worker, drain })
        );
      } catch {
        await life.process.sleep(SUPERVISOR_MS);
      }
    }
  }

  async cancel(taskId: string): Promise<void> {
    const life = this.#life;
    if (life === null) return;
    try {
      await life.scheduler.request(async () => {
        const [row] = await life.store.load([taskId]);
        if (row === undefined || isTerminal(row.status)) throw new Error("Too late");
        return { kind: "cancel_requested", tasks: [row] };
      });
    } catch {
      return;
    }
    this.#options.kernel.trace(`user is told that ${taskId} is cancelled`);
    this.#options.ledger.cancelPromised(taskId);
  }

  async retry(taskId: string): Promise<void> {
    const life = this.#life;
    if (life === null) return;
    try {
      await life.scheduler.request(async () => {
        const [row] = await life.store.load([taskId]);
        if (row === undefined || !isTerminal(row.status)) throw new Error("Not finished");
        this.#options.ledger.askRerun([taskId]);
        return { kind: "retry_requested", tasks: [row] };
      });
    } catch {
      // It runs already, or the store has no room now.
    }
  }

  #check(scheduler: Scheduler): void {
    for (const broken of check(scheduler.state)) this.#options.kernel.violate(`core: ${broken}`);
  }

  /** Only what the disk did may make the loop fail: everything else is a fault of the program. */
  #storeFailed(error: Error | null): void {
    if (error === null) return;
    const { kernel } = this.#options;
    kernel.trace(`the loop fails: ${error.message}`);
    if (error instanceof StoreError && (error.code === "full" || error.code === "io")) return;
    kernel.violate(`the loop failed by itself: ${error.name}: ${error.message}`);
  }
}
