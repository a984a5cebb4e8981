/**
 * A whole farm in one process under one seed: orchestrator, workers, network, disk, folder, users and
 * faults. The same seed is the same world, to the last line of its trace.
 *
 * @module
 */
import { STRATEGY_NAMES } from "../../orchestrator/core/balancing.ts";
import type { ConfiguredWorker } from "../../orchestrator/core/messages.ts";
import { DEFAULT_POLICY, type Policy } from "../../orchestrator/core/state.ts";
import type { Change } from "../../orchestrator/store/store.ts";
import { Disk } from "./disk.ts";
import { createFolder } from "./inbox.ts";
import { Kernel } from "./kernel.ts";
import { FarmLedger } from "./ledger.ts";
import { MemoryStore, type SimStore } from "./memory_store.ts";
import { Link } from "./network.ts";
import { Orchestrator } from "./orchestrator.ts";
import type { SimTask } from "./tasks.ts";
import { WorkerMachine } from "./worker.ts";

/** Breaks a promise on purpose, to see that the checks notice. */
export type Sabotage = "lost commit" | "early acknowledgement" | "run twice" | "overload";

/** What keeps the tasks, and what a crash of the orchestrator does to it. */
export interface Storage {
  readonly store: SimStore;
  crashed(): void;
  /** Waits, in real time, for what the store has under way. Absent: it has nothing ever. */
  readonly settle?: () => Promise<void>;
}

export interface WorldOptions {
  readonly seed: number;
  readonly sabotage?: Sabotage;
  /** Tiny tasks that come with the first file, so many that the core holds a part of them only. */
  readonly crowd?: number;
  readonly storage?: Storage;
}

/** A machine with its cable, and what its supervisor shall do. */
export interface Site {
  readonly machine: WorkerMachine;
  readonly link: Link;
  capacity: number;
  isListed: boolean;
  listedCapacity: number | null;
  /** It is not started again after it died. */
  isGone: boolean;
  isWedgedForGood: boolean;
  readonly isLiar: boolean;
}

export class World {
  readonly kernel: Kernel;
  readonly ledger: FarmLedger;
  readonly disk: Disk;
  readonly orchestrator: Orchestrator;
  readonly sites = new Map<string, Site>();
  readonly folder = createFolder();
  readonly tasks = new Map<string, SimTask>();
  readonly policy: Policy;
  readonly store: SimStore;
  readonly crowd: number;

  constructor({ seed, sabotage, crowd = 0, storage = memoryStorage() }: WorldOptions) {
    this.crowd = crowd;
    const kernel = new Kernel(seed, storage.settle);
    this.kernel = kernel;
    this.policy = drawPolicy(kernel);
    this.store = storage.store;
    const liars = new Set<string>();
    this.ledger = new FarmLedger({ kernel, policy: this.policy, liars });
    this.disk = new Disk({
      kernel,
      store: storage.store,
      onDurable: (changes) => this.#durable(changes),
      lostCommits: sabotage === "lost commit" ? 0.02 : 0,
    });
    this.#addMachines(liars, sabotage);
    this.orchestrator = new Orchestrator({
      kernel,
      ledger: this.ledger,
      disk: this.disk,
      folder: this.folder,
      policy: this.policy,
      machines: this.sites,
      httpTimeoutMs: kernel.chance.oneOf([1000, 5000, 30_000]),
      acknowledgesEarly: sabotage === "early acknowledgement",
      configured: () => this.#listed(),
      onDeath: () => {
        storage.crashed();
        void this.ledger.compare(this.store);
      },
    });
  }

