/**
 * What the buttons of the dashboard do. Each is a plain form, so it works without a script, and
 * leads back to a page that says what happened.
 *
 * @module
 */
import { type Context, Hono } from "hono";
import { setCookie } from "hono/cookie";
import { knownLanguage } from "../../platform/i18n.ts";
import { readBody } from "../api/body.ts";
import { changeAll } from "../api/bulk.ts";
import { intakeClosed } from "../api/submit.ts";
import { cancelTask, retryTask } from "../api/tasks.ts";
import { drainWorker } from "../api/workers.ts";
import type { Farm } from "../farm.ts";
import type { Listeners } from "../listeners/listeners.ts";
import { readAction } from "./bulk.tsx";
import { PREVIEW_BYTES_MAX, previewOf, submitPage } from "./submit.tsx";
import { queryOf, writtenFilter } from "./tasks.tsx";
import { link, THEMES, viewOf } from "./view.ts";

/** Most bytes of a form that carries no task file. */
const FORM_BYTES_MAX = 64 * 1024;
const YEAR_S = 365 * 86_400;

export function actionRoutes(
  { farm, listeners }: { farm: Farm; listeners: Pick<Listeners, "notifier"> },
): Hono {
  const app = new Hono();
  app.post("/ui/task/cancel", async (c) => {
    const id = (await formOf(c)).get("id") ?? "";
    await cancelTask(farm, id);
    return c.redirect(link("/ui/task", { id, done: "cancel" }), 303);
  });
  app.post("/ui/task/retry", async (c) => {
    const id = (await formOf(c)).get("id") ?? "";
    await retryTask(farm, id);
    return c.redirect(link("/ui/task", { id, done: "retry" }), 303);
  });
  app.post("/ui/bulk", async (c) => {
    const form = await formOf(c);
    const action = readAction(form.get("action"));
    const n = await changeAll(farm, action, await queryOf(farm.store, form));
    return c.redirect(link("/ui/tasks", { ...backTo(form), done: action, n }), 303);
  });
  app.post("/ui/worker/drain", async (c) => {
    const form = await formOf(c);
    const drain = form.get("drain") !== "false";
    await drainWorker(farm, form.get("id") ?? "", drain);
    return c.redirect(link("/ui/workers", { done: drain ? "drain" : "resume" }), 303);
  });
  app.post("/ui/notify/test", (c) => {
    const sent = listeners.notifier.sendTest();
    return c.redirect(link("/ui/errors", sent ? { done: "notify" } : {}), 303);
  });
  app.post("/ui/submit", async (c) => await submit(farm, c));
  app.post("/ui/submit/check", async (c) => {
    const text = new TextDecoder().decode(await readBody(c.req.raw, PREVIEW_BYTES_MAX));
    return c.json(await previewOf(farm, text));
  });
  app.get("/ui/preferences", (c) => choose(c));
  return app;
}

async function formOf(c: Context, bytesMax = FORM_BYTES_MAX): Promise<URLSearchParams> {
  return new URLSearchParams(new TextDecoder().decode(await readBody(c.req.raw, bytesMax)));
}

/** The filter that is left when tasks have changed: their old state would hide them. */
function backTo(form: URLSearchParams): Record<string, string> {
  const { status: _status, error: _error, ...rest } = writtenFilter(form);
  return rest;
}

async function submit(farm: Farm, c: Context): Promise<Response> {
  // Written in a form, a text is up to three times as long.
  const form = await formOf(c, 3 * PREVIEW_BYTES_MAX);
  const text = form.get("text") ?? "";
  const name = form.get("name") ?? "";
  const dropped = await farm.inbox.drop(text, name === "" ? {} : { name });
  if ("closed" in dropped) throw intakeClosed(dropped.closed);
  if (!("errors" in dropped)) {
    return c.redirect(link("/ui/batches", { done: "submit", n: dropped.tasks }), 303);
  }
  c.status(400);
  const { errors, total } = dropped;
  const page = submitPage({ farm }, viewOf(c), { text, errors: errors.slice(0, 100), total });
  return await c.html(`<!DOCTYPE html>${await page}`);
}

/** Keeps a language or a theme in a cookie, and goes back. */
function choose(c: Context): Response {
  const { lang, theme, back = "/ui" } = c.req.query();
  const options = { path: "/", maxAge: YEAR_S, sameSite: "Lax", httpOnly: true } as const;
  const language = knownLanguage(lang);
  if (language !== undefined) setCookie(c, "lang", language, options);
  const known = THEMES.find((one) => one === theme);
  if (known !== undefined) setCookie(c, "theme", known, options);
  // Only to a page of ours: the address must not lead to another site.
  return c.redirect(/^\/ui(?=[/?]|$)[^\\]*$/.test(back) ? back : "/ui", 303);
}
