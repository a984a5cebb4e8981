/**
 * Small pieces that several pages are made of.
 *
 * @module
 */
import type { Child } from "hono/jsx";
import { TASK_STATUSES, type TaskStatus } from "../../contract/task.ts";
import { localTime } from "../../platform/log.ts";
import { NOTHING } from "./format.ts";
import { TaskState } from "./icon.tsx";
import { link, type View } from "./view.ts";

/** A moment (epoch ms), exact in its tooltip. */
export function Moment({ view, at }: { view: View; at: number | null }) {
  if (at === null) return <>{NOTHING}</>;
  const exact = localTime(at);
  return <time datetime={exact} title={exact}>{view.format.moment(at, view.now)}</time>;
}

export function TaskLink({ id }: { id: string }) {
  return <a class="id" href={link("/ui/task", { id })} title={id}>{id}</a>;
}

export function BatchLink({ id }: { id: string }) {
  return <a class="id" href={link("/ui/batch", { id })} title={id}>{id}</a>;
}

export function WorkerLink({ id }: { id: string | null }) {
  if (id === null) return <>{NOTHING}</>;
  return <a class="id" href={`/ui/workers#${encodeURIComponent(`worker-${id}`)}`}>{id}</a>;
}

/** One figure with its name. */
export function Figure(
  { name, children, note }: { name: string; children?: Child; note?: Child },
) {
  return (
    <div class="figure">
      <dt>{name}</dt>
      <dd>
        {children}
        {note === undefined ? null : <small>{note}</small>}
      </dd>
    </div>
  );
}

export type StatusCounts = Readonly<Record<TaskStatus, number>>;

/** Order from left to right: what is done first. */
const BAR_ORDER: readonly TaskStatus[] = [
  "completed",
  "failed",
  "cancelled",
  "running",
  "assigned",
  "redistributed",
  "pending",
];

/** Tasks by state as one bar; its parts are drawn as attributes, because styles are not inline. */
export function StateBar({ counts, live = false }: { counts: StatusCounts; live?: boolean }) {
  const total = BAR_ORDER.reduce((sum, status) => sum + counts[status], 0);
  let x = 0;
  return (
    <svg
      class="bar"
      viewBox="0 0 1000 10"
      preserveAspectRatio="none"
      aria-hidden="true"
      data-bar={live ? "" : undefined}
    >
      {BAR_ORDER.map((status) => {
        const width = total === 0 ? 0 : 1000 * counts[status] / total;
        const from = x;
        x += width;
        return (
          <rect
            class={`f-${status}`}
            data-status={status}
            x={round(from)}
            y="0"
            width={round(width)}
            height="10"
          />
        );
      })}
    </svg>
  );
}

/** What the bar says, in words; each leads to the tasks of that state. */
export function StateLegend(
  { view, counts, batch, live = false }: {
    view: View;
    counts: StatusCounts;
    batch?: string;
    live?: boolean;
  },
) {
  return (
    <ul class="legend">
      {TASK_STATUSES.map((status) => (
        <li>
          <a href={link("/ui/tasks", { status, batch })}>
            <TaskState view={view} status={status} />
            <b
              data-stat={live ? `tasks_summary.${status}` : undefined}
              data-format={live ? "number" : undefined}
            >
              {view.format.number(counts[status])}
            </b>
          </a>
        </li>
      ))}
    </ul>
  );
}

export function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** Says that a table is empty, and what to do about it. */
export function Empty({ children }: { children?: Child }) {
  return <p class="empty">{children}</p>;
}

/** Id of the sentence that says why buttons are off; stands on every page of who may only look. */
export const LOOKING_ID = "looking";

export function Looking({ view }: { view: View }) {
  if (view.mayAct) return null;
  return <p class="hint looking" id={LOOKING_ID}>{view.t("reader.looking")}</p>;
}

/** What a button gets where the reader may only look. */
export function offFor(view: View): { disabled?: true; "aria-describedby"?: string } {
  return view.mayAct ? {} : { disabled: true, "aria-describedby": LOOKING_ID };
}

/** A button that posts: an action works without any script. */
export function Act(
  { view, action, fields, label, kind = "" }: {
    view: View;
    action: string;
    fields: Readonly<Record<string, string>>;
    label: string;
    kind?: string;
  },
) {
  return (
    <form method="post" action={action} class="act">
      {Object.entries(fields).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <button type="submit" class={kind} {...offFor(view)}>{label}</button>
    </form>
  );
}

/** A link to a page that asks before it acts. */
export function ActLink({ view, href, label }: { view: View; href: string; label: string }) {
  if (view.mayAct) return <a class="button" href={href}>{label}</a>;
  return <button type="button" {...offFor(view)}>{label}</button>;
}

/** Previous and next page of a listing, and how much of it is shown. */
export function Pager(
  { view, shown, total, first, next, nextLabel = view.t("pager.next") }: {
    view: View;
    shown: number;
    /** Null while it is being counted. */
    total: number | null;
    first: string | null;
    next: string | null;
    nextLabel?: string;
  },
) {
  const { t } = view;
  return (
    <nav class="pager" aria-label={t("pager.label")}>
      <span>
        {total === null ? t("pager.counting", { shown }) : t("pager.shown", { shown, total })}
      </span>
      {first === null ? null : <a class="button" href={first}>{t("pager.first")}</a>}
      {next === null ? null : <a class="button" rel="next" href={next}>{nextLabel}</a>}
    </nav>
  );
}
