/**
 * An orchestrator in this process: real store, scheduler and inbox in a folder of its own, and
 * workers that do what the test says. For tests only.
 *
 * @module
 */
import type { Effect } from "../core/messages.ts";
import { join } from "node:path";
import type { TaskStatus } from "../../contract/task.ts";
import { type AttemptRef, CONTRACT_VERSION, type Outcome } from "../../contract/wire.ts";
import { Settings } from "../../platform/settings.ts";
import { parameterChecks } from "../../simulation/parameter_check.ts";
import { type Config, readConfig } from "../config.ts";
import { DEFAULT_POLICY } from "../core/state.ts";
import type { Farm, FleetView, WorkerHealth } from "../farm.ts";
import { Archive } from "../inbox/archive.ts";
import { Inbox } from "../inbox/inbox.ts";
import { type Hands, Scheduler } from "../scheduler.ts";
import { openSqliteStore } from "../store/sqlite.ts";
import type { Store } from "../store/store.ts";

/** What a scripted worker does with an attempt; null = it keeps it. */
export type Script = (ref: AttemptRef) => Outcome | null;

export function completedOutcome(ref: AttemptRef, executionMs = 1500): Outcome {
  const metrics = { particles_processed: 10, steps_completed: 20, memory_peak: "67.2 MB" };
  return {
    ...ref,
    started_at: Date.now(),
    ended_at: Date.now(),
    execution_ms: executionMs,
    status: "completed",
    result: { status: "completed", output: "Simulation completed", metrics },
  };
}

export function failedOutcome(ref: AttemptRef, message = "It broke"): Outcome {
  return {
    ...ref,
    started_at: Date.now(),
    ended_at: Date.now(),
    execution_ms: 5,
    status: "failed",
    failure: { kind: "permanent", code: "broken", message },
  };
}

export interface ScriptedOptions {
  readonly environment?: Record<string, string>;
  readonly script?: Script;
  /** Ids of the workers that are connected from the start. */
  readonly connected?: readonly string[];
}

/** Workers `worker-01` and `worker-02`; both configured, connected as told. */
export class ScriptedFarm implements Farm, Hands {
  readonly folder: string;
  readonly config: Config;
  readonly store: Store;
  readonly scheduler: Scheduler;
  readonly inbox: Inbox;
  readonly startedAt = Date.now();
  script: Script;
  /** Attempts that a worker keeps, in order of dispatch. */
  readonly kept: (AttemptRef & { readonly worker: string })[] = [];
  readonly cancelled: string[] = [];
  health: Partial<WorkerHealth> = {};
  /** What workers answer to calls beside the work. */
  answer: FleetView["ask"] = () => Promise.resolve(null);
  #waiting: { readonly met: () => boolean; readonly resolve: () => void }[] = [];

  private constructor(folder: string, store: Store, options: ScriptedOptions) {
    this.folder = folder;
    this.store = store;
    this.script = options.script ?? (() => null);
    const settings = new Settings({
      WORKER_01_IP: "127.0.0.1",
      WORKER_01_PORT: "5001",
      WORKER_02_IP: "127.0.0.1",
      WORKER_02_PORT: "5002",
      ...options.environment,
    });
    this.config = readConfig({ flags: {}, folder, settings });
    this.scheduler = new Scheduler(store, {
      policy: { ...DEFAULT_POLICY, backoffBaseMs: 1 },
      seed: 1,
    });
    this.inbox = new Inbox({
      folder: this.config.queuePath,
      settleMs: 50,
      store,
      scheduler: this.scheduler,
      archive: new Archive(this.config.queuePath),
      algorithms: parameterChecks(this.config.parameterDefaults),
      limits: this.config.fileLimits,
    });
    const look = () => this.#look();
    this.scheduler.listen({ committed: look, noticed: look });
  }

  /** `prepare` is called before anything turns, to register listeners. */
  static async start<P>(
    options: ScriptedOptions,
    prepare: (farm: ScriptedFarm) => P,
    folder = Deno.makeTempDirSync({ prefix: "farm_" }),
  ): Promise<{ farm: ScriptedFarm; prepared: P }> {
    const { store } = await openSqliteStore(join(folder, "state/farm.db"));
    const farm = new ScriptedFarm(folder, store, options);
    const prepared = prepare(farm);
    await farm.scheduler.start(farm);
    farm.scheduler.submit({
      kind: "workers_configured",
      workers: farm.config.workers.map((worker) => ({ ...worker, address: "127.0.0.1:1" })),
    });
    const connected = options.connected ?? ["worker-01"];
    for (const id of connected) farm.connect(id);
    const { state } = farm.scheduler;
    await farm.until(() => connected.every((id) => state.workers.get(id)?.connected === true));
    await farm.inbox.start();
    return { farm, prepared };
  }

