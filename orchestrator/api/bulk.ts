/**
 * Cancels or runs again whatever matches a filter, a page at a time, so that a million tasks neither
 * fill the memory nor hold up the loop.
 *
 * @module
 */
import { Hono } from "hono";
import { TASK_STATUSES, type TaskStatus } from "../../contract/task.ts";
import type { Farm } from "../farm.ts";
import type { TaskQuery } from "../store/store.ts";
import { invalidParameter, readFilter, refuseUnknown } from "./parameters.ts";
import { takesJson } from "./taking.ts";
import { isTerminal, withBatchId } from "./tasks.ts";

/** Tasks changed in one turn of the loop. */
const PAGE = 500;
/** Passes over tasks that move while they are cancelled; far more than ever needed. */
const PASSES_MAX = 100;

type Action = "cancel" | "retry";

export function bulkRoutes(farm: Farm) {
  return new Hono().post("/tasks/bulk", takesJson<BulkWritten, Bulk>(readBulk), async (c) => {
    const { action, filter } = c.req.valid("json");
    const query = await withBatchId(farm.store, filter);
    const matched = await farm.store.count(query);
    const changed = await changeAll(farm, action, query);
    return c.json({ action, matched, changed }, 200);
  });
}

interface Bulk {
  readonly action: Action;
  readonly filter: TaskQuery;
}

/** `filter` as in a listing of tasks; `{}` is all of them. */
interface BulkWritten {
  readonly action: Action;
  readonly filter: Readonly<Record<string, unknown>>;
}

function readBulk(body: Record<string, unknown>): Bulk {
  refuseUnknown(Object.keys(body), ["action", "filter"]);
  const { action, filter } = body;
  if (action !== "cancel" && action !== "retry") {
    throw invalidParameter("action", action, "cancel | retry");
  }
  if (typeof filter !== "object" || filter === null || Array.isArray(filter)) {
    throw invalidParameter("filter", filter, 'an object such as {"status": "failed"}; {} is all');
  }
  return { action, filter: readFilter(filter as Record<string, unknown>) };
}

/** Cancels or runs again all that match; returns how many changed. */
export async function changeAll(farm: Farm, action: Action, query: TaskQuery): Promise<number> {
  const status = (query.status ?? TASK_STATUSES).filter((status) => isEligible(action, status));
  if (status.length === 0) return 0;
  const eligible = { ...query, status };
  let changed = await changeOnce(farm, action, eligible);
  // Waiting tasks go on moving to the head of the listing, past the cursor. Terminal ones stay
  // where they are, and a second pass would catch those that have ended once more.
  let passChanged = changed;
  for (let pass = 1; action === "cancel" && passChanged > 0 && pass < PASSES_MAX; pass++) {
    passChanged = await changeOnce(farm, action, eligible);
    changed += passChanged;
  }
  return changed;
}

/** Whether an action can change a task in this state. */
export function isEligible(action: Action, status: TaskStatus): boolean {
  return isTerminal(status) === (action === "retry");
}

/** One pass from the newest to the oldest; returns how many tasks are in another state now. */
async function changeOnce(farm: Farm, action: Action, query: TaskQuery): Promise<number> {
  const { store, scheduler } = farm;
  let changed = 0;
  let cursor: string | null = null;
  do {
    let ids: string[] = [];
    await scheduler.request(async () => {
      const page = await store.page(query, { limit: PAGE, ...(cursor === null ? {} : { cursor }) });
      cursor = page.next;
      ids = page.tasks.map((task) => task.task_id);
      const tasks = await store.load(ids);
      if (tasks.length === 0) return null;
      return { kind: action === "cancel" ? "cancel_requested" : "retry_requested", tasks };
    });
    changed += await countChanged(farm, action, ids);
  } while (cursor !== null);
  return changed;
}

/** A task may have ended in the very turn that was to cancel it. */
async function countChanged(farm: Farm, action: Action, ids: string[]): Promise<number> {
  if (action === "retry") return ids.length;
  const rows = await farm.store.load(ids);
  return rows.filter((row) => row.status === "cancelled").length;
}
