/**
 * Calls to see simulations: the trajectory of an ended task, a frame of a running one. A frame costs
 * its worker something, so it is asked for only when somebody asks here.
 *
 * @module
 */
import { Hono } from "hono";
import { Preview } from "../../contract/preview.ts";
import { shownText } from "../../contract/shown_value.ts";
import { TRAJECTORY_TYPE } from "../../contract/trajectory.ts";
import type { Farm } from "../farm.ts";
import type { TaskDetail } from "../store/store.ts";
import { safeName, TRAJECTORY_SUFFIX, TrajectoryFiles } from "../trajectories/trajectory_files.ts";
import { ProblemError } from "./problem.ts";

/** Longest frame a worker may send. */
const PREVIEW_LENGTH_MAX = 32 * 1024;

export function trajectoryRoutes(farm: Farm) {
  const files = new TrajectoryFiles(farm.config.resultsPath);
  const previews = new SharedPreviews(farm);
  return new Hono()
    .get("/tasks/:id/trajectory", async (c) => {
      const task = await farm.store.task(c.req.param("id"));
      if (task === null) throw noTrajectory(`There is no task ${shownText(c.req.param("id"))}`);
      const file = await files.open(task);
      if (file === null) throw noTrajectory(whyNone(task));
      const { size } = await file.stat();
      const name = safeName(task.task_id) + TRAJECTORY_SUFFIX;
      return c.body(file.readable, 200, {
        "content-type": TRAJECTORY_TYPE,
        "content-length": String(size),
        "cache-control": "no-cache",
        "content-disposition": `attachment; filename="${name}"`,
      });
    })
    .get("/tasks/:id/preview", async (c) => {
      const preview = await previews.of(c.req.param("id"));
      return c.json(preview, 200, { "cache-control": "no-store" });
    });
}

function noTrajectory(detail: string): ProblemError {
  return new ProblemError({ status: 404, code: "trajectory_not_found", detail });
}

function whyNone(task: TaskDetail): string {
  const id = shownText(task.task_id);
  if (task.record === undefined) {
    return `Task ${id} records nothing: add "record": {"every": 10} to it and run it again`;
  }
  if (task.status !== "completed") {
    return `Task ${id} is ${task.status}: its trajectory comes with its result`;
  }
  return `The trajectory of task ${id} is not here: it comes a moment after the result, unless its ` +
    "worker was lost or it was removed since";
}

/** However many look at one task, one question goes to its worker. */
class SharedPreviews {
  readonly #farm: Farm;
  readonly #asked = new Map<string, Promise<Preview>>();

  constructor(farm: Farm) {
    this.#farm = farm;
  }

  of(taskId: string): Promise<Preview> {
    const asked = this.#asked.get(taskId);
    if (asked !== undefined) return asked;
    const preview = this.#ask(taskId).finally(() => this.#asked.delete(taskId));
    this.#asked.set(taskId, preview);
    return preview;
  }

  async #ask(taskId: string): Promise<Preview> {
    const { scheduler, fleet } = this.#farm;
    const row = scheduler.state.window.get(taskId)?.row;
    if (row === undefined || row.status !== "running" || row.worker === null) {
      throw new ProblemError({
        status: 409,
        code: "task_not_running",
        detail: `Task ${shownText(taskId)} does not run now: there is nothing to look at`,
      });
    }
    const query = { task_id: taskId, attempt: String(row.attempt) };
    try {
      const response = await fleet.ask(row.worker, "/preview", { query });
      const text = await response?.text() ?? "";
      if (response?.ok && text.length <= PREVIEW_LENGTH_MAX) return Preview.parse(JSON.parse(text));
    } catch {
      // Whatever it was, the next question may find the worker better.
    }
    throw new ProblemError({
      status: 503,
      code: "no_preview",
      detail: `The worker of task ${shownText(taskId)} shows nothing now: ask again`,
    });
  }
}
