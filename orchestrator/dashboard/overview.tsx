/**
 * The first page: how much is done, how much waits, how fast it goes, who works on it. Everything
 * comes from counters, so it costs the same with ten tasks and with a million.
 *
 * @module
 */
import { statsJson } from "../api/system.ts";
import { listWorkers } from "../api/workers.ts";
import type { Farm } from "../farm.ts";
import type { Listeners } from "../listeners/listeners.ts";
import type { BatchRecord, ErrorGroup } from "../store/store.ts";
import { readWindow, WINDOWS } from "../api/history.ts";
import type { FormatName } from "./format.ts";
import { WorkerState } from "./icon.tsx";
import { Page } from "./page.tsx";
import {
  BatchLink,
  Empty,
  Figure,
  Moment,
  StateBar,
  StateLegend,
  type StatusCounts,
  WorkerLink,
} from "./parts.tsx";
import { here, link, type View } from "./view.ts";

/** Most workers, batches and groups of errors at a glance. */
const GLANCE_MAX = 6;

type Stats = Awaited<ReturnType<typeof statsJson>>;
type Workers = Awaited<ReturnType<typeof listWorkers>>;

export async function overviewPage(
  { farm, listeners }: { farm: Farm; listeners: Listeners },
  view: View,
) {
  const { store } = farm;
  const [stats, workers, { batches }, errors, counts] = await Promise.all([
    statsJson(farm, listeners),
    listWorkers(farm),
    store.batches({ limit: GLANCE_MAX }),
    store.errorGroups({ limit: 3 }),
    store.counts(),
  ]);
  const { t } = view;
  return (
    <Page
      view={view}
      title={t("nav.overview")}
      page="overview"
      topics={["stats", "workers", "batches"]}
      // Figures and charts come with the events; only the lists below are asked for again.
      pauseMs={5000}
    >
      <h1>{t("nav.overview")}</h1>
      <Figures view={view} stats={stats} />
      <States view={view} counts={counts.status} />
      <Charts view={view} enabled={farm.config.performanceMonitoring} />
      <div class="columns">
        <WorkersGlance view={view} workers={workers} />
        <BatchesGlance view={view} batches={batches} />
        <ErrorsGlance view={view} groups={errors.groups} total={errors.total} />
      </div>
    </Page>
  );
}

function Live(
  { view, stats, stat, as }: { view: View; stats: Stats; stat: string; as: FormatName },
) {
  const value = stat.split(".").reduce<unknown>(
    (node, name) => (node as Record<string, unknown>)[name],
    stats,
  );
  return (
    <span data-stat={stat} data-format={as}>{view.format.named(as, value as number | null)}</span>
  );
}

function Figures({ view, stats }: { view: View; stats: Stats }) {
  const { t } = view;
  const one = (stat: string, as: FormatName) => (
    <Live view={view} stats={stats} stat={stat} as={as} />
  );
  return (
    <dl class="figures">
      <Figure
        name={t("figure.open")}
        note={<>{t("figure.of")} {one("tasks_summary.total_tasks", "number")}</>}
      >
        {one("orchestrator_stats.pending_tasks", "number")}
      </Figure>
      <Figure
        name={t("figure.busy")}
        note={<>{t("figure.of_slots")} {one("workers.slots", "number")}</>}
      >
        {one("workers.slots_busy", "number")}
      </Figure>
      <Figure name={t("figure.throughput")} note={t("figure.per_second")}>
        {one("throughput", "rate")}
      </Figure>
      <Figure name={t("figure.eta")} note={t("figure.eta_note")}>
        {one("eta_seconds", "span")}
      </Figure>
      <Figure
        name={t("figure.time")}
        note={
          <>
            p95 {one("execution_time.p95", "seconds")} · p99 {one("execution_time.p99", "seconds")}
          </>
        }
      >
        {one("execution_time.p50", "seconds")}
      </Figure>
      <Figure
        name={t("figure.success")}
        note={<>{one("orchestrator_stats.failed_tasks", "number")} {t("figure.failed")}</>}
      >
        {one("success_rate", "percent")}
      </Figure>
    </dl>
  );
}

