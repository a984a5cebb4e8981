/**
 * Task files as batches: the list, and one batch with its progress and its tasks.
 *
 * @module
 */
import { TERMINAL_STATUSES } from "../../contract/task.ts";
import { filledPage } from "../api/listing.ts";
import { findBatch } from "../api/batches.ts";
import type { Farm } from "../farm.ts";
import type { Listeners } from "../listeners/listeners.ts";
import { etaSeconds } from "../listeners/stats.ts";
import type { BatchRecord } from "../store/store.ts";
import { Icon } from "./icon.tsx";
import { Page } from "./page.tsx";
import { BatchLink, Empty, Figure, Moment, Pager, StateBar, StateLegend } from "./parts.tsx";
import { TaskTable } from "./tasks.tsx";
import { here, link, type View } from "./view.ts";

const PAGE_SIZE = 50;

export async function batchesPage({ farm }: { farm: Farm }, view: View) {
  const { t, url } = view;
  const { store } = farm;
  const cursor = url.searchParams.get("cursor");
  const [{ batches, next }, counts] = await Promise.all([
    filledPage(
      (from) => store.batches({ limit: PAGE_SIZE, ...(from ? { cursor: from } : {}) }),
      { cursor, count: (page) => page.batches.length },
    ),
    store.counts(),
  ]);
  return (
    <Page view={view} title={t("nav.batches")} page="batches" topics={["batches", "stats"]}>
      <h1>{t("nav.batches")}</h1>
      <section id="list" data-refresh="batches,stats">
        {batches.length === 0
          ? (
            <Empty>
              {t("batches.none")} <a href="/ui/submit">{t("nav.submit")}</a>
            </Empty>
          )
          : <BatchTable view={view} batches={batches} />}
        <Pager
          view={view}
          shown={batches.length}
          total={counts.files_accepted + counts.files_rejected - counts.files_removed}
          first={cursor === null ? null : here(view, { cursor: null })}
          next={next === null ? null : here(view, { cursor: next })}
        />
      </section>
    </Page>
  );
}

/** Tasks that entered with a file, and how many of them have ended. */
export function progressOf(batch: BatchRecord): { total: number; ended: number } {
  const total = Object.values(batch.counts).reduce((sum, count) => sum + count, 0);
  const ended = TERMINAL_STATUSES.reduce((sum, status) => sum + batch.counts[status], 0);
  return { total, ended };
}

function BatchTable({ view, batches }: { view: View; batches: readonly BatchRecord[] }) {
  const { t, format } = view;
  return (
    <div class="wide card" tabindex={0} role="region" aria-label={t("nav.batches")}>
      <table class="rows">
        <thead>
          <tr>
            <th scope="col">{t("column.batch")}</th>
            <th scope="col">{t("column.file")}</th>
            <th scope="col">{t("column.received")}</th>
            <th scope="col" class="progress-column">{t("column.progress")}</th>
            <th scope="col" class="right">{t("column.tasks")}</th>
            <th scope="col" class="right">{t("status.failed")}</th>
            <th scope="col">{t("column.ended")}</th>
          </tr>
        </thead>
        <tbody>
          {batches.map((batch) => (
            <tr>
              <th scope="row">
                <BatchLink id={batch.id} />
              </th>
              <td>{batch.file}</td>
              <td>
                <Moment view={view} at={batch.received_at} />
              </td>
              <td>
                <Progress view={view} batch={batch} />
              </td>
              <td class="right">
                {format.number(batch.accepted + batch.known + batch.requeued)}
              </td>
              <td class="right">{format.number(batch.counts.failed)}</td>
              <td>
                <Moment view={view} at={batch.finished_at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Progress({ view, batch }: { view: View; batch: BatchRecord }) {
  const { t, format } = view;
  if (batch.state === "rejected") {
    return (
      <span class="state s-failed">
        <Icon name="rejected" /> {t("batches.rejected")}
      </span>
    );
  }
  const { total, ended } = progressOf(batch);
  return (
    <>
      <StateBar counts={batch.counts} />
      <small>
        {total === 0 ? "100 %" : format.percent(Math.floor(1000 * ended / total) / 1000)}
      </small>
    </>
  );
}

export async function batchPage(
  { farm, listeners }: { farm: Farm; listeners: Listeners },
  view: View,
) {
  const { t, url, format } = view;
  const { store } = farm;
  const batch = await findBatch(store, url.searchParams.get("id") ?? "");
  const cursor = url.searchParams.get("cursor");
  const [{ tasks, next }, counts, times] = await Promise.all([
    store.batchTasks(batch.id, { limit: PAGE_SIZE, ...(cursor === null ? {} : { cursor }) }),
    store.counts(),
    store.executionTimes(),
  ]);
  const { total, ended } = progressOf(batch);
  const all = batch.accepted + batch.known + batch.requeued;
  const open = { ...counts, status: batch.counts, total };
  const { throughput } = listeners;
  const eta = etaSeconds(farm, { counts: open, times, throughput, batch: batch.id });
  return (
    <Page
      view={view}
      title={batch.file}
      page="batches"
      topics={["tasks", "batches"]}
    >
      <section id="batch" data-refresh="tasks,batches" data-batch={batch.id}>
        <div class="title">
          <h1>{batch.file}</h1>
          <span class="spring"></span>
          <a class="button" href={link("/ui/tasks", { batch: batch.id })}>{t("batch.in_tasks")}</a>
          <a class="button" href={`/batches/${encodeURIComponent(batch.id)}/results`}>JSON</a>
          <a class="button primary" href={link("/ui/report", { id: batch.id })} download="">
            {t("batch.report")}
          </a>
        </div>
        <dl class="figures">
          <Figure name={t("column.progress")} note={t("batch.of", { ended, total })}>
            {format.percent(total === 0 ? 1 : Math.floor(1000 * ended / total) / 1000)}
          </Figure>
          <Figure name={t("figure.eta")}>{format.span(eta)}</Figure>
          <Figure name={t("column.received")}>
            <Moment view={view} at={batch.received_at} />
          </Figure>
          <Figure name={t("column.ended")}>
            <Moment view={view} at={batch.finished_at} />
          </Figure>
          <Figure
            name={t("column.tasks")}
            note={t("batch.known", { known: batch.known, requeued: batch.requeued })}
          >
            {format.number(all)}
          </Figure>
        </dl>
        <div class="card">
          <StateBar counts={batch.counts} />
          <StateLegend view={view} counts={batch.counts} batch={batch.id} />
        </div>
        <Refusal view={view} batch={batch} />
        {tasks.length === 0 ? null : <TaskTable view={view} tasks={tasks} />}
        <Pager
          view={view}
          shown={tasks.length}
          total={all}
          first={cursor === null ? null : here(view, { cursor: null })}
          next={next === null ? null : here(view, { cursor: next })}
        />
      </section>
    </Page>
  );
}

function Refusal({ view, batch }: { view: View; batch: BatchRecord }) {
  if (batch.state !== "rejected") return null;
  const errors = batch.errors as readonly { path?: string; message?: string }[];
  return (
    <section class="card failure" aria-labelledby="refusal">
      <h2 id="refusal">{view.t("batch.refused", { n: batch.errors_total })}</h2>
      <ul>
        {errors.map((error) => (
          <li>{error.path ? <code>{error.path}</code> : null} {error.message}</li>
        ))}
      </ul>
      <p>{view.t("pager.shown", { shown: errors.length, total: batch.errors_total })}</p>
    </section>
  );
}
