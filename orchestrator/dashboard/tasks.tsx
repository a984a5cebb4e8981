/**
 * The list of tasks: filters and search live in the address, so a view can be sent to somebody; what
 * is done to tasks is done to all that match, with their number said first.
 *
 * @module
 */
// deno-lint-ignore-file jsx-key -- keys are for lists that change in a browser
import { NAMED_PRIORITIES, parseTaskContent, TASK_STATUSES } from "../../contract/task.ts";
import { ALGORITHM_NAMES } from "../../simulation/registry.ts";
import { FILTERS, readFilter } from "../api/parameters.ts";
import { withBatchId } from "../api/tasks.ts";
import type { Farm } from "../farm.ts";
import type { Store, TaskListed, TaskQuery } from "../store/store.ts";
import { TaskState } from "./icon.tsx";
import { Page } from "./page.tsx";
import { searchedPage } from "./search.ts";
import type { SlowCounts } from "./slow_counts.ts";
import { ActLink, BatchLink, Empty, Moment, Pager, TaskLink, WorkerLink } from "./parts.tsx";
import { here, link, type View } from "./view.ts";

const PAGE_SIZES = [25, 50, 100, 200] as const;
const PAGE_SIZE = 50;

/** The filters of an address as they were written; empty ones count as absent. */
export function writtenFilter(search: URLSearchParams): Record<string, string> {
  const written: Record<string, string> = {};
  for (const name of FILTERS) {
    const value = search.getAll(name).filter((one) => one !== "").join(",");
    if (value !== "") written[name] = value;
  }
  return written;
}

/** What the address asks for, ready for the store. */
export async function queryOf(store: Store, search: URLSearchParams): Promise<TaskQuery> {
  return await withBatchId(store, readFilter(writtenFilter(search)));
}

export async function tasksPage(
  { farm, counts }: { farm: Farm; counts: SlowCounts },
  view: View,
) {
  const { searchParams } = view.url;
  const { store } = farm;
  const query = await queryOf(store, searchParams);
  const cursor = searchParams.get("cursor");
  const limit = PAGE_SIZES.find((size) => String(size) === searchParams.get("limit")) ?? PAGE_SIZE;
  const before = readCount(searchParams.get("looked"));
  const [total, { tasks, next, looked, among }] = await Promise.all([
    counts.of(query),
    searchedPage(store, query, { cursor, limit, looked: before }),
  ]);
  const { t } = view;
  const filter = writtenFilter(searchParams);
  // Behind the first page rows stay where they are: a list that jumps cannot be read.
  const topics = cursor === null ? ["tasks", "batches"] : [];
  return (
    <Page view={view} title={t("nav.tasks")} page="tasks" topics={topics}>
      <h1>{t("nav.tasks")}</h1>
      <Filters view={view} filter={filter} limit={limit} />
      <section id="list" data-refresh="tasks,batches" aria-label={t("nav.tasks")}>
        <Actions view={view} filter={filter} total={total} />
        {tasks.length > 0
          ? <TaskTable view={view} tasks={tasks} />
          : <Empty>{t(next === null ? "tasks.none" : "tasks.none_yet")}</Empty>}
        {among === null || next === null
          ? null
          : <p class="hint">{t("tasks.looked", { looked: Math.min(looked, among), among })}</p>}
        <Pager
          view={view}
          shown={tasks.length}
          total={total}
          first={cursor === null ? null : here(view, { cursor: null, looked: null })}
          next={next === null ? null : here(view, {
            cursor: next,
            looked: among === null ? null : String(looked),
          })}
          nextLabel={t(tasks.length === 0 ? "pager.search_on" : "pager.next")}
        />
      </section>
    </Page>
  );
}

/** A number of an address; 0 for anything else. */
function readCount(written: string | null): number {
  return /^\d{1,12}$/.test(written ?? "") ? Number(written) : 0;
}

