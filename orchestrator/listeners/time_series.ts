/**
 * Takes a sample of the farm every ten seconds and adds it to the past that the store keeps, in
 * steps for the last hour, the last day and the last month. Not with PERFORMANCE_MONITORING=false.
 *
 * @module
 */
import { getLogger } from "../../platform/log.ts";
import type { Farm } from "../farm.ts";
import type { Listener } from "../scheduler.ts";
import { Histogram } from "../store/histogram.ts";
import { type Change, SERIES_STEPS_MS, type SeriesSample } from "../store/store.ts";
import { slotCounts } from "./stats.ts";
import { statusOf } from "./worker_status.ts";

const log = getLogger("time_series");

/** What ended within a step since its last sample, and all execution times in it. */
interface Step {
  readonly stepMs: number;
  at: number;
  completed: number;
  failed: number;
  times: Histogram;
}

export class TimeSeries implements Listener {
  readonly #farm: Farm;
  readonly #steps: Step[] = SERIES_STEPS_MS.map((stepMs) => ({
    stepMs,
    at: 0,
    completed: 0,
    failed: 0,
    times: new Histogram(),
  }));
  #timer: ReturnType<typeof setInterval> | undefined;
  #sampling: Promise<void> = Promise.resolve();

  constructor(farm: Farm) {
    this.#farm = farm;
  }

  start(): Promise<void> {
    if (!this.#farm.config.performanceMonitoring) return Promise.resolve();
    this.#timer = setInterval(() => this.#sampleSoon(), SERIES_STEPS_MS[0]);
    this.#sampleSoon();
    return this.#sampling;
  }

  async stop(): Promise<void> {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#sampleSoon();
    await this.#sampling;
  }

  committed(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.kind !== "task") continue;
      const { status, execution_ms } = change.task;
      if (status !== "completed" && status !== "failed") continue;
      for (const step of this.#steps) {
        step[status]++;
        if (status === "completed") step.times.add(execution_ms ?? 0);
      }
    }
  }

  /** Writes what happened up to a moment (epoch ms). */
  async sample(now: number): Promise<void> {
    const { store } = this.#farm;
    const measured = await this.#measure();
    const samples = this.#steps.map((step): SeriesSample => {
      const at = Math.floor(now / step.stepMs) * step.stepMs;
      // What ended just before the boundary counts where it is written: at most ten seconds late.
      const { p50, p95, p99 } = step.times.summary();
      const { stepMs, completed, failed } = step;
      if (at !== step.at) step.times = new Histogram();
      Object.assign(step, { at, completed: 0, failed: 0 });
      return { stepMs, at, completed, failed, ...measured, p50, p95, p99 };
    });
    await store.addSamples(samples);
  }

  #sampleSoon(): void {
    this.#sampling = this.#sampling.then(() => this.sample(Date.now())).catch((error) => {
      log.warning("Cannot add to the time series", { error: String(error) });
    });
  }

  async #measure() {
    const { store, fleet, scheduler } = this.#farm;
    const { status } = await store.counts();
    const active = fleet.workers().filter((one) => statusOf(scheduler, one) === "active");
    return {
      waiting: status.pending + status.redistributed,
      running: status.assigned + status.running,
      workers: active.length,
      slots: slotCounts(this.#farm).total,
    };
  }
}
