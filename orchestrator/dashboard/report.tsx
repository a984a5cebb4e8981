/**
 * A batch as one HTML file to keep or to send: it opens without a server and without a network.
 *
 * @module
 */
// deno-lint-ignore-file jsx-key -- keys are for lists that change in a browser
import { html, raw } from "hono/html";
import type { Child } from "hono/jsx";
import { VERSION } from "../../contract/version.ts";
import { allBatchTasks } from "../api/listing.ts";
import { findBatch } from "../api/batches.ts";
import { localTime } from "../../platform/log.ts";
import type { Farm } from "../farm.ts";
import type { BatchRecord, TaskListed } from "../store/store.ts";
import { TrajectoryFiles } from "../trajectories/trajectory_files.ts";
import { STYLE_TEXT } from "./assets.ts";
import { progressOf } from "./batches.tsx";
import { NOTHING } from "./format.ts";
import { TaskState } from "./icon.tsx";
import { Figure, Moment, round, StateBar } from "./parts.tsx";
import { type Picture, picturesOf, Thumbnails } from "./thumbnails.tsx";
import type { View } from "./view.ts";

/** Most tasks in a report; it says when there are more. */
const TASKS_MAX = 5000;
const BARS = 24;

export async function reportPage({ farm }: { farm: Farm }, view: View) {
  const batch = await findBatch(farm.store, view.url.searchParams.get("id") ?? "");
  const tasks: TaskListed[] = [];
  for await (const page of allBatchTasks(farm.store, batch.id)) {
    tasks.push(...page.slice(0, TASKS_MAX - tasks.length));
    if (tasks.length >= TASKS_MAX) break;
  }
  const pictures = await picturesOf(tasks, new TrajectoryFiles(farm.config.resultsPath));
  return { batch, page: <Report view={view} batch={batch} tasks={tasks} pictures={pictures} /> };
}

function Report(
  { view, batch, tasks, pictures }: {
    view: View;
    batch: BatchRecord;
    tasks: readonly TaskListed[];
    pictures: readonly Picture[];
  },
) {
  const { t, format, language } = view;
  const { total, ended } = progressOf(batch);
  const times = tasks.flatMap(({ execution_ms }) => execution_ms === null ? [] : [execution_ms]);
  const all = batch.accepted + batch.known + batch.requeued;
  const title = `${batch.file} · Enjambre`;
  return (
    <html lang={language} data-theme="auto">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content={REPORT_POLICY} />
        <title>{title}</title>
        {/* Our own text: escaped, its quotes would be none of CSS. */}
        {html`<style>${raw(STYLE_TEXT)}</style>`}
      </head>
      <body class="report">
        <main>
          <h1>{batch.file}</h1>
          <p class="lead">
            {t("report.made", { at: localTime(view.now), version: VERSION })}
          </p>
          <dl class="figures">
            <Figure name={t("column.progress")} note={t("batch.of", { ended, total })}>
              {format.percent(total === 0 ? 1 : ended / total)}
            </Figure>
            <Figure name={t("column.received")}>
              <Moment view={view} at={batch.received_at} />
            </Figure>
            <Figure name={t("column.ended")}>
              <Moment view={view} at={batch.finished_at} />
            </Figure>
            <Figure name={t("report.work")} note={t("report.mean", { time: meanOf(view, times) })}>
              {format.seconds(times.reduce((sum, ms) => sum + ms, 0) / 1000)}
            </Figure>
          </dl>
          <section class="card">
            <h2>{t("overview.states")}</h2>
            <StateBar counts={batch.counts} />
          </section>
          <div class="columns">
            <Chart title={t("report.times")}>
              <Histogram view={view} values={times} />
            </Chart>
            <Chart title={t("report.ended")}>
              <Ended tasks={tasks} />
            </Chart>
          </div>
          <Thumbnails title={t("replay.title")} pictures={pictures} />
          <Table view={view} tasks={tasks} />
          <p class="hint">{t("pager.shown", { shown: tasks.length, total: all })}</p>
        </main>
      </body>
    </html>
  );
}

/** Nothing is loaded and nothing is run, whatever stands in the names of tasks. */
const REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'";

