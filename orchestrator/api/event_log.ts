/**
 * `GET /events/log`: what happened to the farm, newest first, also before its last restart.
 *
 * @module
 */
import { Hono } from "hono";
import type { Farm } from "../farm.ts";
import { time } from "../listeners/result_entry.ts";
import {
  EVENT_KINDS,
  type EventKind,
  type EventQuery,
  type EventRecord,
  type Store,
} from "../store/store.ts";
import { jsonArrayStream, type Listing, listingHeaders } from "./json_stream.ts";
import { STREAM_PAGE } from "./listing.ts";
import {
  invalidParameter,
  type PageWritten,
  PAGING,
  type Paging,
  readPaging,
  refuseUnknown,
} from "./parameters.ts";
import { takesQuery } from "./taking.ts";

const FILTERS = ["since", "kind", "worker", "task", "batch"] as const;

/** Several kinds are separated by commas; `since` is a moment in ISO 8601. */
type LogWritten = PageWritten & { readonly [Name in typeof FILTERS[number]]?: string };
type LogWanted = Paging & { readonly query: EventQuery };
type EventListing = Listing<ReturnType<typeof eventJson>>;

export function eventLogRoutes({ store }: Farm) {
  return new Hono().get("/events/log", takesQuery<LogWritten, LogWanted>(readLog), async (c) => {
    const { query, limit, cursor } = c.req.valid("query");
    if (limit === null) {
      const headers = listingHeaders(c.req.raw, { total: null, next: null });
      return new Response(jsonArrayStream(allEvents(store, query)), { headers }) as EventListing;
    }
    const { events, next } = await store.events(query, {
      limit,
      ...(cursor === null ? {} : { cursor }),
    });
    return Response.json(events.map(eventJson), {
      headers: listingHeaders(c.req.raw, { total: null, next }),
    }) as EventListing;
  });
}

async function* allEvents(store: Store, query: EventQuery) {
  let cursor: string | null | undefined = undefined;
  while (cursor !== null) {
    const options: { limit: number; cursor?: string } = { limit: STREAM_PAGE };
    if (cursor !== undefined) options.cursor = cursor;
    const { events, next } = await store.events(query, options);
    yield events.map(eventJson);
    cursor = next;
  }
}

function readLog(search: URLSearchParams): LogWanted {
  refuseUnknown(search.keys(), [...FILTERS, ...PAGING]);
  const query: { -readonly [Name in keyof EventQuery]: EventQuery[Name] } = {};
  const written = (name: typeof FILTERS[number]) => search.get(name) || null;
  const [since, kind] = [written("since"), written("kind")];
  if (since !== null) query.since = readMoment(since);
  if (kind !== null) query.kinds = readKinds(kind);
  const [worker, task, batch] = [written("worker"), written("task"), written("batch")];
  if (worker !== null) query.worker = worker;
  if (task !== null) query.task_id = task;
  if (batch !== null) query.batch = batch;
  return { query, ...readPaging(search) };
}

function readMoment(written: string): number {
  // A plus sign that was not escaped arrives as a space.
  const at = Date.parse(written.replace(/ (\d\d:?\d\d)$/, "+$1"));
  if (!Number.isNaN(at)) return at;
  throw invalidParameter("since", written, "a moment such as 2026-11-22T20:26:08Z");
}

function readKinds(written: string): EventKind[] {
  return written.split(",").map((word) => {
    const kind = EVENT_KINDS.find((known) => known === word.trim());
    if (kind !== undefined) return kind;
    throw invalidParameter("kind", written, `${EVENT_KINDS.join(" | ")}, several with commas`);
  });
}

function eventJson(event: EventRecord) {
  return {
    id: event.id,
    at: time(event.at),
    kind: event.kind,
    worker: event.worker,
    task_id: event.task_id,
    batch: event.batch,
    details: event.details,
    more: event.more,
  };
}
