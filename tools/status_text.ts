/**
 * The farm on one screen of text: counts with bars, workers, and what runs now. Numbers come from
 * the API as they are; nothing is counted here.
 *
 * @module
 */
import { printable, type Style, table } from "../platform/terminal.ts";
import type { StatsAnswer, TaskAnswer, WorkerAnswer } from "./farm_client.ts";

const BAR_LENGTH = 30;
const SMALL_BAR_LENGTH = 12;

/** The parts of the API's answers that are shown. */
export interface FarmStatus {
  readonly stats: StatsAnswer;
  readonly workers: readonly WorkerShown[];
  /** Some of the running tasks; `stats` says how many there are. */
  readonly running: readonly RunningShown[];
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
  const title = `Enjambre ${stats.version} at ${options.url}, up ${duration(stats.uptime)}`;
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

function summaryLines(stats: StatsAnswer, style: StatusStyle["style"]): string[] {
  const { total_tasks, completed, failed, cancelled, ...open } = stats.tasks_summary;
  const ended = completed + failed + cancelled;
  const trouble = `${failed} failed, ${cancelled} cancelled`;
  const { mean, p50, p95, p99 } = stats.execution_time;
  const { slots, slots_busy, total, active } = stats.workers;
  const files = stats.ingestion;
  return [
    `Tasks    ${
      bar(ended, total_tasks)
    } ${ended} of ${total_tasks} ended: ${completed} completed, ` +
    (failed > 0 ? style("red", trouble) : trouble),
    `Open     ${open.running} running, ${open.assigned} assigned, ${open.pending} pending, ` +
    `${open.redistributed} redistributed`,
    `Slots    ${bar(slots_busy, slots)} ${slots_busy} of ${slots} busy, ` +
    `${active} of ${total} workers active`,
    `Pace     ${stats.throughput} tasks/s, ` +
    (ended === total_tasks ? "nothing left to do, " : `done in ${duration(stats.eta_seconds)}, `) +
    `${percent(stats.success_rate)} succeed`,
    `Times    mean ${duration(mean)}, p50 ${duration(p50)}, p95 ${duration(p95)}, ` +
    `p99 ${duration(p99)}`,
    `Files    ${files.files_processed} taken, ${files.files_rejected} rejected, ` +
    `${files.files_pending} waiting`,
  ];
}

function workerLines(
  workers: readonly WorkerShown[],
  style: StatusStyle["style"],
): string[] {
  if (workers.length === 0) return ["No worker is configured"];
  const rows = workers.map((worker) => [
    worker.id,
    worker.status,
    `${worker.running_tasks} of ${worker.capacity ?? "?"}`,
    percent(worker.cpu),
    worker.memory_bytes === null ? "-" : `${(worker.memory_bytes / 1e6).toFixed(0)} MB`,
    String(worker.completed),
    String(worker.failed),
    duration(worker.response_time),
  ]);
  const header = [
    "worker",
    "status",
    "slots",
    "cpu",
    "memory",
    "completed",
    "failed",
    "answers in",
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
  if (running.length === 0) return ["Nothing runs"];
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
  const title = `running (${rows.length} of ${Math.max(total, rows.length)})`;
  const style = (cell: string, row: number) => row < 0 ? options.style("dim", cell) : cell;
  return table([title, "worker", "progress", "", "for"], rows, { right: [3, 4], style })
    .split("\n");
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
