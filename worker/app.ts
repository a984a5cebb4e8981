/**
 * The worker's HTTP interface: what people and monitors read, and what an orchestrator needs to
 * dispatch, collect, cancel and drain.
 *
 * @module
 */
import { zValidator } from "@hono/zod-validator";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import { z } from "zod";
import { VERSION } from "../contract/version.ts";
import { AcknowledgeRequest, CancelRequest, DispatchRequest } from "../contract/wire.ts";
import { type Access, LOOPBACK_ACCESS } from "../platform/access.ts";
import { guard } from "../platform/guard.ts";
import { getLogger, localTime } from "../platform/log.ts";
import { METRICS_CONTENT_TYPE } from "../platform/prometheus.ts";
import type { RunningAttempt } from "./executor.ts";
import { END_STATUSES, type EndStatus } from "./history.ts";
import { problem } from "./problem.ts";
import type { WorkerService } from "./service.ts";
import { watchingRoutes } from "./watching.ts";

const log = getLogger("http");

/** A thousand tasks of 8 KB each. */
const BODY_BYTES_MAX = 8 * 1024 * 1024;
const FARM_LENGTH_MAX = 200;

const DrainRequest = z.object({ draining: z.boolean() });

/** The routes of one worker. */
export function createApp(worker: WorkerService, access: Access = LOOPBACK_ACCESS): Hono {
  const app = new Hono();
  guard(app, { access });
  addReading(app, worker);
  addWorking(app, worker);
  app.notFound((c) => {
    const detail = `There is no ${c.req.method} ${c.req.path} here`;
    return problem(404, { code: "not_found", detail });
  });
  app.onError((error, c) => {
    if (error instanceof HTTPException) {
      return problem(400, { code: "invalid_body", detail: error.message });
    }
    log.error("Request failed", { path: c.req.path, error, stack: error.stack });
    return problem(500, { code: "internal", detail: "The worker's log says what went wrong" });
  });
  return app;
}

/** What people and monitors read. */
function addReading(app: Hono, worker: WorkerService): void {
  app.get("/health", (c) => {
    const { threadsHanging, hangsTooMuch } = worker.executor;
    const warnings = threadsHanging > 0 ? [`${threadsHanging} threads hang`] : [];
    const status = hangsTooMuch ? "unhealthy" : "healthy";
    return c.json({ ...identity(worker), status, warnings }, hangsTooMuch ? 503 : 200);
  });
  app.get("/status", (c) => c.json(statusOf(worker)));
  app.get("/history", (c) => {
    const filter = historyFilter(c);
    if (filter instanceof Response) return filter;
    return c.json({
      worker_id: worker.options.workerId,
      task_history: worker.history.list(filter),
      statistics: worker.history.statistics(),
    });
  });
  app.get("/metrics", (c) => {
    return c.body(worker.metrics.text(), 200, { "content-type": METRICS_CONTENT_TYPE });
  });
}

