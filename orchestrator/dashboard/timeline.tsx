/**
 * The attempts of a task over time, drawn and as a table.
 *
 * @module
 */
import type { TaskDetail } from "../store/store.ts";
import { Moment, round, WorkerLink } from "./parts.tsx";
import type { View } from "./view.ts";

const WIDTH = 1000;
const ROW = 22;

type Attempt = TaskDetail["attempts"][number];

export function Timeline({ view, task }: { view: View; task: TaskDetail }) {
  const { t } = view;
  return (
    <section class="card" aria-labelledby="timeline">
      <h2 id="timeline">{t("task.timeline")}</h2>
      <Drawing view={view} task={task} />
      {task.attempts.length === 0
        ? <p class="empty">{t("task.no_attempt")}</p>
        : <Attempts view={view} attempts={task.attempts} />}
    </section>
  );
}

/** Waiting is light, being handed over is striped by its own shade, running is full. */
function Drawing({ view, task }: { view: View; task: TaskDetail }) {
  const end = task.completed_at ?? view.now;
  const length = Math.max(1, end - task.created_at);
  const x = (at: number) => WIDTH * Math.min(1, Math.max(0, (at - task.created_at) / length));
  const height = Math.max(1, task.attempts.length) * ROW;
  let waitedFrom = task.created_at;
  return (
    <svg
      class="timeline"
      viewBox={`0 0 ${WIDTH} ${height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {task.attempts.length === 0
        ? <Span from={x(task.created_at)} to={x(end)} y={0} kind="pending" />
        : null}
      {task.attempts.map((attempt, row) => {
        const started = attempt.started_at ?? attempt.ended_at ?? end;
        const ended = attempt.ended_at ?? end;
        const waited = waitedFrom;
        waitedFrom = ended;
        return (
          <>
            <Span from={x(waited)} to={x(attempt.assigned_at)} y={row * ROW} kind="pending" />
            <Span from={x(attempt.assigned_at)} to={x(started)} y={row * ROW} kind="assigned" />
            <Span from={x(started)} to={x(ended)} y={row * ROW} kind={colourOf(attempt)} />
          </>
        );
      })}
    </svg>
  );
}

function Span(
  { from, to, y, kind }: { from: number; to: number; y: number; kind: string },
) {
  const width = Math.max(to - from, kind === "pending" || kind === "assigned" ? 0 : 2);
  return (
    <rect
      class={`f-${kind}`}
      x={round(Math.min(from, WIDTH - width))}
      y={String(y + 3)}
      width={round(width)}
      height={String(ROW - 6)}
      rx="2"
    />
  );
}

function colourOf({ outcome }: Attempt): string {
  if (outcome === "lost" || outcome === "returned" || outcome === "refused") return "redistributed";
  return outcome;
}

function Attempts({ view, attempts }: { view: View; attempts: readonly Attempt[] }) {
  const { t, format } = view;
  return (
    <div class="wide" tabindex={0} role="region" aria-label={t("task.timeline")}>
      <table>
        <thead>
          <tr>
            <th scope="col" class="right">{t("column.attempt")}</th>
            <th scope="col">{t("column.worker")}</th>
            <th scope="col">{t("column.outcome")}</th>
            <th scope="col">{t("column.assigned")}</th>
            <th scope="col">{t("column.started")}</th>
            <th scope="col">{t("column.ended")}</th>
            <th scope="col" class="right">{t("column.duration")}</th>
            <th scope="col">{t("column.error")}</th>
          </tr>
        </thead>
        <tbody>
          {attempts.map((attempt) => (
            <tr>
              <td class="right">{attempt.attempt}</td>
              <td>
                <WorkerLink id={attempt.worker} />
              </td>
              <td>{t(`outcome.${attempt.outcome}`)}</td>
              <td>
                <Moment view={view} at={attempt.assigned_at} />
              </td>
              <td>
                <Moment view={view} at={attempt.started_at} />
              </td>
              <td>
                <Moment view={view} at={attempt.ended_at} />
              </td>
              <td class="right">{format.seconds(durationOf(attempt, view.now))}</td>
              <td>{attempt.error?.message ?? ""}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Seconds by the clock, also of one that is under way. */
function durationOf({ started_at, ended_at }: Attempt, now: number): number | null {
  if (started_at === null) return null;
  return Math.max(0, (ended_at ?? now) - started_at) / 1000;
}
