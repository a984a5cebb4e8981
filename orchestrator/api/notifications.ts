/**
 * Calls about notifications: where they go, and a test of it.
 *
 * @module
 */
import { Hono } from "hono";
import { time } from "../listeners/result_entry.ts";
import type { Notifier } from "../notify/notifier.ts";
import { ProblemError } from "./problem.ts";

export function notificationRoutes(notifier: Notifier) {
  return new Hono()
    .get("/notifications", (c) => c.json({ channels: channelsJson(notifier) }, 200))
    .post("/notifications/test", (c) => {
      if (notifier.sendTest()) return c.json({ channels: channelsJson(notifier) }, 202);
      throw new ProblemError({
        status: 409,
        code: "no_notifications",
        detail: "No channel is configured: name one in NOTIFY_URLS, in .env or the environment",
      });
    });
}

function channelsJson(notifier: Notifier) {
  return notifier.channels().map(({ last_delivered, ...channel }) => ({
    ...channel,
    last_delivered: time(last_delivered),
  }));
}
