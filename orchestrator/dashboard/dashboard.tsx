/**
 * The dashboard's addresses: pages under `/ui`, made by the server with all their numbers in them.
 * Names of tasks and texts of errors come from strangers: they stand in pages as text only, and the
 * policy that comes with every answer runs nothing but the script embedded here.
 *
 * @module
 */
import { type Context, Hono } from "hono";
import { shownText } from "../../contract/shown_value.ts";
import { ProblemError, problemResponse } from "../api/problem.ts";
import type { Farm } from "../farm.ts";
import type { Listeners } from "../listeners/listeners.ts";
import { getLogger } from "../../platform/log.ts";
import { actionRoutes } from "./actions.tsx";
import { assetRoutes } from "./assets.ts";
import { batchesPage, batchPage } from "./batches.tsx";
import { bulkPage } from "./bulk.tsx";
import { errorsPage } from "./errors.tsx";
import { csvExport, jsonExport } from "./export.ts";
import { overviewPage } from "./overview.tsx";
import { Page } from "./page.tsx";
import { reportPage } from "./report.tsx";
import { SlowCounts } from "./slow_counts.ts";
import { submitPage } from "./submit.tsx";
import { taskPage } from "./task.tsx";
import { queryOf, tasksPage } from "./tasks.tsx";
import { type View, viewOf } from "./view.ts";
import { workersPage } from "./workers.tsx";

const log = getLogger("dashboard");

export interface Rooms {
  readonly farm: Farm;
  readonly listeners: Listeners;
  readonly counts: SlowCounts;
}

// What hono/jsx makes of a component: text, or text to come.
type Html = Parameters<Context["html"]>[0];
type MakePage = (rooms: Rooms, view: View) => unknown;

const PAGES: Readonly<Record<string, MakePage>> = {
  "/ui": overviewPage,
  "/ui/tasks": tasksPage,
  "/ui/task": taskPage,
  "/ui/bulk": bulkPage,
  "/ui/batches": batchesPage,
  "/ui/batch": batchPage,
  "/ui/workers": workersPage,
  "/ui/errors": errorsPage,
  "/ui/submit": submitPage,
};

export function dashboardRoutes(farm: Farm, listeners: Listeners): Hono {
  const app = new Hono();
  const rooms = { farm, listeners, counts: new SlowCounts(farm.store) };
  app.route("/", assetRoutes());
  app.route("/", actionRoutes(rooms));
  for (const [path, make] of Object.entries(PAGES)) {
    app.get(path, async (c) => {
      // Before anything is read: what changes from here on reaches the page by the stream.
      const eventId = listeners.events.mark();
      const startMs = performance.now();
      const text = await textOf(make(rooms, { ...viewOf(c), eventId }));
      // For browsers' own tools and for the benchmark: the data and the page, not the way here.
      c.header("server-timing", `page;dur=${(performance.now() - startMs).toFixed(1)}`);
      return await c.html(text);
    });
  }
  app.get("/ui/report", async (c) => {
    const { batch, page } = await reportPage(rooms, viewOf(c));
    c.header("content-disposition", `attachment; filename="report_${fileName(batch.id)}.html"`);
    return await html(c, page);
  });
  app.get("/ui/tasks.csv", async (c) => csvExport(farm, await queryOf(farm.store, searchOf(c))));
  app.get("/ui/tasks.json", async (c) => jsonExport(farm, await queryOf(farm.store, searchOf(c))));
  app.get("/ui/", (c) => c.redirect("/ui", 308));
  // Last: whatever no page answers.
  app.get("/ui/*", (c) => nothingHere(c));
  app.onError((error, c) => errorPage(c, error));
  return app;
}

/** Whether an answer is for a browser: programs that take anything get JSON. */
export function wantsPage(request: Request): boolean {
  return (request.headers.get("accept") ?? "").includes("text/html");
}

function searchOf(c: Context): URLSearchParams {
  return new URL(c.req.url).searchParams;
}

/** Letters that are harmless in a header and on every disk. */
function fileName(text: string): string {
  return text.replace(/[^\w.-]+/g, "_").slice(0, 100);
}

async function html(c: Context, page: unknown): Promise<Response> {
  return await c.html(await textOf(page));
}

async function textOf(page: unknown): Promise<string> {
  const text = await (page as Promise<Html>);
  return `<!DOCTYPE html>${await text}`;
}

async function errorPage(c: Context, error: Error): Promise<Response> {
  const { t } = viewOf(c);
  const known = error instanceof ProblemError ? error.problem : null;
  if (known === null) log.error("Cannot make a page", { path: c.req.path, error: error.stack });
  c.status(known?.status ?? 500);
  const detail = known?.detail ?? t("problem.internal");
  return await saying(c, { title: t("problem.title"), detail });
}

async function nothingHere(c: Context): Promise<Response> {
  const { t } = viewOf(c);
  if (!wantsPage(c.req.raw)) {
    const detail = `There is no page at ${shownText(c.req.path)}; GET / lists the calls`;
    return problemResponse({ status: 404, code: "not_found", detail });
  }
  c.status(404);
  const detail = t("problem.nothing", { path: shownText(c.req.path) });
  return await saying(c, { title: t("problem.not_found"), detail });
}

/** A page that only says why it is not the one that was asked for. */
async function saying(
  c: Context,
  { title, detail }: { title: string; detail: string },
): Promise<Response> {
  const view = viewOf(c);
  return await html(
    c,
    <Page view={view} title={title} page={null} topics={[]}>
      <section class="card confirm">
        <h1>{title}</h1>
        <p class="failure">{detail}</p>
        <p>
          <a class="button" href="/ui">{view.t("nav.overview")}</a>
        </p>
      </section>
    </Page>,
  );
}
