/**
 * The calls by which an orchestrator sees simulations: trajectories of ended ones, single frames of
 * running ones. All of it is extra: no call here changes what becomes of a task.
 *
 * @module
 */
import { type Context, Hono } from "hono";
import { TRAJECTORY_TYPE } from "../contract/trajectory.ts";
import type { AttemptRef } from "../contract/wire.ts";
import { problem } from "./problem.ts";
import type { WorkerService } from "./service.ts";

/** Longest text in a query. */
const TEXT_LENGTH_MAX = 200;

export function watchingRoutes(worker: WorkerService): Hono {
  const app = new Hono();
  const { trajectories, executor } = worker;
  app.get("/trajectories", (c) => {
    const farm = farmOf(c);
    return farm === null ? badQuery() : c.json(trajectories.list(farm));
  });
  app.get("/trajectory", (c) => {
    const query = attemptOf(c);
    if (query === null) return badQuery();
    const bytes = trajectories.get(query.farm, query.ref);
    if (bytes === undefined) return absent("trajectory_not_found", "There is no such trajectory");
    return c.body(bytes, 200, { "content-type": TRAJECTORY_TYPE });
  });
  app.delete("/trajectory", (c) => {
    const query = attemptOf(c);
    if (query === null) return badQuery();
    return c.json({ forgotten: trajectories.forget(query.farm, query.ref) });
  });
  app.get("/preview", async (c) => {
    const query = attemptOf(c);
    if (query === null) return badQuery();
    const preview = await executor.preview(query.farm, query.ref);
    return preview === null
      ? absent("no_preview", "This attempt does not run here, or shows nothing now")
      : c.json(preview);
  });
  return app;
}

function farmOf(c: Context): string | null {
  const farm = c.req.query("farm") ?? "";
  return farm === "" || farm.length > TEXT_LENGTH_MAX ? null : farm;
}

function attemptOf(c: Context): { farm: string; ref: AttemptRef } | null {
  const farm = farmOf(c);
  const task_id = c.req.query("task_id") ?? "";
  const attempt = Number(c.req.query("attempt"));
  if (farm === null || task_id === "" || !Number.isInteger(attempt) || attempt < 1) return null;
  return { farm, ref: { task_id, attempt } };
}

function badQuery(): Response {
  const detail = "The query takes farm, and task_id and attempt where it is about one attempt";
  return problem(400, { code: "invalid_query", detail });
}

function absent(code: string, detail: string): Response {
  return problem(404, { code, detail });
}
