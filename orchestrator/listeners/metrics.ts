/**
 * The metrics of the orchestrator for Prometheus. Labels are states and verdicts only; nothing that
 * grows with the number of tasks or their names.
 *
 * @module
 */
import { TASK_STATUSES } from "../../contract/task.ts";
import { VERSION } from "../../contract/version.ts";
import { type Counter, type Histogram, MetricsRegistry } from "../../platform/prometheus.ts";
import { residentBytes } from "../../platform/process_usage.ts";
import type { Notice } from "../core/messages.ts";
import type { Farm, WorkerHealth } from "../farm.ts";
import type { Listener } from "../scheduler.ts";
import type { Change, TaskChange } from "../store/store.ts";
import { slotCounts } from "./stats.ts";
import { statusOf } from "./worker_status.ts";

/** Upper bounds in seconds: from an empty simulation to one of hours. */
const SECONDS = [
  0.001,
  0.005,
  0.01,
  0.05,
  0.1,
  0.5,
  1,
  5,
  10,
  30,
  60,
  300,
  600,
  1800,
  3600,
  14_400,
];
const OPEN_STATUSES = ["pending", "assigned", "running", "redistributed"] as const;
const WORKER_STATUSES: readonly WorkerHealth["status"][] = [
  "active",
  "unstable",
  "inactive",
  "draining",
  "unknown",
];

export class FarmMetrics implements Listener {
  readonly #farm: Farm;
  readonly #registry = new MetricsRegistry();
  readonly #ended: Counter;
  readonly #redistributed: Counter;
  readonly #steps: Counter;
  readonly #workersLost: Counter;
  readonly #durations: Histogram;
  readonly #waits: Histogram;
  readonly #refresh: (() => Promise<void>)[] = [];
  /** Results that differ from the ones on record. */
  readonly divergences: Counter;

  constructor(farm: Farm) {
    this.#farm = farm;
    const registry = this.#registry;
    this.divergences = registry.counter(
      "farm_divergences_total",
      "Late results that differ from the ones on record, since the start",
    );
    this.#ended = registry.counter("farm_tasks_total", "Tasks that ended, since the start");
    for (const status of ["completed", "failed", "cancelled"]) this.#ended.increment(0, { status });
    this.#redistributed = registry.counter(
      "farm_redistributions_total",
      "Tasks taken back from lost workers, since the start",
    );
    this.#redistributed.increment(0);
    this.#steps = registry.counter(
      "farm_particles_steps_total",
      "Particles times steps of completed tasks, since the start",
    );
    this.#steps.increment(0);
    this.#workersLost = registry.counter("farm_workers_lost_total", "Workers lost, by reason");
    this.#durations = registry.histogram(
      "farm_task_duration_seconds",
      "Time inside the simulation of completed tasks",
      SECONDS,
    );
    this.#waits = registry.histogram(
      "farm_task_wait_seconds",
      "Time from the entry of a task to its first assignment",
      SECONDS,
    );
    this.#registerTasks();
    this.#registerWorkers();
    this.#registerProcess();
  }

  committed(changes: readonly Change[]): void {
    for (const change of changes) if (change.kind === "task") this.#onTask(change);
  }

  noticed(notice: Notice): void {
    if (notice.kind === "worker_lost") this.#workersLost.increment(1, { reason: notice.reason });
  }

  /** All metrics as they are now, in the text format. */
  async text(): Promise<string> {
    for (const refresh of this.#refresh) await refresh();
    return this.#registry.text();
  }

  /** Publishes how many read the events, and how many could not keep up. */
  watchEvents(events: { readonly readers: number; readonly dropped: number }): void {
    this.#registry.gauge(
      "farm_event_readers",
      "Open event streams",
      () => events.readers,
    );
    this.#registry.gauge(
      "farm_event_readers_dropped",
      "Event streams that were dropped because they did not keep up, since the start",
      () => events.dropped,
    );
  }

  #onTask({ task, from, result }: TaskChange): void {
    const { status } = task;
    if (status === "redistributed") this.#redistributed.increment();
    if (status === "assigned" && from === "pending" && task.attempt === 1) {
      this.#waits.observe(Math.max(0, (task.assigned_at ?? 0) - task.created_at) / 1000);
    }
    if (status !== "completed" && status !== "failed" && status !== "cancelled") return;
    this.#ended.increment(1, { status });
    if (result === undefined) return;
    this.#durations.observe((task.execution_ms ?? 0) / 1000);
    const { particles_processed, steps_completed } = result.metrics;
    const work = Number(particles_processed) * Number(steps_completed);
    if (Number.isFinite(work)) this.#steps.increment(work);
  }

  #registerTasks(): void {
    const { store, inbox } = this.#farm;
    const depth = this.#registry.gauge("farm_queue_depth", "Tasks that are not finished, by state");
    const tasks = this.#registry.gauge("farm_tasks", "Tasks in the store, by state");
    const files = this.#registry.gauge("farm_files", "Task files ever taken, by verdict");
    const removed = this.#registry.gauge(
      "farm_tasks_removed",
      "Ended tasks ever removed from the store because of their age",
    );
    this.#registry.gauge(
      "farm_files_pending",
      "Task files in the folder that are not taken yet",
      () => inbox.filesPending,
    );
    this.#refresh.push(async () => {
      const counts = await store.counts();
      for (const state of OPEN_STATUSES) depth.set(counts.status[state], { state });
      for (const state of TASK_STATUSES) tasks.set(counts.status[state], { state });
      removed.set(counts.removed_total);
      files.set(counts.files_accepted, { verdict: "accepted" });
      files.set(counts.files_rejected, { verdict: "rejected" });
    });
  }

  #registerWorkers(): void {
    const { fleet, scheduler } = this.#farm;
    const workers = this.#registry.gauge("farm_workers", "Workers of the configuration, by state");
    const slots = this.#registry.gauge("farm_worker_slots", "Slots of connected workers, by state");
    this.#refresh.push(() => {
      const states = fleet.workers().map((health) => statusOf(scheduler, health));
      for (const state of WORKER_STATUSES) {
        workers.set(states.filter((found) => found === state).length, { state });
      }
      const { total, busy } = slotCounts(this.#farm);
      slots.set(busy, { state: "busy" });
      slots.set(total - busy, { state: "free" });
      return Promise.resolve();
    });
  }

  #registerProcess(): void {
    const { scheduler, startedAt } = this.#farm;
    this.#registry.gauge("farm_info", "Always 1; the version is in the label").set(1, {
      version: VERSION,
    });
    this.#registry.gauge(
      "farm_uptime_seconds",
      "Time since the start of the orchestrator",
      () => Math.max(0, (Date.now() - startedAt) / 1000),
    );
    this.#registry.gauge(
      "farm_scheduler_busy_seconds",
      "Time that the scheduler's loop was at work since the start, waiting for the disk included",
      () => scheduler.busySeconds,
    );
    this.#registry.gauge(
      "farm_store_up",
      "1 while the store works, 0 while it fails",
      () => scheduler.storeError === null ? 1 : 0,
    );
    this.#registry.gauge(
      "process_resident_memory_bytes",
      "Resident memory of the orchestrator",
      () => residentBytes() ?? 0,
    );
  }
}