/** What an orchestrator needs. */
function addWorking(app: Hono, worker: WorkerService): void {
  const { executor } = worker;
  app.get("/stream", (c) => {
    const farm = c.req.query("farm") ?? "";
    if (farm === "" || farm.length > FARM_LENGTH_MAX) {
      const detail = `The query takes farm, 1 to ${FARM_LENGTH_MAX} characters`;
      return problem(400, { code: "invalid_query", detail });
    }
    return c.body(worker.reporter.open(farm), 200, {
      "content-type": "application/x-ndjson",
      "cache-control": "no-store",
    });
  });
  app.route("/", watchingRoutes(worker));
  app.use(refuseOtherBodies);
  app.use(bodyLimit({
    maxSize: BODY_BYTES_MAX,
    onError: () => {
      const detail = `The body is larger than ${BODY_BYTES_MAX} bytes`;
      return problem(413, { code: "body_too_large", detail });
    },
  }));
  app.post("/dispatch", message(DispatchRequest), (c) => {
    const request = c.req.valid("json");
    if (request.epoch !== undefined && request.epoch !== worker.epoch) {
      const detail = `These tasks were meant for epoch ${request.epoch} of this worker, which ` +
        `has ended: this is ${worker.epoch}`;
      return problem(409, { code: "other_epoch", detail });
    }
    return c.json(worker.dispatch(request));
  });
  app.post("/acknowledge", message(AcknowledgeRequest), (c) => {
    const { farm, attempts } = c.req.valid("json");
    executor.acknowledge(farm, attempts);
    return c.json({ unacknowledged: executor.ledger.unacknowledged });
  });
  app.post("/cancel", message(CancelRequest), (c) => {
    const { farm, attempts, unstarted } = c.req.valid("json");
    if (unstarted) executor.handBack(farm, attempts);
    else executor.cancel(farm, attempts);
    return c.json({});
  });
  app.post("/drain", message(DrainRequest), (c) => {
    worker.drain(c.req.valid("json").draining);
    const { draining, busy, waiting } = executor;
    return c.json({ draining, running: busy, waiting });
  });
}

/**
 * A page in a browser may post text to any address without asking; JSON it may not. So the
 * declared type is what keeps foreign pages from handing tasks to a worker on this machine.
 */
async function refuseOtherBodies(c: Context, next: () => Promise<void>): Promise<Response | void> {
  const type = c.req.header("content-type") ?? "";
  if (c.req.method !== "POST" || /^application\/json\b/i.test(type)) return await next();
  const detail = `The body must be application/json, not "${type}"`;
  return problem(415, { code: "unsupported_media_type", detail });
}

/** Checks a body against the contract. */
function message<T extends z.ZodType>(schema: T) {
  return zValidator("json", schema, (result) => {
    if (result.success) return;
    const issue = result.error.issues[0];
    const where = issue?.path.length ? ` at ${issue.path.join(".")}` : "";
    const detail = `The body is not what this call takes: ${issue?.message}${where}`;
    return problem(400, { code: "invalid_body", detail });
  });
}

function historyFilter(c: Context): { limit?: number; status?: EndStatus } | Response {
  const limit = c.req.query("limit");
  const status = c.req.query("status");
  if (limit !== undefined && !/^\d{1,9}$/.test(limit)) {
    const detail = `limit is "${limit}" but takes an integer from 0`;
    return problem(400, { code: "invalid_query", detail });
  }
  const known = END_STATUSES.find((name) => name === status);
  if (status !== undefined && known === undefined) {
    const detail = `status is "${status}" but takes ${END_STATUSES.join(" | ")}`;
    return problem(400, { code: "invalid_query", detail });
  }
  return { ...(limit !== undefined && { limit: Number(limit) }), ...(known && { status: known }) };
}

function identity(worker: WorkerService) {
  return {
    worker_id: worker.options.workerId,
    version: VERSION,
    uptime: worker.uptimeSeconds,
    capacity: worker.options.capacity,
  };
}

function statusOf(worker: WorkerService) {
  const { executor } = worker;
  const working = executor.busy > 0 || executor.waiting > 0;
  return {
    ...identity(worker),
    status: executor.draining ? "draining" : working ? "busy" : "idle",
    algorithms: worker.algorithms,
    running: executor.running().map(runningTask),
    waiting: executor.waiting,
    unacknowledged: executor.ledger.unacknowledged,
    threads_replaced: executor.threadsReplaced,
    threads_hanging: executor.threadsHanging,
    started_at: localTime(worker.startedAt),
  };
}

function runningTask({ farm: _, started_at, ...running }: RunningAttempt) {
  const { steps_completed, steps_total } = running;
  return {
    ...running,
    /** Share of the steps, 0-1. */
    progress: steps_total === 0 ? 0 : steps_completed / steps_total,
    started_at: localTime(started_at),
    running_time: Math.max(0, (Date.now() - started_at) / 1000),
  };
}
