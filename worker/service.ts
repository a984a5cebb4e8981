/**
 * One worker, put together: executor, reporter, history and metrics, without HTTP and signals.
 *
 * @module
 */
import {
  CONTRACT_VERSION,
  type DispatchReply,
  type DispatchRequest,
  type Heartbeat,
  type Hello,
} from "../contract/wire.ts";
import { VERSION } from "../contract/version.ts";
import { getLogger } from "../platform/log.ts";
import { ProcessUsage, type Usage } from "../platform/process_usage.ts";
import { ALGORITHM_NAMES, findAlgorithm } from "../simulation/registry.ts";
import type { Algorithm } from "../simulation/algorithm.ts";
import { AttemptLog } from "./attempt_log.ts";
import { type Attempt, refOf } from "./attempts.ts";
import { Executor } from "./executor.ts";
import { History } from "./history.ts";
import { WorkerMetrics } from "./metrics.ts";
import { Reporter } from "./reporter.ts";
import { TrajectoryShelf } from "./shelf.ts";

const log = getLogger("service");

/** Tasks that may wait beyond those that run: some 0.1 s of the shortest ones. */
export const QUEUE_MAX = 2000;
/** After the drain's own time: for the last outcomes to be collected, ms. */
const COLLECT_MS = 2000;
/** Time for running tasks to obey when they are handed back, ms. */
const RETURN_MS = 1000;

export interface ServiceOptions {
  readonly workerId: string;
  readonly capacity: number;
  /** Most threads that one task may use. @default the capacity */
  readonly threadsPerTask?: number;
  readonly historySize: number;
  /** False: heartbeats carry no CPU and memory. */
  readonly monitoring: boolean;
  /** What the threads run. @default the registry, in thread.ts */
  readonly program?: {
    readonly names: readonly string[];
    readonly find: (name: string) => Algorithm | undefined;
    readonly threadUrl: URL;
  };
}

export class WorkerService {
  readonly options: ServiceOptions;
  readonly executor: Executor;
  readonly history: History;
  readonly metrics: WorkerMetrics;
  readonly reporter: Reporter;
  readonly trajectories = new TrajectoryShelf();
  readonly startedAt = Date.now();
  readonly algorithms: readonly string[];
  /** Tells one start of the process from the next. */
  readonly epoch = crypto.randomUUID();
  readonly #attemptLog = new AttemptLog();
  readonly #usage = new ProcessUsage();
  #lastUsage: Usage = { cpu: null, memoryBytes: null };
  #usageReadAtMs = -Infinity;

  constructor(options: ServiceOptions) {
    this.options = options;
    this.algorithms = options.program?.names ?? ALGORITHM_NAMES;
    this.history = new History(options.historySize);
    this.executor = new Executor({
      capacity: options.capacity,
      threadsPerTask: options.threadsPerTask,
      queueMax: QUEUE_MAX,
      findAlgorithm: options.program?.find ?? findAlgorithm,
      onEnded: (attempt) => this.#ended(attempt),
      onTrajectory: ({ farm, assignment }, bytes) => this.trajectories.put(farm, assignment, bytes),
      ...(options.program && { threadUrl: options.program.threadUrl }),
    });
    this.reporter = new Reporter({
      hello: (farm) => this.#hello(farm),
      heartbeat: (farm, unsent) => this.#heartbeat(farm, unsent),
      running: (farm) =>
        this.executor.running()
          .filter((running) => running.farm === farm)
          .map(({ farm: _, algorithm: __, ...progress }) => progress),
      ended: (farm) => this.executor.ledger.endedOf(farm),
      isHeld: (farm, ref) => this.executor.ledger.find(farm, ref) !== undefined,
    });
    this.metrics = new WorkerMetrics(this.executor, {
      capacity: options.capacity,
      streams: () => this.reporter.streams,
    });
  }

  /** Starts the threads. @throws {Error} When they cannot start. */
  start(): Promise<void> {
    return this.executor.start();
  }

  /** Ends streams and threads; what runs is lost. */
  close(): void {
    this.reporter.close();
    this.executor.close();
  }

  get uptimeSeconds(): number {
    return Math.max(0, (Date.now() - this.startedAt) / 1000);
  }

  /** Takes tasks over; says in the log what it refused. */
  dispatch(request: DispatchRequest): DispatchReply {
    const reply = this.executor.dispatch(request);
    const first = reply.refused[0];
    if (first !== undefined) {
      log.warning("Tasks refused", { count: reply.refused.length, code: first.code });
    }
    return reply;
  }

  /** Switches drain mode and tells every orchestrator at once. */
  drain(on: boolean): void {
    if (on === this.executor.draining) return;
    this.executor.drain(on);
    log.info(on ? "Draining: no more tasks are taken" : "Taking tasks again");
    this.reporter.heartbeat();
  }

  /**
   * The end of a worker: takes no more, lets what runs finish within `drainMs`, hands the rest
   * back, and gives orchestrators until `collectMs` later to collect the outcomes.
   */
  async drainToEnd(drainMs: number, collectMs = COLLECT_MS): Promise<void> {
    const endMs = performance.now() + drainMs;
    this.drain(true);
    await until(() => this.executor.busy === 0, endMs);
    this.executor.returnAll();
    await until(() => this.executor.busy === 0, performance.now() + RETURN_MS);
    const { ledger } = this.executor;
    await until(() => ledger.unacknowledged === 0, endMs + collectMs);
    if (ledger.held > 0) {
      log.warning("Stopped with outcomes that nobody collected", { count: ledger.held });
    }
  }

  #ended(attempt: Attempt): void {
    this.history.record(attempt);
    this.metrics.ended(attempt);
    this.reporter.report(attempt);
    this.#attemptLog.ended(attempt);
  }

  #hello(farm: string): Hello {
    return {
      type: "hello",
      contract: CONTRACT_VERSION,
      worker_id: this.options.workerId,
      epoch: this.epoch,
      version: VERSION,
      capacity: this.options.capacity,
      algorithms: [...this.algorithms],
      queue_max: QUEUE_MAX,
      draining: this.executor.draining,
      holds: this.executor.ledger.holds(farm),
      ended: this.executor.ledger.endedOf(farm).map(refOf),
      at: Date.now(),
    };
  }

  /** An ended attempt is held until its outcome is written, so that it is never seen as lost. */
  #heartbeat(farm: string, unsent: readonly Attempt[]): Heartbeat {
    const { cpu, memoryBytes } = this.#readUsage();
    return {
      type: "heartbeat",
      capacity: this.options.capacity,
      draining: this.executor.draining,
      holds: [...this.executor.ledger.holds(farm), ...unsent.map(refOf)],
      cpu,
      memory_bytes: memoryBytes,
    };
  }

  /** One reading a second at most, so that several streams see the same figure. */
  #readUsage(): Usage {
    if (this.options.monitoring && performance.now() - this.#usageReadAtMs > 1000) {
      this.#usageReadAtMs = performance.now();
      this.#lastUsage = this.#usage.read();
    }
    return this.#lastUsage;
  }
}

/** Resolves when `condition` holds, or at `endMs` of the monotonic clock. */
async function until(condition: () => boolean, endMs: number): Promise<void> {
  while (!condition() && performance.now() < endMs) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
