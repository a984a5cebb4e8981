/**
 * `GET /stats/history`: how the farm did over the last hour, day or week, as columns of equal length.
 *
 * @module
 */
import { Hono } from "hono";
import type { Farm } from "../farm.ts";
import { SERIES_STEPS_MS, type SeriesPoint } from "../store/store.ts";
import { invalidParameter, refuseUnknown } from "./parameters.ts";
import { takesQuery } from "./taking.ts";

export const WINDOWS = ["hour", "day", "week"] as const;
export type Window = typeof WINDOWS[number];

const HOUR_MS = 3_600_000;
/** Length of a window, and the steps it is told in. */
const SHAPES: Readonly<Record<Window, { lengthMs: number; stepMs: number }>> = {
  hour: { lengthMs: HOUR_MS, stepMs: SERIES_STEPS_MS[0] },
  day: { lengthMs: 24 * HOUR_MS, stepMs: SERIES_STEPS_MS[1] },
  week: { lengthMs: 7 * 24 * HOUR_MS, stepMs: SERIES_STEPS_MS[2] },
};

/** The window of that name; the last hour for anything else. */
export function readWindow(written: string | null): Window {
  return WINDOWS.find((known) => known === written) ?? "hour";
}

export function historyRoutes(farm: Farm) {
  const query = takesQuery<{ readonly window?: Window }, { window: Window }>(readWindowOnly);
  return new Hono().get("/stats/history", query, async (c) => {
    return c.json(await historyJson(farm, c.req.valid("query").window), 200);
  });
}

function readWindowOnly(search: URLSearchParams): { window: Window } {
  refuseUnknown(search.keys(), ["window"]);
  const written = search.get("window") ?? "hour";
  const window = WINDOWS.find((known) => known === written);
  if (window === undefined) throw invalidParameter("window", written, WINDOWS.join(" | "));
  return { window };
}

async function historyJson(farm: Farm, window: Window) {
  const { lengthMs, stepMs } = SHAPES[window];
  const points = await farm.store.series({ stepMs, since: Date.now() - lengthMs });
  return {
    window,
    step_seconds: stepMs / 1000,
    monitoring: farm.config.performanceMonitoring,
    ...columnsOf(points, stepMs),
  };
}

/** Column by column: a third of the bytes of a list of points, and what charts want. */
function columnsOf(points: readonly SeriesPoint[], stepMs: number) {
  const column = (value: (point: SeriesPoint) => number | null) =>
    points.map((point) => {
      const number = value(point);
      return number === null ? null : Number(number.toPrecision(6));
    });
  return {
    at: points.map(({ at }) => Math.round(at / 1000)),
    throughput: column(({ completed }) => completed / (stepMs / 1000)),
    failed: column(({ failed }) => failed),
    waiting: column(({ waiting }) => waiting),
    running: column(({ running }) => running),
    workers: column(({ workers }) => workers),
    slots: column(({ slots }) => slots),
    p50: column(({ p50 }) => p50),
    p95: column(({ p95 }) => p95),
    p99: column(({ p99 }) => p99),
  };
}
