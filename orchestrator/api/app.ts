/**
 * The orchestrator's API: all calls in one Hono app, and one answer for everything that goes wrong.
 *
 * @module
 */
import { Hono } from "hono";
import { shownText } from "../../contract/shown_value.ts";
import { VERSION } from "../../contract/version.ts";
import { type Access, LOOPBACK_ACCESS } from "../../platform/access.ts";
import { FailureLimit } from "../../platform/failure_limit.ts";
import { guard } from "../../platform/guard.ts";
import { Sessions } from "../../platform/sessions.ts";
import { dashboardRoutes, wantsPage } from "../dashboard/dashboard.tsx";
import type { Farm } from "../farm.ts";
import type { Listeners } from "../listeners/listeners.ts";
import { batchRoutes } from "./batches.ts";
import { bulkRoutes } from "./bulk.ts";
import { errorRoutes } from "./errors.ts";
import { eventLogRoutes } from "./event_log.ts";
import { eventRoutes } from "./events.ts";
import { historyRoutes } from "./history.ts";
import { notificationRoutes } from "./notifications.ts";
import { LOGIN_PATH, loginRoutes, LOGOUT_PATH } from "./login.ts";
import { invariantRoutes } from "./invariants.ts";
import { openApiRoutes } from "./openapi.ts";
import { problemResponse, toResponse } from "./problem.ts";
import { submitRoutes } from "./submit.ts";
import { statsJson, systemRoutes } from "./system.ts";
import { taskRoutes } from "./tasks.ts";
import { trajectoryRoutes } from "./trajectories.ts";
import { listWorkers, workerRoutes } from "./workers.ts";

/** The app; hand its `fetch` to `Deno.serve`. */
export function createApi(
  farm: Farm,
  listeners: Listeners,
  access: Access = LOOPBACK_ACCESS,
): Hono {
  const app = new Hono();
  guardApi(app, access);
  app.route("/", farmRoutes(farm, listeners));
  listeners.events.provide({
    stats: () => statsJson(farm, listeners),
    workers: () => listWorkers(farm),
  });
  const dashboard = dashboardRoutes(farm, listeners);
  app.route("/", dashboard);
  app.get("/", (c) => {
    c.header("vary", "accept");
    if (!wantsPage(c.req.raw)) {
      return c.json({ name: "Enjambre", version: VERSION, calls: callsOf(app) });
    }
    const { search } = new URL(c.req.url);
    // Not the request as a whole: to touch its signal makes Deno print a paragraph about it.
    const { headers } = c.req.raw;
    return dashboard.fetch(new Request(new URL(`/ui${search}`, c.req.url), { headers }));
  });
  refuseOtherMethods(app);
  app.notFound((c) =>
    problemResponse({
      status: 404,
      code: "not_found",
      detail: `There is nothing at ${shownText(c.req.path)}; GET / lists the calls`,
    })
  );
  app.onError((error, c) => toResponse(error, c.req.raw));
  return app;
}

/** Every call that answers programs. */
function farmRoutes(farm: Farm, listeners: Listeners) {
  return new Hono()
    .route("/", systemRoutes(farm, listeners))
    .route("/", invariantRoutes(farm))
    .route("/", bulkRoutes(farm))
    .route("/", taskRoutes(farm))
    .route("/", trajectoryRoutes(farm))
    .route("/", submitRoutes(farm))
    .route("/", batchRoutes(farm))
    .route("/", workerRoutes(farm))
    .route("/", errorRoutes(farm))
    .route("/", historyRoutes(farm))
    .route("/", notificationRoutes(listeners.notifier))
    .route("/", eventRoutes(listeners.events))
    .route("/", eventLogRoutes(farm))
    .route("/", openApiRoutes());
}

/** The calls with what they take and answer: the type for clients, `hc<FarmApi>(url)`. */
export type FarmApi = ReturnType<typeof farmRoutes>;

/** Comes before all routes; signing in is what strangers may do. */
function guardApi(app: Hono, access: Access): void {
  const { tokens } = access;
  const sessions = tokens && new Sessions(tokens);
  const failures = new FailureLimit();
  const openPaths = [LOGIN_PATH, LOGOUT_PATH];
  guard(app, { access, sessions, failures, openPaths, loginPath: LOGIN_PATH });
  app.route("/", loginRoutes({ tokens, sessions, failures }));
}

/** Path → methods, from the routes themselves, so that nothing is written twice. */
function methodsByPath(app: Hono): Map<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { path, method } of app.routes) {
    if (method === "ALL") continue;
    const methods = found.get(path) ?? new Set();
    for (const one of method === "GET" ? ["GET", "HEAD"] : [method]) methods.add(one);
    found.set(path, methods);
  }
  return found;
}

function callsOf(app: Hono): string[] {
  const calls = [...methodsByPath(app)].filter(([path]) => !path.startsWith("/ui"));
  return calls.flatMap(([path, methods]) =>
    [...methods].filter((method) => method !== "HEAD").map((method) => `${method} ${path}`)
  );
}

/** Registered last, these are reached only by methods that nothing else answers. */
function refuseOtherMethods(app: Hono): void {
  for (const [path, methods] of methodsByPath(app)) {
    const allow = [...methods].join(", ");
    app.all(path, (c) =>
      problemResponse({
        status: 405,
        code: "method_not_allowed",
        detail: `${c.req.method} is not possible here: ${path} takes ${allow}`,
        headers: { allow },
      }));
  }
}
