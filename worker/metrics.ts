/**
 * The worker's figures for Prometheus.
 *
 * @module
 */
import { residentBytes } from "../platform/process_usage.ts";
import { MetricsRegistry } from "../platform/prometheus.ts";
import type { Attempt } from "./attempts.ts";
import type { Executor } from "./executor.ts";
import { END_STATUSES } from "./history.ts";

/** Upper bounds of the buckets of task times, seconds. */
const SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300, 3600];

export class WorkerMetrics {
  readonly #registry = new MetricsRegistry();
  readonly #attempts;
  readonly #seconds;

  constructor(
    executor: Executor,
    { capacity, streams }: { readonly capacity: number; readonly streams: () => number },
  ) {
    const metrics = this.#registry;
    this.#attempts = metrics.counter("worker_attempts_total", "Attempts that ended, by outcome");
    for (const status of END_STATUSES) this.#attempts.increment(0, { status });
    this.#seconds = metrics.histogram(
      "worker_task_seconds",
      "Time inside the simulation of completed attempts",
      SECONDS,
    );
    const { ledger } = executor;
    metrics.gauge("worker_capacity", "Tasks at a time", () => capacity);
    metrics.gauge("worker_running", "Slots that have work", () => executor.busy);
    metrics.gauge("worker_waiting", "Tasks that wait for a slot", () => executor.waiting);
    metrics.gauge(
      "worker_unacknowledged",
      "Outcomes that no orchestrator has acknowledged",
      () => ledger.unacknowledged,
    );
    metrics.gauge(
      "worker_draining",
      "1 while no more tasks are taken",
      () => Number(executor.draining),
    );
    metrics.gauge("worker_streams", "Orchestrators that listen", streams);
    metrics.gauge(
      "worker_threads_replaced",
      "Threads that died or were given up since the start",
      () => executor.threadsReplaced,
    );
    metrics.gauge(
      "worker_threads_hanging",
      "Threads that were given up and still burn a core",
      () => executor.threadsHanging,
    );
    metrics.gauge("process_resident_memory_bytes", "Resident memory", () => residentBytes() ?? NaN);
  }

  /** Counts an attempt that ended. */
  ended({ outcome }: Attempt): void {
    if (outcome === undefined) return;
    this.#attempts.increment(1, { status: outcome.status });
    if (outcome.status === "completed") this.#seconds.observe(outcome.execution_ms / 1000);
  }

  /** All figures in the text exposition format. */
  text(): string {
    return this.#registry.text();
  }
}
