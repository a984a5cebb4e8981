/**
 * One task with its whole story: where it stands and why, every attempt, what went in and what came
 * out, and how that compares with another task.
 *
 * @module
 */
import { parseTaskContent } from "../../contract/task.ts";
import { isTerminal, unknownTask } from "../api/tasks.ts";
import { taskDetailJson } from "../api/task_json.ts";
import { waitingCause } from "../core/waiting.ts";
import type { Farm } from "../farm.ts";
import type { TaskDetail } from "../store/store.ts";
import { Comparison } from "./comparison.tsx";
import { TaskState } from "./icon.tsx";
import { Page } from "./page.tsx";
import { Act, BatchLink, Moment, WorkerLink } from "./parts.tsx";
import { Replay } from "./replay.tsx";
import { Timeline } from "./timeline.tsx";
import type { View } from "./view.ts";

/** Tasks of the same file that are offered for a comparison. */
const SIBLINGS_MAX = 30;

export async function taskPage({ farm }: { farm: Farm }, view: View) {
  const { t, url } = view;
  const id = url.searchParams.get("id") ?? "";
  const task = await farm.store.task(id);
  if (task === null) throw unknownTask(id);
  const other = url.searchParams.get("with") ?? "";
  const compared = other === "" ? null : await farm.store.task(other);
  const { tasks } = await farm.store.batchTasks(task.batch, { limit: SIBLINGS_MAX });
  const siblings = tasks.map(({ task_id }) => task_id).filter((one) => one !== task.task_id);
  return (
    <Page
      view={view}
      title={task.task_id}
      page="tasks"
      topics={["tasks"]}
    >
      <section
        id="story"
        data-refresh="tasks"
        data-task={task.task_id}
        data-every={task.status === "running" ? "2" : undefined}
      >
        <Head farm={farm} view={view} task={task} />
        <Timeline view={view} task={task} />
        <div class="columns">
          <Inputs view={view} task={task} />
          <Result view={view} task={task} />
        </div>
      </section>
      <Replay view={view} task={task} other={compared} />
      <section class="card" aria-labelledby="compare">
        <h2 id="compare">{t("compare.title")}</h2>
        <form class="filters" action="/ui/task">
          <input type="hidden" name="id" value={task.task_id} />
          <label>
            {t("compare.other")}
            <input name="with" value={other} list="siblings" required />
          </label>
          <datalist id="siblings">
            {siblings.map((id) => <option key={id} value={id} />)}
          </datalist>
          <button type="submit">{t("compare.do")}</button>
        </form>
        {other !== "" && compared === null
          ? <p class="bad">{t("compare.unknown", { id: other })}</p>
          : null}
        {compared === null ? null : <Comparison view={view} left={task} right={compared} />}
      </section>
    </Page>
  );
}

function Head({ farm, view, task }: { farm: Farm; view: View; task: TaskDetail }) {
  const { t, format } = view;
  const shown = taskDetailJson(farm.scheduler, task);
  const { scheduler } = farm;
  const waiting = waitingCause(scheduler.state, task, scheduler.now());
  const progress = shown["progress"] as { steps_completed: number; steps_total: number } | null;
  const open = !isTerminal(task.status);
  return (
    <>
      <div class="title">
        <h1 class="id">{task.task_id}</h1>
        <TaskState view={view} status={task.status} />
        <span class="spring"></span>
        {open
          ? (
            <Act
              view={view}
              action="/ui/task/cancel"
              fields={{ id: task.task_id }}
              label={t("task.cancel")}
              kind="danger"
            />
          )
          : (
            <Act
              view={view}
              action="/ui/task/retry"
              fields={{ id: task.task_id }}
              label={t("task.retry")}
              kind="primary"
            />
          )}
      </div>
      {task.description === null ? null : <p class="lead">{task.description}</p>}
      {waiting === null ? null : (
        <p class="hint">
          {t("task.waits", { why: t(`waiting.${waiting.code}`, { ...waiting }) })}
        </p>
      )}
      {progress === null ? null : (
        <p class="progress">
          <progress
            max={Math.max(1, progress.steps_total)}
            value={progress.steps_completed}
            aria-label={t("task.progress")}
          />
          {t("task.steps", { done: progress.steps_completed, total: progress.steps_total })}
        </p>
      )}
      {task.error === null ? null : (
        <div class="failure" role="note">
          <strong>{task.error.code}</strong>
          <pre>{task.error.message}</pre>
        </div>
      )}
      <dl class="facts">
        <Fact name={t("column.worker")}>
          <WorkerLink id={task.worker} />
        </Fact>
        <Fact name={t("column.batch")}>
          <BatchLink id={task.batch} />
        </Fact>
        <Fact name={t("column.priority")}>{String(task.priority_written)}</Fact>
        <Fact name={t("column.created")}>
          <Moment view={view} at={task.created_at} />
        </Fact>
        <Fact name={t("column.ended")}>
          <Moment view={view} at={task.completed_at} />
        </Fact>
        <Fact name={t("column.duration")}>
          {format.seconds(task.execution_ms === null ? null : task.execution_ms / 1000)}
        </Fact>
        <Fact name={t("column.retries")}>{format.number(task.retry_count)}</Fact>
        <Fact name={t("column.redistributions")}>{format.number(task.redistributions)}</Fact>
      </dl>
    </>
  );
}

function Fact({ name, children }: { name: string; children?: unknown }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children as string}</dd>
    </div>
  );
}

function Inputs({ view, task }: { view: View; task: TaskDetail }) {
  const { t } = view;
  const [algorithm, parameters] = parseTaskContent(task.content);
  const rows: [string, unknown][] = [
    ["algorithm", task.algorithm_written],
    ...(algorithm === task.algorithm_written ? [] : [["=", algorithm] as [string, unknown]]),
    ...Object.entries(parameters),
    ...Object.entries(task.extra ?? {}),
  ];
  return (
    <section class="card" aria-labelledby="inputs">
      <h2 id="inputs">{t("task.parameters")}</h2>
      <Pairs rows={rows} />
    </section>
  );
}

function Result({ view, task }: { view: View; task: TaskDetail }) {
  const { t } = view;
  return (
    <section class="card" aria-labelledby="result">
      <h2 id="result">{t("task.result")}</h2>
      {task.result === null ? <p class="empty">{t("task.no_result")}</p> : (
        <>
          <p>{task.result.output}</p>
          <Pairs rows={Object.entries(task.result.metrics)} />
        </>
      )}
    </section>
  );
}

function Pairs({ rows }: { rows: readonly [string, unknown][] }) {
  return (
    <table class="pairs">
      <tbody>
        {rows.map(([name, value]) => (
          <tr>
            <th scope="row">{name}</th>
            <td>{typeof value === "string" ? value : JSON.stringify(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