function meanOf({ format }: View, times: readonly number[]): string {
  if (times.length === 0) return NOTHING;
  return format.seconds(times.reduce((sum, ms) => sum + ms, 0) / times.length / 1000);
}

function Chart({ title, children }: { title: string; children?: Child }) {
  return (
    <section class="card">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

/** How many tasks took how long. */
function Histogram({ view, values }: { view: View; values: readonly number[] }) {
  const { format, t } = view;
  if (values.length === 0) return <p class="empty">{t("chart.none")}</p>;
  const largest = values.reduce((a, b) => Math.max(a, b), 0);
  const smallest = values.reduce((a, b) => Math.min(a, b), Infinity);
  const width = Math.max((largest - smallest) / BARS, Number.MIN_VALUE);
  const bars = new Array<number>(BARS).fill(0);
  for (const value of values) bars[Math.min(BARS - 1, Math.floor((value - smallest) / width))]!++;
  const tallest = Math.max(...bars);
  return (
    <figure class="plain-chart">
      <svg viewBox={`0 0 ${BARS * 10} 100`} preserveAspectRatio="none" aria-hidden="true">
        {bars.map((count, at) => (
          <rect
            class="f-running"
            x={String(at * 10 + 1)}
            y={round(100 - 96 * count / tallest)}
            width="8"
            height={round(96 * count / tallest)}
          />
        ))}
      </svg>
      <figcaption>
        <span>{format.seconds(smallest / 1000)}</span>
        <span>{format.seconds(largest / 1000)}</span>
      </figcaption>
    </figure>
  );
}

/** Completed tasks over time, as a staircase. */
function Ended({ tasks }: { tasks: readonly TaskListed[] }) {
  const ends = tasks.flatMap(({ completed_at }) => completed_at === null ? [] : [completed_at])
    .sort((a, b) => a - b);
  if (ends.length === 0) return <p class="empty">{NOTHING}</p>;
  const first = tasks.reduce((least, task) => Math.min(least, task.created_at), ends[0]!);
  const length = Math.max(1, ends.at(-1)! - first);
  const steps = ends.map((at, index) => {
    const x = 240 * (at - first) / length;
    return `H${round(x)}V${round(100 - 96 * (index + 1) / ends.length)}`;
  });
  return (
    <figure class="plain-chart">
      <svg viewBox="0 0 240 100" preserveAspectRatio="none" aria-hidden="true">
        <path class="line" d={`M0 100${steps.join("")}`} />
      </svg>
      <figcaption>
        <span>{localTime(first)}</span>
        <span>{localTime(ends.at(-1)!)}</span>
      </figcaption>
    </figure>
  );
}

const METRICS = [
  "particle_collisions",
  "wall_collisions",
  "kinetic_energy",
  "state_sha256",
] as const;

function Table({ view, tasks }: { view: View; tasks: readonly TaskListed[] }) {
  const { t, format } = view;
  return (
    <div class="wide card">
      <table class="rows">
        <thead>
          <tr>
            <th scope="col">{t("column.task")}</th>
            <th scope="col">{t("column.status")}</th>
            <th scope="col">{t("column.algorithm")}</th>
            <th scope="col">{t("column.parameters")}</th>
            <th scope="col">{t("column.worker")}</th>
            <th scope="col" class="right">{t("column.duration")}</th>
            {METRICS.map((name) => <th scope="col">{name}</th>)}
          </tr>
        </thead>
        <tbody>
          {tasks.map((task) => (
            <tr>
              <th scope="row" class="id">{task.task_id}</th>
              <td>
                <TaskState view={view} status={task.status} />
                {task.error === null ? "" : ` ${task.error.message}`}
              </td>
              <td>{task.algorithm_written}</td>
              <td class="hash">{task.content}</td>
              <td>{task.worker ?? NOTHING}</td>
              <td class="right">
                {format.seconds(task.execution_ms === null ? null : task.execution_ms / 1000)}
              </td>
              {METRICS.map((name) => (
                <td class="hash">{String(task.result?.metrics[name] ?? NOTHING)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
