/**
 * `GET /errors`: failed tasks grouped by what their errors say, the most frequent first.
 *
 * @module
 */
import { Hono } from "hono";
import type { Farm } from "../farm.ts";
import { time } from "../listeners/result_entry.ts";
import type { ErrorGroup, Store } from "../store/store.ts";
import { type Listing, listingHeaders } from "./json_stream.ts";
import { type PageWritten, type Paging, readPageOnly } from "./parameters.ts";
import { takesQuery } from "./taking.ts";

/** Groups of an answer without a limit. */
const GROUPS_MAX = 100;
const SAMPLES = 3;

export interface ShownErrorGroup extends ErrorGroup {
  /** Some tasks of the group, the latest first. */
  readonly samples: readonly string[];
}

export function errorRoutes({ store }: Farm) {
  const query = takesQuery<PageWritten, Paging>(readPageOnly);
  return new Hono().get("/errors", query, async (c) => {
    const { limit, cursor } = c.req.valid("query");
    const page = await listErrors(store, { limit: limit ?? GROUPS_MAX, cursor });
    return Response.json(page.groups.map(errorJson), {
      headers: listingHeaders(c.req.raw, { total: page.total, next: page.next }),
    }) as Listing<ReturnType<typeof errorJson>>;
  });
}

export async function listErrors(
  store: Store,
  { limit, cursor }: { limit: number; cursor: string | null },
): Promise<{ groups: readonly ShownErrorGroup[]; total: number; next: string | null }> {
  const { groups, total, next } = await store.errorGroups({
    limit,
    ...(cursor === null ? {} : { cursor }),
  });
  const shown = await Promise.all(groups.map(async (group) => {
    const { tasks } = await store.page({ error: group.id }, { limit: SAMPLES });
    return { ...group, samples: tasks.map((task) => task.task_id) };
  }));
  return { groups: shown, total, next };
}

function errorJson(group: ShownErrorGroup) {
  return {
    id: group.id,
    kind: group.kind,
    code: group.code,
    message: group.message,
    example: group.example,
    count: group.count,
    total: group.total,
    first_seen: time(group.first_seen),
    last_seen: time(group.last_seen),
    samples: group.samples,
  };
}
