/**
 * Calls about workers: how they are, and taking one out of service.
 *
 * @module
 */
import { Hono } from "hono";
import { shownText } from "../../contract/shown_value.ts";
import type { Farm, WorkerHealth } from "../farm.ts";
import { seconds, time } from "../listeners/result_entry.ts";
import { offerOf, statusOf } from "../listeners/worker_status.ts";
import type { WorkerTotals } from "../store/store.ts";
import { invalidParameter, refuseUnknown } from "./parameters.ts";
import { ProblemError } from "./problem.ts";
import { takesJson, takesNoQuery } from "./taking.ts";

export function workerRoutes(farm: Farm) {
  return new Hono()
    .get("/workers", takesNoQuery, async (c) => c.json(await listWorkers(farm), 200))
    .post("/workers/:id/drain", takesJson<Partial<Drain>, Drain>(readDrain), async (c) => {
      const worker = c.req.param("id");
      await drainWorker(farm, worker, c.req.valid("json").drain);
      return c.json((await listWorkers(farm)).find(({ id }) => id === worker)!, 200);
    });
}

interface Drain {
  /** False: take tasks again. */
  readonly drain: boolean;
}

function readDrain(body: Record<string, unknown>): Drain {
  refuseUnknown(Object.keys(body), ["drain"]);
  const { drain = true } = body;
  if (typeof drain !== "boolean") throw invalidParameter("drain", drain, "true or false");
  return { drain };
}

/** Takes a worker out of service, or back into it. */
export async function drainWorker(farm: Farm, worker: string, drain: boolean): Promise<void> {
  await farm.scheduler.request(() => {
    if (!farm.scheduler.state.workers.has(worker)) throw unknownWorker(worker);
    return Promise.resolve({ kind: "worker_drain_requested", worker, drain });
  });
}

function unknownWorker(worker: string): ProblemError {
  return new ProblemError({
    status: 404,
    code: "worker_not_found",
    detail: `There is no worker ${shownText(worker)} in the configuration`,
  });
}

/** The answer of `GET /workers`. */
export async function listWorkers(farm: Farm) {
  const totals = new Map((await farm.store.workerTotals()).map((row) => [row.worker, row]));
  const tasks = tasksByWorker(farm);
  return farm.fleet.workers().map((health) =>
    workerJson(farm, health, { totals: totals.get(health.id), tasks: tasks.get(health.id) })
  );
}

interface WorkerTasks {
  readonly running: string[];
  readonly assigned: string[];
}

function tasksByWorker({ scheduler }: Farm): Map<string, WorkerTasks> {
  const found = new Map<string, WorkerTasks>();
  for (const taskId of scheduler.state.active) {
    const row = scheduler.state.window.get(taskId)?.row;
    if (row === undefined || row.worker === null) continue;
    const tasks = found.get(row.worker) ?? { running: [], assigned: [] };
    found.set(row.worker, tasks);
    if (row.status === "running") tasks.running.push(taskId);
    else tasks.assigned.push(taskId);
  }
  return found;
}

function workerJson(
  farm: Farm,
  health: WorkerHealth,
  { totals, tasks }: { totals: WorkerTotals | undefined; tasks: WorkerTasks | undefined },
) {
  const completed = totals?.completed ?? 0;
  const failed = totals?.failed ?? 0;
  const ended = completed + failed;
  const sampled = farm.config.performanceMonitoring;
  return {
    id: health.id,
    ip: health.ip,
    port: health.port,
    status: statusOf(farm.scheduler, health),
    ...offerOf(farm.scheduler.state.workers.get(health.id)),
    running_tasks: tasks?.running.length ?? 0,
    running_task_ids: tasks?.running ?? [],
    assigned_tasks: tasks?.assigned.length ?? 0,
    completed,
    failed,
    success_rate: ended === 0 ? null : Math.round(10_000 * completed / ended) / 10_000,
    mean_task_time: completed === 0 ? null : seconds(totals!.execution_ms / completed),
    response_time: seconds(health.response_ms),
    last_ping: time(health.last_ping),
    consecutive_failures: health.consecutive_failures,
    cpu: sampled ? health.cpu : null,
    memory_bytes: sampled ? health.memory_bytes : null,
    region: health.region,
    version: health.version,
    clock_skew: seconds(health.clock_skew_ms),
    problem: health.problem,
  };
}
