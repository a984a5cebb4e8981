/**
 * Everything that only listens to the farm, made and started together. None of them knows another.
 *
 * @module
 */
import { DiskWatch } from "../disk_watch.ts";
import type { Farm } from "../farm.ts";
import { TrajectoryCollector } from "../trajectories/collector.ts";
import { TrajectoryFiles } from "../trajectories/trajectory_files.ts";
import { FarmWatch } from "../notify/farm_watch.ts";
import { Notifier } from "../notify/notifier.ts";
import { DivergenceWatch } from "./divergence.ts";
import { EventLog } from "./event_log.ts";
import { EventStream } from "./event_stream.ts";
import { Journal } from "./journal.ts";
import { FarmMetrics } from "./metrics.ts";
import { ResultFiles } from "./results.ts";
import { Retention } from "./retention.ts";
import { orchestratorStats } from "./stats.ts";
import { Throughput } from "./throughput.ts";
import { TimeSeries } from "./time_series.ts";
import { WorkerStateFile } from "./worker_state.ts";

export class Listeners {
  readonly throughput = new Throughput();
  readonly events = new EventStream();
  readonly metrics: FarmMetrics;
  readonly results: ResultFiles;
  readonly eventLog: EventLog;
  readonly divergences: DivergenceWatch;
  readonly notifier: Notifier;
  readonly #farmWatch: FarmWatch;
  readonly #trajectories: TrajectoryCollector;
  readonly #journal = new Journal();
  readonly #workerState: WorkerStateFile;
  readonly #retention: Retention;
  readonly #series: TimeSeries;

  /** Registers with the scheduler, so it must be made before the scheduler starts. */
  constructor(farm: Farm) {
    this.metrics = new FarmMetrics(farm);
    this.eventLog = new EventLog(farm.store);
    const tell: EventLog["tell"] = (event) => this.eventLog.tell(event);
    this.divergences = new DivergenceWatch(farm.store, {
      counter: this.metrics.divergences,
      onFound: ({ task_id, late_worker: worker, ...details }) => {
        tell({ kind: "divergence", task_id, worker, details });
      },
    });
    this.results = new ResultFiles({
      store: farm.store,
      folder: farm.config.resultsPath,
      intervalMs: farm.config.resultsSaveIntervalMs,
      stats: () => orchestratorStats(farm),
    });
    this.#workerState = new WorkerStateFile(farm);
    this.#retention = new Retention({ ...farm, tell });
    this.#series = new TimeSeries(farm);
    this.metrics.watchEvents(this.events);
    const { throughput, metrics, results, events } = this;
    for (const listener of [throughput, metrics, this.#journal, results, events, this.#series]) {
      farm.scheduler.listen(listener);
    }
    farm.scheduler.listen(this.divergences);
    farm.scheduler.listen(this.eventLog);
    const { notify, statePath, resultsPath } = farm.config;
    this.notifier = new Notifier({ settings: notify, store: farm.store });
    this.#farmWatch = new FarmWatch({
      notifier: {
        tell: (event) => {
          this.notifier.tell(event);
          this.eventLog.heard(event);
        },
      },
      store: farm.store,
      disk: new DiskWatch({ folders: [statePath, resultsPath], freeMinBytes: 0 }),
      stuckMinutes: notify.stuckMinutes,
      diskLowMb: notify.diskLowMb,
    });
    this.#trajectories = new TrajectoryCollector({
      fleet: farm.fleet,
      store: farm.store,
      files: new TrajectoryFiles(resultsPath),
    });
    for (const listener of [this.notifier, this.#farmWatch, this.#trajectories]) {
      farm.scheduler.listen(listener);
    }
  }

  /** Writes what an earlier life left over, and goes on. */
  async start(): Promise<void> {
    this.eventLog.start();
    this.#farmWatch.start();
    await Promise.all([
      this.results.start(),
      this.#workerState.start(),
      this.#retention.start(),
      this.#series.start(),
    ]);
  }

  /** Writes everything that is still to be written, and nothing after it. Never rejects. */
  async stop(): Promise<void> {
    this.events.close();
    await this.#retention.stop();
    this.#journal.flush();
    await Promise.all([this.results.stop(), this.#workerState.stop(), this.#series.stop()]);
    await this.#trajectories.stop();
    await this.#farmWatch.stop();
    await this.notifier.stop();
    await this.eventLog.stop();
  }
}