function Filters(
  { view, filter, limit }: { view: View; filter: Record<string, string>; limit: number },
) {
  const { t } = view;
  const statuses = (filter["status"] ?? "").split(",");
  const priorities = Object.keys(NAMED_PRIORITIES).map((name): [string, string] => [name, name]);
  return (
    <form class="filters" action="/ui/tasks">
      <label>
        {t("column.text")}
        <input type="search" name="text" value={filter["text"] ?? ""} maxlength={500} />
      </label>
      <Choice
        label={t("column.status")}
        name="status"
        any={t("filter.any")}
        value={statuses.length > 1 ? filter["status"]! : statuses[0]!}
        options={[
          ...TASK_STATUSES.map((status): [string, string] => [status, t(`status.${status}`)]),
          ...(statuses.length > 1
            ? [[filter["status"]!, filter["status"]!] as [string, string]]
            : []),
        ]}
      />
      <Choice
        label={t("column.algorithm")}
        name="algorithm"
        any={t("filter.any")}
        value={filter["algorithm"] ?? ""}
        options={ALGORITHM_NAMES.map((name): [string, string] => [name, name])}
      />
      <Choice
        label={t("column.priority")}
        name="priority"
        any={t("filter.any")}
        value={filter["priority"] ?? ""}
        options={priorities}
      />
      <label>
        {t("column.worker")}
        <input name="worker" value={filter["worker"] ?? ""} />
      </label>
      <label>
        {t("column.batch")}
        <input name="batch" value={filter["batch"] ?? ""} />
      </label>
      <Choice
        label={t("filter.rows")}
        name="limit"
        value={String(limit)}
        options={PAGE_SIZES.map((size): [string, string] => [String(size), String(size)])}
      />
      {filter["error"] === undefined
        ? null
        : <input type="hidden" name="error" value={filter["error"]} />}
      <button type="submit" class="primary">{t("filter.apply")}</button>
      {Object.keys(filter).length === 0
        ? null
        : <a class="button" href="/ui/tasks">{t("filter.clear")}</a>}
    </form>
  );
}

function Choice(
  { label, name, value, options, any }: {
    label: string;
    name: string;
    value: string;
    options: readonly [value: string, label: string][];
    any?: string;
  },
) {
  return (
    <label>
      {label}
      <select name={name}>
        {any === undefined ? null : <option value="">{any}</option>}
        {options.map(([option, text]) => (
          <option value={option} selected={option === value}>{text}</option>
        ))}
      </select>
    </label>
  );
}

function Actions(
  { view, filter, total }: { view: View; filter: Record<string, string>; total: number | null },
) {
  const { t } = view;
  return (
    <div class="actions">
      <strong>{total === null ? t("tasks.counting") : t("tasks.matching", { n: total })}</strong>
      {(["cancel", "retry"] as const).map((action) => (
        <ActLink
          view={view}
          href={link("/ui/bulk", { ...filter, action })}
          label={t(`tasks.${action}_all`)}
        />
      ))}
      <span class="spring"></span>
      <a class="button" href={link("/ui/tasks.csv", filter)} download="tasks.csv">CSV</a>
      <a class="button" href={link("/ui/tasks.json", filter)} download="tasks.json">JSON</a>
    </div>
  );
}

const COLUMNS = [
  "task",
  "status",
  "duration",
  "algorithm",
  "parameters",
  "priority",
  "worker",
  "batch",
  "created",
  "started",
] as const;

export function TaskTable({ view, tasks }: { view: View; tasks: readonly TaskListed[] }) {
  const { t } = view;
  return (
    <div class="wide card" tabindex={0} role="region" aria-label={t("nav.tasks")}>
      <table class="rows">
        <thead>
          <tr>
            {COLUMNS.map((name) => <th scope="col">{t(`column.${name}`)}</th>)}
            <th scope="col" class="right">{t("column.tries")}</th>
          </tr>
        </thead>
        <tbody>{tasks.map((task) => <TaskLine view={view} task={task} />)}</tbody>
      </table>
    </div>
  );
}

function TaskLine({ view, task }: { view: View; task: TaskListed }) {
  const { format } = view;
  const seconds = task.execution_ms === null ? null : task.execution_ms / 1000;
  return (
    <tr>
      <th scope="row">
        <TaskLink id={task.task_id} />
        {task.description === null ? null : <small class="about">{task.description}</small>}
      </th>
      <td>
        <TaskState view={view} status={task.status} />
        {task.error === null ? null : <small class="about bad">{task.error.message}</small>}
      </td>
      <td>{format.seconds(seconds)}</td>
      <td>{task.algorithm_written}</td>
      <td class="parameters">{parametersLine(task.content)}</td>
      <td>{String(task.priority_written)}</td>
      <td>
        <WorkerLink id={task.worker} />
      </td>
      <td>
        <BatchLink id={task.batch} />
      </td>
      <td>
        <Moment view={view} at={task.created_at} />
      </td>
      <td>
        <Moment view={view} at={task.started_at} />
      </td>
      <td class="right">{format.number(task.attempt)}</td>
    </tr>
  );
}

/** Parameters in one line: `particles 100 · steps 500 · seed 42`. */
function parametersLine(content: string): string {
  return Object.entries(parseTaskContent(content)[1])
    .map(([name, value]) =>
      `${name.replace(/^num_/, "")} ${typeof value === "string" ? value : JSON.stringify(value)}`
    )
    .join(" · ");
}
