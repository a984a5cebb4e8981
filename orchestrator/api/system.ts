/**
 * Calls about the farm as a whole: health, figures, metrics, and what else can be called.
 *
 * @module
 */
import { Hono } from "hono";
import { VERSION } from "../../contract/version.ts";
import { localTime } from "../../platform/log.ts";
import { METRICS_CONTENT_TYPE } from "../../platform/prometheus.ts";
import type { Farm, WorkerHealth } from "../farm.ts";
import type { Listeners } from "../listeners/listeners.ts";
import { etaSeconds, rounded, slotCounts, statsOf, successRate } from "../listeners/stats.ts";
import { statusOf } from "../listeners/worker_status.ts";
import { type Counts, StoreError } from "../store/store.ts";

export function systemRoutes(farm: Farm, listeners: Listeners) {
  return new Hono()
    .get("/health", async (c) => {
      const health = await healthOf(farm, listeners);
      return c.json(health, health.status === "healthy" ? 200 : 503);
    })
    .get("/stats", async (c) => c.json(await statsJson(farm, listeners), 200))
    .get("/metrics", async (c) => {
      return c.body(await listeners.metrics.text(), 200, { "content-type": METRICS_CONTENT_TYPE });
    });
}

async function healthOf(farm: Farm, listeners: Listeners) {
  const problems: string[] = [];
  const { storeError } = farm.scheduler;
  if (storeError !== null) problems.push(`The store fails: ${storeError.message}`);
  if (farm.inbox.problem !== null) problems.push(farm.inbox.problem);
  const counts = await countsOrProblem(farm, problems);
  const warnings = workerWarnings(farm);
  if (listeners.results.problem !== null) warnings.push(listeners.results.problem);
  for (const { task_id, late_worker, recorded_by, figure } of listeners.divergences.found) {
    warnings.push(
      `Task ${task_id} gave another ${figure} on ${late_worker} than on ${recorded_by}: ` +
        `one of the two computes wrongly`,
    );
  }
  return {
    status: problems.length === 0 ? "healthy" as const : "unhealthy" as const,
    ...(problems.length === 0 ? {} : { problems }),
    warnings,
    version: VERSION,
    uptime: rounded((Date.now() - farm.startedAt) / 1000, 1),
    workers: workerSummary(farm),
    tasks: counts === null ? null : { total: counts.total, ...counts.status },
  };
}

async function countsOrProblem(farm: Farm, problems: string[]): Promise<Counts | null> {
  try {
    return await farm.store.counts();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (problems.length === 0) problems.push(`The store fails: ${error.message}`);
    return null;
  }
}

function workerWarnings(farm: Farm): string[] {
  const warnings: string[] = [];
  const workers = farm.fleet.workers();
  if (workers.length === 0) {
    warnings.push(`No worker is configured: list one in ${farm.config.workersShownAs}`);
  } else if (!workers.some((worker) => statusOf(farm.scheduler, worker) === "active")) {
    warnings.push("No worker is active: tasks wait until one is");
  }
  for (const worker of workers) {
    const status = statusOf(farm.scheduler, worker);
    if (status === "active" || status === "draining") continue;
    const { id, ip, port, problem } = worker;
    const reason = problem === null ? "" : `: ${problem}`;
    warnings.push(`Worker ${id} (${ip}:${port}) is ${status}${reason}`);
  }
  return warnings;
}

function workerSummary(farm: Farm) {
  const states = farm.fleet.workers().map((worker) => statusOf(farm.scheduler, worker));
  const count = (status: WorkerHealth["status"]) => states.filter((one) => one === status).length;
  const slots = slotCounts(farm);
  return {
    total: states.length,
    active: count("active"),
    unstable: count("unstable"),
    inactive: count("inactive"),
    draining: count("draining"),
    unknown: count("unknown"),
    slots: slots.total,
    slots_busy: slots.busy,
  };
}

/** The answer of `GET /stats`. Its cost does not grow with the number of tasks. */
export async function statsJson(farm: Farm, listeners: Listeners) {
  const counts = await farm.store.counts();
  const times = await farm.store.executionTimes();
  const { throughput } = listeners;
  const short = (value: number | null) => value === null ? null : rounded(value);
  return {
    timestamp: localTime(Date.now()),
    tasks_summary: {
      total_tasks: counts.total,
      ...counts.status,
      removed_total: counts.removed_total,
      redistributed_total: counts.redistributed_total,
    },
    orchestrator_stats: statsOf(farm, counts, times),
    execution_time: {
      count: times.count,
      min: short(times.min),
      mean: short(times.mean),
      max: short(times.max),
      p50: short(times.p50),
      p95: short(times.p95),
      p99: short(times.p99),
    },
    throughput: rounded(throughput.perSecond, 3),
    success_rate: successRate(counts),
    eta_seconds: etaSeconds(farm, { counts, times, throughput }),
    ingestion: {
      files_processed: counts.files_accepted,
      files_rejected: counts.files_rejected,
      files_pending: farm.inbox.filesPending,
    },
    workers: workerSummary(farm),
    version: VERSION,
    uptime: rounded((Date.now() - farm.startedAt) / 1000, 1),
  };
}
