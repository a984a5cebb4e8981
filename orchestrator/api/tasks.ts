/**
 * Calls about tasks: list, look at, cancel, run again.
 *
 * @module
 */
import { Hono } from "hono";
import { shownText } from "../../contract/shown_value.ts";
import { type TaskStatus, TERMINAL_STATUSES } from "../../contract/task.ts";
import type { Farm } from "../farm.ts";
import type { Store, TaskDetail, TaskQuery, TaskRow } from "../store/store.ts";
import { jsonArrayStream, type Listing, listingHeaders } from "./json_stream.ts";
import { allTasks, filledPage } from "./listing.ts";
import { type ListingWanted, type ListingWritten, readListing } from "./parameters.ts";
import { ProblemError } from "./problem.ts";
import { takesNoQuery, takesQuery } from "./taking.ts";
import { artefactsIn, taskDetailJson, taskJson } from "./task_json.ts";

export function isTerminal(status: TaskStatus): boolean {
  return TERMINAL_STATUSES.some((terminal) => terminal === status);
}

export function taskRoutes(farm: Farm) {
  return new Hono()
    .get("/tasks", takesQuery<ListingWritten, ListingWanted>(readListing), async (c) => {
      return await listTasks(farm, c.req.raw, c.req.valid("query"));
    })
    .get("/tasks/:id", takesNoQuery, async (c) => {
      const task = await findTask(farm.store, c.req.param("id"));
      const artefacts = artefactsIn(farm.config.resultsPath);
      return c.json(taskDetailJson(farm.scheduler, task, artefacts), 200);
    })
    .delete("/tasks/:id", async (c) => c.json(await cancelTask(farm, c.req.param("id")), 200))
    .post("/tasks/:id/retry", async (c) => c.json(await retryTask(farm, c.req.param("id")), 200));
}

type TaskListing = Listing<ReturnType<typeof taskJson>>;

async function listTasks(
  farm: Farm,
  request: Request,
  { query: written, paging }: ListingWanted,
): Promise<TaskListing> {
  const { store, scheduler } = farm;
  const query = await withBatchId(store, written);
  const total = await store.count(query);
  const { limit, cursor } = paging;
  if (limit === null) {
    const rows = taskRows(farm, query);
    return new Response(jsonArrayStream(rows), {
      headers: listingHeaders(request, { total, next: null }),
    }) as TaskListing;
  }
  const { tasks, next } = await filledPage(
    (from) => store.page(query, { limit, ...(from === undefined ? {} : { cursor: from }) }),
    { cursor, count: (page) => page.tasks.length },
  );
  const artefacts = artefactsIn(farm.config.resultsPath);
  return Response.json(tasks.map((task) => taskJson(scheduler, task, artefacts)), {
    headers: listingHeaders(request, { total, next }),
  }) as TaskListing;
}

async function* taskRows({ store, scheduler, config }: Farm, query: TaskQuery) {
  const artefacts = artefactsIn(config.resultsPath);
  for await (const page of allTasks(store, query)) {
    yield page.map((task) => taskJson(scheduler, task, artefacts));
  }
}

/** A batch may be named by its id, its archived file or the file that was dropped. */
export async function withBatchId(store: Store, query: TaskQuery): Promise<TaskQuery> {
  if (query.batch === undefined) return query;
  const batch = await store.batch(query.batch);
  return batch === null ? query : { ...query, batch: batch.id };
}

async function findTask(store: Store, taskId: string): Promise<TaskDetail> {
  const task = await store.task(taskId);
  if (task === null) throw unknownTask(taskId);
  return task;
}

export function unknownTask(taskId: string): ProblemError {
  return new ProblemError({
    status: 404,
    code: "task_not_found",
    detail: `There is no task ${shownText(taskId)}`,
  });
}

/** Cancels a task, running or waiting; a problem when it has ended. */
export async function cancelTask(farm: Farm, taskId: string) {
  const { store, scheduler } = farm;
  await scheduler.request(async () => {
    const row = await loadRow(store, taskId);
    if (isTerminal(row.status)) throw tooLate(row);
    return { kind: "cancel_requested", tasks: [row] };
  });
  const task = await findTask(store, taskId);
  // Its outcome may have stood before our request in the same turn of the loop.
  if (task.status === "completed" || task.status === "failed") throw tooLate(task);
  return taskDetailJson(scheduler, task);
}

/** Runs a task again that has ended; a problem when it has not. */
export async function retryTask(farm: Farm, taskId: string) {
  const { store, scheduler } = farm;
  await scheduler.request(async () => {
    const row = await loadRow(store, taskId);
    if (isTerminal(row.status)) return { kind: "retry_requested", tasks: [row] };
    throw new ProblemError({
      status: 409,
      code: "task_not_finished",
      detail: `Task ${shownText(taskId)} is ${row.status}: only a completed, failed or cancelled ` +
        "task can be run again",
    });
  });
  return taskDetailJson(scheduler, await findTask(store, taskId));
}

async function loadRow(store: Store, taskId: string): Promise<TaskRow> {
  const [row] = await store.load([taskId]);
  if (row === undefined) throw unknownTask(taskId);
  return row;
}

function tooLate(row: TaskRow): ProblemError {
  return new ProblemError({
    status: 409,
    code: "task_already_finished",
    detail: `Task ${shownText(row.task_id)} is ${row.status} already and cannot be cancelled`,
  });
}