  get fleet() {
    return {
      workers: () => this.config.workers.map((worker) => this.#healthOf(worker)),
      ask: (...call: Parameters<FleetView["ask"]>) => this.answer(...call),
    };
  }

  connect(worker: string): void {
    this.scheduler.submit({
      kind: "worker_connected",
      worker,
      hello: {
        type: "hello",
        contract: CONTRACT_VERSION,
        worker_id: worker,
        epoch: "1",
        version: "0.1.0",
        capacity: 4,
        algorithms: ["python", "cython"],
        queue_max: 0,
        draining: false,
        holds: [],
        ended: [],
        at: Date.now(),
      },
    });
  }

  /** Drops a task file and waits until the inbox is done with it. */
  async drop(name: string, tasks: readonly object[]): Promise<void> {
    await this.dropText(name, JSON.stringify({ tasks }));
  }

  async dropText(name: string, text: string): Promise<void> {
    const hidden = join(this.config.queuePath, `.${name}`);
    await Deno.writeTextFile(hidden, text);
    await Deno.rename(hidden, join(this.config.queuePath, name));
    for (;;) {
      const batch = await this.store.batch(name);
      if (batch !== null && batch.state !== "receiving" && this.inbox.filesPending === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Ends an attempt that a worker keeps. */
  end(taskId: string, outcomeOf: (ref: AttemptRef) => Outcome): void {
    const at = this.kept.findIndex(({ task_id }) => task_id === taskId);
    const [{ worker, ...ref }] = this.kept.splice(at, 1) as [AttemptRef & { worker: string }];
    this.scheduler.submit({ kind: "attempts_ended", worker, outcomes: [outcomeOf(ref)] });
  }

  /** Resolves as soon as a commit or notice makes the condition true. */
  until(met: () => boolean): Promise<void> {
    if (met()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ met, resolve }));
  }

  async untilStatus(taskId: string, status: string): Promise<void> {
    for (;;) {
      const [row] = await this.store.load([taskId]);
      if (row?.status === status) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async untilCount(status: TaskStatus, count: number): Promise<void> {
    while ((await this.store.counts()).status[status] !== count) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async stop({ keep = false } = {}): Promise<void> {
    await this.inbox.stop();
    await this.scheduler.stop();
    await this.store.close();
    if (!keep) await Deno.remove(this.folder, { recursive: true });
  }

  dispatch({ worker, tasks }: Parameters<Hands["dispatch"]>[0]): void {
    const refs = tasks.map(({ task_id, attempt }) => ({ task_id, attempt }));
    this.scheduler.submit({ kind: "dispatch_answered", worker, accepted: refs, refused: [] });
    const outcomes: Outcome[] = [];
    for (const ref of refs) {
      const outcome = this.script(ref);
      if (outcome === null) this.kept.push({ ...ref, worker });
      else outcomes.push(outcome);
    }
    if (outcomes.length > 0) this.scheduler.submit({ kind: "attempts_ended", worker, outcomes });
    this.#look();
  }

  cancel({ attempts }: Extract<Effect, { kind: "cancel" }>): void {
    this.cancelled.push(...attempts.map(({ task_id }) => task_id));
  }

  acknowledge(): void {}
  reconnect(): void {}

  #look(): void {
    const met = this.#waiting.filter((waiting) => waiting.met());
    this.#waiting = this.#waiting.filter((waiting) => !met.includes(waiting));
    for (const { resolve } of met) resolve();
  }

  #healthOf({ id, ip, port, region }: Config["workers"][number]): WorkerHealth {
    const connected = this.scheduler.state.workers.get(id)?.connected === true;
    return {
      id,
      ip,
      port,
      region,
      status: connected ? "active" : "inactive",
      response_ms: connected ? 2.5 : null,
      last_ping: connected ? Date.now() : null,
      consecutive_failures: connected ? 0 : 4,
      cpu: 0.25,
      memory_bytes: 1000,
      version: "0.1.0",
      clock_skew_ms: 0,
      problem: connected ? null : "Connection refused",
      ...this.health,
    };
  }
}

/** Runs a test on a farm with a given set of listeners, and takes it down whatever happens. */
export async function onFarm<P>(
  options: ScriptedOptions,
  prepare: (farm: ScriptedFarm) => P,
  body: (farm: ScriptedFarm, prepared: P) => Promise<void>,
): Promise<void> {
  const { farm, prepared } = await ScriptedFarm.start(options, prepare);
  try {
    await body(farm, prepared);
  } finally {
    await farm.stop();
  }
}

/** A valid task; the seed makes its content its own. */
export function task(task_id: string, more: object = {}): object {
  return {
    task_id,
    algorithm: "python",
    parameters: { num_particles: 10, num_steps: 20, seed: 1 },
    ...more,
  };
}
