/**
 * `GET /events`: the farm's events as they happen, for browsers and programs.
 *
 * @module
 */
import { Hono } from "hono";
import { type EventStream, type Topic, TOPICS } from "../listeners/event_stream.ts";
import { invalidParameter, refuseUnknown } from "./parameters.ts";
import { ProblemError } from "./problem.ts";
import { takesQuery } from "./taking.ts";

const HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store",
  // A proxy must pass on each event and not gather them.
  "x-accel-buffering": "no",
};

export function eventRoutes(events: EventStream) {
  return new Hono().get("/events", takesQuery<EventsWritten, EventsWanted>(readWanted), (c) => {
    const { topics, last_event_id } = c.req.valid("query");
    // Browsers send the header by themselves; the parameter is for those who cannot.
    const lastId = readLastId(c.req.header("last-event-id") ?? last_event_id);
    if (c.req.raw.method === "HEAD") return c.body(null, 200, HEADERS);
    const stream = events.open({ topics, lastId });
    if (stream === null) throw tooMany();
    return c.body(stream, 200, HEADERS);
  });
}

/** Topics are separated by commas. */
interface EventsWritten {
  readonly topics?: string;
  readonly last_event_id?: string;
}

interface EventsWanted {
  readonly topics: readonly Topic[];
  readonly last_event_id: string | null;
}

function readWanted(search: URLSearchParams): EventsWanted {
  refuseUnknown(search.keys(), ["topics", "last_event_id"]);
  return { topics: readTopics(search.get("topics")), last_event_id: search.get("last_event_id") };
}

function readTopics(written: string | null): readonly Topic[] {
  if (written === null || written === "") return TOPICS;
  return [...new Set(written.split(","))].map((word) => {
    const topic = TOPICS.find((known) => known === word.trim());
    if (topic !== undefined) return topic;
    throw invalidParameter("topics", written, `${TOPICS.join(" | ")}, several with commas`);
  });
}

/** An id that is not ours counts as one that is too old: the reader starts over. */
function readLastId(written: string | null | undefined): number | null {
  if (written === null || written === undefined || written === "") return null;
  return /^\d{1,16}$/.test(written) ? Number(written) : 0;
}

function tooMany(): ProblemError {
  return new ProblemError({
    status: 503,
    code: "too_many_readers",
    detail: "No further event stream can be opened now: too many are open, or the farm is stopping",
    headers: { "retry-after": "5" },
  });
}
