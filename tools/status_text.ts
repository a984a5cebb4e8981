/**
 * The farm on one screen of text: counts with bars, workers, and what runs now. Numbers come from
 * the API as they are; nothing is counted here.
 *
 * @module
 */
import type { TaskStatus } from "../contract/task.ts";
import { printable, type Style, table } from "../platform/terminal.ts";
import { t } from "../platform/words.ts";
import type { StatsAnswer, TaskAnswer, WorkerAnswer } from "./farm_client.ts";

const BAR_LENGTH = 30;
/** Width of the words before the figures. */
const LABEL_LENGTH = 9;
const SMALL_BAR_LENGTH = 12;

/** The parts of the API's answers that are shown. */
export interface FarmStatus {
  readonly stats: StatsShown;
  readonly workers: readonly WorkerShown[];
  /** Some of the running tasks; `stats` says how many there are. */
  readonly running: readonly RunningShown[];
}

export interface StatsShown
  extends Pick<StatsAnswer, "throughput" | "success_rate" | "eta_seconds" | "version" | "uptime"> {
  readonly tasks_summary: Pick<StatsAnswer["tasks_summary"], TaskStatus | "total_tasks">;
  readonly execution_time: Pick<StatsAnswer["execution_time"], "mean" | "p50" | "p95" | "p99">;
  readonly ingestion: Pick<
    StatsAnswer["ingestion"],
    "files_processed" | "files_rejected" | "files_pending"
  >;
  readonly workers: Pick<StatsAnswer["workers"], "total" | "active" | "slots" | "slots_busy">;
}

export type WorkerShown = Pick<
  WorkerAnswer,
  | "id"
  | "status"
  | "capacity"
  | "running_tasks"
  | "completed"
  | "failed"
  | "response_time"
  | "cpu"
  | "memory_bytes"
>;

export type RunningShown = Pick<
  TaskAnswer,
  "task_id" | "assigned_worker" | "started_at" | "progress"
>;

export interface StatusStyle {
  readonly url: string;
  /** Epoch ms. */
  readonly now: number;
  /** Most running tasks to list. */
  readonly runningMax: number;
  readonly style: (style: Style, text: string) => string;
}

/** All of it, as lines. */
export function statusLines(status: FarmStatus, options: StatusStyle): string[] {
  const { stats } = status;
  const { style } = options;
  const { version, uptime } = stats;
  const title = t("farm.title", { version, url: options.url, time: duration(uptime) });
  return [
    style("bold", printable(title)),
    "",
    ...summaryLines(stats, style),
    "",
    ...workerLines(status.workers, style),
    "",
    ...runningLines(status, options),
  ];
}

function summaryLines(stats: StatsShown, style: StatusStyle["style"]): string[] {
  const { total_tasks, completed, failed, cancelled } = stats.tasks_summary;
  const { running, assigned, pending, redistributed } = stats.tasks_summary;
  const ended = completed + failed + cancelled;
  const trouble = t("farm.trouble", { failed, cancelled });
  const { slots, slots_busy: busy, total, active } = stats.workers;
  const pace = {
    rate: stats.throughput,
    eta: duration(stats.eta_seconds),
    share: percent(stats.success_rate),
  };
  const label = (key: SummaryKey) => t(key).padEnd(LABEL_LENGTH);
  return [
    `${label("farm.tasks")}${bar(ended, total_tasks)} ` + t("farm.ended", {
      ended,
      total: total_tasks,
      completed,
      trouble: failed > 0 ? style("red", trouble) : trouble,
    }),
    label("farm.open") + t("farm.waiting", { running, assigned, pending, redistributed }),
    `${label("farm.slots")}${bar(busy, slots)} ` + t("farm.busy", { busy, slots, active, total }),
    label("farm.pace") + t(ended === total_tasks ? "farm.speed_done" : "farm.speed", pace),
    label("farm.times") + t("farm.durations", durations(stats.execution_time)),
    label("farm.files") + t("farm.intake", {
      taken: stats.ingestion.files_processed,
      rejected: stats.ingestion.files_rejected,
      waiting: stats.ingestion.files_pending,
    }),
  ];
}