function States({ view, counts }: { view: View; counts: StatusCounts }) {
  return (
    <section class="card" aria-labelledby="states">
      <h2 id="states">{view.t("overview.states")}</h2>
      <StateBar counts={counts} live />
      <StateLegend view={view} counts={counts} live />
    </section>
  );
}

function Charts({ view, enabled }: { view: View; enabled: boolean }) {
  const { t } = view;
  const window = readWindow(view.url.searchParams.get("window"));
  const charts = ["depth", "throughput", "times"] as const;
  return (
    <section aria-labelledby="history">
      <div class="title">
        <h2 id="history">{t("overview.history")}</h2>
        <nav class="choice" aria-label={t("overview.history")}>
          {WINDOWS.map((name) => (
            <a
              href={here(view, { window: name === "hour" ? null : name })}
              aria-current={name === window ? "true" : undefined}
            >
              {t(`window.${name}`)}
            </a>
          ))}
        </nav>
      </div>
      {enabled
        ? (
          <div class="charts">
            {charts.map((name) => (
              <figure class="card chart" data-chart={name} data-window={window}>
                <figcaption>{t(`chart.${name}`)}</figcaption>
                <div class="plot"></div>
              </figure>
            ))}
          </div>
        )
        : <Empty>{t("overview.unmonitored")}</Empty>}
    </section>
  );
}

function WorkersGlance({ view, workers }: { view: View; workers: Workers }) {
  const { t, format } = view;
  const shown = workers.slice(0, GLANCE_MAX);
  return (
    <section class="card" id="workers" data-refresh="workers" aria-labelledby="workers-title">
      <div class="title">
        <h2 id="workers-title">{t("nav.workers")}</h2>
        <a href="/ui/workers">{t("pager.shown", { shown: shown.length, total: workers.length })}</a>
      </div>
      {shown.length === 0 ? <Empty>{t("workers.none")}</Empty> : (
        <table>
          <thead>
            <tr>
              <th scope="col">{t("column.worker")}</th>
              <th scope="col">{t("column.status")}</th>
              <th scope="col" class="right">{t("column.slots")}</th>
              <th scope="col" class="right">{t("column.cpu")}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((worker) => (
              <tr>
                <th scope="row">
                  <WorkerLink id={worker.id} />
                </th>
                <td>
                  <WorkerState view={view} status={worker.status} />
                </td>
                <td class="right">{`${worker.running_tasks} / ${worker.capacity ?? "?"}`}</td>
                <td class="right">{format.share(worker.cpu)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function BatchesGlance({ view, batches }: { view: View; batches: readonly BatchRecord[] }) {
  const { t } = view;
  return (
    <section
      class="card"
      id="batches"
      data-refresh="batches,stats"
      aria-labelledby="batches-title"
    >
      <div class="title">
        <h2 id="batches-title">{t("overview.batches")}</h2>
        <a href="/ui/batches">{t("overview.all")}</a>
      </div>
      {batches.length === 0
        ? (
          <Empty>
            {t("batches.none")} <a href="/ui/submit">{t("nav.submit")}</a>
          </Empty>
        )
        : (
          <ul class="lines">
            {batches.map((batch) => (
              <li>
                <BatchLink id={batch.id} />
                <small>
                  <Moment view={view} at={batch.received_at} />
                </small>
                {batch.state === "rejected"
                  ? <span class="bad">{t("batches.rejected")}</span>
                  : <StateBar counts={batch.counts} />}
              </li>
            ))}
          </ul>
        )}
    </section>
  );
}

function ErrorsGlance(
  { view, groups, total }: { view: View; groups: readonly ErrorGroup[]; total: number },
) {
  const { t, format } = view;
  return (
    <section class="card" id="errors" data-refresh="stats" aria-labelledby="errors-title">
      <div class="title">
        <h2 id="errors-title">{t("overview.errors")}</h2>
        <a href="/ui/errors">{t("pager.shown", { shown: groups.length, total })}</a>
      </div>
      {groups.length === 0 ? <Empty>{t("errors.none")}</Empty> : (
        <ul class="lines">
          {groups.map((group) => (
            <li>
              <a href={link("/ui/tasks", { error: group.id })}>{group.message}</a>
              <b class="bad">{format.number(group.count)}</b>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