  #addMachines(liars: Set<string>, sabotage: Sabotage | undefined): void {
    const { kernel, ledger } = this;
    const { chance } = kernel;
    const count = chance.whole(1, 4);
    for (let number = 1; number <= count; number++) {
      const id = `w${number}`;
      const isLiar = number > 1 && number === count && chance.happens(0.25);
      if (isLiar) liars.add(id);
      const machine = new WorkerMachine(id, {
        kernel,
        ledger,
        // The first machine is the healthy one that liveness asks for.
        algorithms: number === 1 || chance.happens(0.7) ? ["python", "cython"] : ["python"],
        queueMax: chance.oneOf([0, 2, 20, 100]),
        taskOf: (taskId) => this.tasks.get(taskId),
        onDeath: () => {
          ledger.excuses.workersDied++;
          this.#restartLater(id);
        },
        runsTwice: sabotage === "run twice",
        overloads: sabotage === "overload",
      });
      this.sites.set(id, {
        machine,
        link: new Link(kernel),
        capacity: chance.whole(1, 3),
        isListed: true,
        listedCapacity: chance.happens(0.3) ? chance.whole(1, 2) : null,
        isGone: false,
        isWedgedForGood: false,
        isLiar,
      });
    }
  }

  start(): void {
    for (const { machine, capacity } of this.sites.values()) machine.start(capacity);
    this.orchestrator.start();
  }

  site(id: string): Site {
    return this.sites.get(id)!;
  }

  /** Ends every fault: what is broken is mended, but for what the world has given up for good. */
  heal(): void {
    this.disk.failing = null;
    this.disk.slowMaxMs = 5;
    this.orchestrator.process?.continue();
    this.orchestrator.start();
    for (const site of this.sites.values()) {
      const { link, machine } = site;
      link.isOutCut = link.isBackCut = false;
      link.loss = link.duplicates = 0;
      link.delayMaxMs = 5;
      site.isListed = true;
      machine.process?.continue();
      machine.slowness = 1;
      machine.isWedged = site.isWedgedForGood;
      if (!site.isGone) machine.start(site.capacity);
      machine.drain(false);
      void this.orchestrator.drain(machine.id, false);
    }
    this.orchestrator.reconfigure();
  }

  /** Everything that was dropped is accepted and has ended, and nobody holds anything any more. */
  get isAtRest(): boolean {
    const { scheduler } = this.orchestrator;
    if (this.folder.dropped.size > 0 || this.ledger.open > 0) return false;
    if (scheduler === null || scheduler.state.window.size > 0) return false;
    return [...this.sites.values()].every(({ machine, isGone, isLiar }) => {
      if (isGone || isLiar || machine.isWedged) return true;
      const held = scheduler.state.workers.get(machine.id)?.held.size ?? 0;
      return machine.held === 0 && held === 0;
    });
  }

  #restartLater(id: string): void {
    this.kernel.after(this.kernel.chance.between(200, 3000), () => {
      const { machine, capacity, isGone } = this.site(id);
      if (!isGone) machine.start(capacity);
    });
  }

  #listed(): ConfiguredWorker[] {
    return [...this.sites].filter(([, { isListed }]) => isListed).map(([id, site]) => ({
      id,
      capacity: site.listedCapacity,
      algorithms: null,
      weight: 1,
      address: `${id}:5001`,
    }));
  }

  #durable(changes: readonly Change[]): void {
    this.ledger.durable(changes);
    for (const change of changes) {
      if (change.kind !== "batch_accepted") continue;
      const start = this.folder.starts.get(change.batch)!;
      this.folder.receipts.set(start.file, start);
    }
  }
}

function memoryStorage(): Storage {
  const store = new MemoryStore();
  return { store, crashed: () => store.restart() };
}

function drawPolicy({ chance }: Kernel): Policy {
  return {
    ...DEFAULT_POLICY,
    strategy: chance.oneOf(STRATEGY_NAMES),
    backoffBaseMs: chance.oneOf([100, 1000]),
    backoffMaxMs: 8000,
    stallMs: chance.between(12_000, 25_000),
    timeoutMs: chance.happens(0.3) ? 12_000 : null,
    concurrentMax: chance.happens(0.3) ? chance.whole(1, 4) : Infinity,
  };
}