type SummaryKey = `farm.${"tasks" | "open" | "slots" | "pace" | "times" | "files"}`;

function durations({ mean, p50, p95, p99 }: StatsShown["execution_time"]) {
  return { mean: duration(mean), p50: duration(p50), p95: duration(p95), p99: duration(p99) };
}

function workerLines(
  workers: readonly WorkerShown[],
  style: StatusStyle["style"],
): string[] {
  if (workers.length === 0) return [t("farm.no_worker")];
  const rows = workers.map((worker) => [
    worker.id,
    t(`worker.${worker.status}`).toLowerCase(),
    t("farm.of", { part: worker.running_tasks, whole: worker.capacity ?? "?" }),
    percent(worker.cpu),
    worker.memory_bytes === null ? "-" : `${(worker.memory_bytes / 1e6).toFixed(0)} MB`,
    String(worker.completed),
    String(worker.failed),
    duration(worker.response_time),
  ]);
  const header = [
    t("heading.worker"),
    t("heading.status"),
    t("heading.slots"),
    t("heading.cpu"),
    t("heading.memory"),
    t("heading.completed"),
    t("heading.failed"),
    t("heading.answers_in"),
  ];
  const colored = (cell: string, row: number, column: number) => {
    if (row < 0) return style("dim", cell);
    if (column !== 1) return cell;
    return style(workers[row]?.status === "active" ? "green" : "yellow", cell);
  };
  return table(header, rows, { right: [2, 3, 4, 5, 6, 7], style: colored }).split("\n");
}

function runningLines({ stats, running }: FarmStatus, options: StatusStyle): string[] {
  const total = stats.tasks_summary.running;
  if (running.length === 0) return [t("farm.idle")];
  const started = (task: RunningShown) => Date.parse(task.started_at ?? "") || options.now;
  const shown = running.toSorted((a, b) => started(a) - started(b)).slice(0, options.runningMax);
  const rows = shown.map((task) => {
    const { steps_completed = 0, steps_total = 0 } = task.progress ?? {};
    const share = steps_total === 0 ? 0 : steps_completed / steps_total;
    return [
      task.task_id.length > 40 ? `${task.task_id.slice(0, 39)}…` : task.task_id,
      task.assigned_worker ?? "-",
      bar(steps_completed, steps_total, SMALL_BAR_LENGTH),
      task.progress === null ? "-" : percent(share),
      duration(Math.max(0, options.now - started(task)) / 1000),
    ];
  });
  const title = t("farm.running", {
    shown: rows.length,
    total: Math.max(total, rows.length),
  });
  const style = (cell: string, row: number) => row < 0 ? options.style("dim", cell) : cell;
  const header = [title, t("heading.worker"), t("heading.progress"), "", t("heading.for")];
  return table(header, rows, { right: [3, 4], style }).split("\n");
}

function bar(part: number, whole: number, length = BAR_LENGTH): string {
  const share = whole === 0 ? 0 : Math.min(1, part / whole);
  // Full only when it is: 999 of 1000 must not look done.
  const filled = part >= whole ? Math.round(share * length) : Math.floor(share * length);
  return "█".repeat(filled) + "░".repeat(length - filled);
}

function percent(share: number | null): string {
  return share === null ? "-" : `${(100 * share).toFixed(share > 0.99 && share < 1 ? 2 : 0)} %`;
}

/** Seconds for people; `-` where there are none. */
export function duration(seconds: number | null): string {
  if (seconds === null) return "-";
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const [days, hours, minutes] = [
    Math.floor(whole / 86_400),
    Math.floor(whole / 3600) % 24,
    Math.floor(whole / 60) % 60,
  ];
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${whole % 60} s`;
}
