/**
 * The workers: how each is, what it does, and what it did in the last hour.
 *
 * @module
 */
import { listWorkers } from "../api/workers.ts";
import type { Farm } from "../farm.ts";
import type { WorkSpan } from "../store/store.ts";
import { NOTHING } from "./format.ts";
import { WorkerState } from "./icon.tsx";
import { Page } from "./page.tsx";
import { Act, Empty, Figure, round, TaskLink } from "./parts.tsx";
import { link, type View } from "./view.ts";

const HOUR_MS = 3_600_000;
/** Most spans drawn on the page; the latest ones. */
const SPANS_MAX = 1000;
/** Most workers on one page. */
const WORKERS_MAX = 200;
/** Running tasks named at a worker. */
const TASKS_SHOWN = 5;
const WIDTH = 1000;

type Worker = Awaited<ReturnType<typeof listWorkers>>[number];

export async function workersPage({ farm }: { farm: Farm }, view: View) {
  const { t } = view;
  const since = view.now - HOUR_MS;
  const [workers, { spans, total }] = await Promise.all([
    listWorkers(farm),
    farm.store.spans({ since, limit: SPANS_MAX }),
  ]);
  const byWorker = Map.groupBy(spans, (span) => span.worker);
  const shown = workers.slice(0, WORKERS_MAX);
  return (
    <Page view={view} title={t("nav.workers")} page="workers" topics={["workers"]}>
      <h1>{t("nav.workers")}</h1>
      <section id="list" data-refresh="workers" data-every="10">
        {workers.length === 0 ? <Empty>{t("workers.none")}</Empty> : null}
        {shown.map((worker) => (
          <WorkerCard view={view} worker={worker} spans={byWorker.get(worker.id) ?? []} />
        ))}
        <p class="hint">
          {t("pager.shown", { shown: shown.length, total: workers.length })} · {t(
            "workers.spans",
            { shown: spans.length, total },
          )}
        </p>
      </section>
    </Page>
  );
}

function WorkerCard(
  { view, worker, spans }: { view: View; worker: Worker; spans: readonly WorkSpan[] },
) {
  const { t, format } = view;
  const drained = worker.status === "draining";
  return (
    <article class="card worker" id={`worker-${worker.id}`} aria-label={worker.id}>
      <div class="title">
        <h2 class="id">{worker.id}</h2>
        <WorkerState view={view} status={worker.status} />
        <small>{`${worker.ip}:${worker.port}`}{worker.region ? ` · ${worker.region}` : ""}</small>
        <span class="spring"></span>
        <a class="button" href={link("/ui/tasks", { worker: worker.id })}>{t("nav.tasks")}</a>
        <Act
          view={view}
          action="/ui/worker/drain"
          fields={{ id: worker.id, drain: drained ? "false" : "true" }}
          label={t(drained ? "workers.resume" : "workers.drain")}
        />
      </div>
      {worker.problem === null ? null : <p class="bad">{worker.problem}</p>}
      <dl class="figures small">
        <Figure name={t("column.slots")}>
          {`${worker.running_tasks} / ${worker.capacity ?? "?"}`}
        </Figure>
        <Figure name={t("column.cpu")}>{format.share(worker.cpu)}</Figure>
        <Figure name={t("column.memory")}>{format.bytes(worker.memory_bytes)}</Figure>
        <Figure name={t("column.response")}>{format.seconds(worker.response_time)}</Figure>
        <Figure
          name={t("status.completed")}
          note={worker.failed === 0 ? undefined : t("workers.failed", { n: worker.failed })}
        >
          {format.number(worker.completed)}
        </Figure>
        <Figure name={t("column.mean")}>{format.seconds(worker.mean_task_time)}</Figure>
      </dl>
      <Gantt view={view} spans={spans} />
      <Running view={view} worker={worker} />
    </article>
  );
}

function Running({ view, worker }: { view: View; worker: Worker }) {
  const { t } = view;
  const shown = worker.running_task_ids.slice(0, TASKS_SHOWN);
  const more = worker.running_tasks - shown.length;
  if (shown.length === 0) return <p class="hint">{t("workers.idle")}</p>;
  return (
    <p class="running">
      {t("status.running")}: {shown.map((id, at) => (
        <>
          {at === 0 ? "" : ", "}
          <TaskLink id={id} />
        </>
      ))}
      {more > 0 ? ` ${t("workers.more", { n: more })}` : ""}
    </p>
  );
}

/** The last hour from left to right; tasks that ran side by side stand in rows of their own. */
function Gantt({ view, spans }: { view: View; spans: readonly WorkSpan[] }) {
  const { t, format } = view;
  const start = view.now - HOUR_MS;
  const x = (at: number) => WIDTH * Math.min(1, Math.max(0, (at - start) / HOUR_MS));
  const { rows, count } = inRows(spans);
  const height = Math.max(1, count) * 8;
  const busy = spans.reduce(
    (sum, span) => sum + span.ended_at - Math.max(start, span.started_at),
    0,
  );
  return (
    <figure class="gantt">
      <svg viewBox={`0 0 ${WIDTH} ${height}`} preserveAspectRatio="none" aria-hidden="true">
        {rows.map(([span, row]) => (
          <rect
            class={`f-${span.outcome === "completed" ? "completed" : "failed"}`}
            x={round(x(span.started_at))}
            y={String(row * 8 + 1)}
            width={round(Math.max(1, x(span.ended_at) - x(span.started_at)))}
            height="6"
          >
            <title>{span.task_id}</title>
          </rect>
        ))}
      </svg>
      <figcaption>
        <span>{t("workers.hour_ago")}</span>
        <span>
          {spans.length === 0 ? NOTHING : t("workers.gantt", {
            n: spans.length,
            busy: format.span(busy / 1000),
          })}
        </span>
        <span>{t("workers.now")}</span>
      </figcaption>
    </figure>
  );
}

const ROWS_MAX = 16;

function inRows(
  spans: readonly WorkSpan[],
): { rows: readonly (readonly [WorkSpan, number])[]; count: number } {
  const ends: number[] = [];
  const rows = spans.toSorted((a, b) => a.started_at - b.started_at).map((span) => {
    let row = ends.findIndex((end) => end <= span.started_at);
    if (row < 0) row = ends.length < ROWS_MAX ? ends.length : ROWS_MAX - 1;
    ends[row] = span.ended_at;
    return [span, row] as const;
  });
  return { rows, count: ends.length };
}
