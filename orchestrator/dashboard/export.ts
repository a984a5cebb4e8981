/**
 * The tasks of a filter as a file: CSV for spreadsheets, JSON for programs. Written while it is
 * read, so that a million rows need no memory.
 *
 * @module
 */
import { parseTaskContent } from "../../contract/task.ts";
import { jsonArrayStream } from "../api/json_stream.ts";
import { allTasks } from "../api/listing.ts";
import { taskJson } from "../api/task_json.ts";
import type { Farm } from "../farm.ts";
import { seconds, time } from "../listeners/result_entry.ts";
import type { TaskListed, TaskQuery } from "../store/store.ts";

const COLUMNS: readonly (readonly [name: string, value: (task: TaskListed) => unknown])[] = [
  ["task_id", (task) => task.task_id],
  ["status", (task) => task.status],
  ["algorithm", (task) => task.algorithm_written],
  ["parameters", (task) => JSON.stringify(parseTaskContent(task.content)[1])],
  ["priority", (task) => task.priority_written],
  ["worker", (task) => task.worker],
  ["batch", (task) => task.batch],
  ["description", (task) => task.description],
  ["created_at", (task) => time(task.created_at)],
  ["started_at", (task) => time(task.started_at)],
  ["completed_at", (task) => time(task.completed_at)],
  ["execution_time", (task) => seconds(task.execution_ms)],
  ["attempts", (task) => task.attempt],
  ["redistributions", (task) => task.redistributions],
  ["error", (task) => task.error?.message],
  ["particle_collisions", (task) => task.result?.metrics["particle_collisions"]],
  ["wall_collisions", (task) => task.result?.metrics["wall_collisions"]],
  ["kinetic_energy", (task) => task.result?.metrics["kinetic_energy"]],
  ["state_sha256", (task) => task.result?.metrics["state_sha256"]],
];

export function csvExport(farm: Farm, query: TaskQuery): Response {
  return new Response(
    ReadableStream.from(csvText(farm, query)).pipeThrough(new TextEncoderStream()),
    {
      headers: headersFor("text/csv; charset=utf-8", "tasks.csv"),
    },
  );
}

export function jsonExport(farm: Farm, query: TaskQuery): Response {
  return new Response(jsonArrayStream(jsonRows(farm, query)), {
    headers: headersFor("application/json", "tasks.json"),
  });
}

function headersFor(type: string, name: string): Record<string, string> {
  return { "content-type": type, "content-disposition": `attachment; filename="${name}"` };
}

async function* csvText({ store }: Farm, query: TaskQuery): AsyncGenerator<string> {
  yield COLUMNS.map(([name]) => name).join(",") + "\r\n";
  for await (const tasks of allTasks(store, query)) {
    yield tasks.map((task) => COLUMNS.map(([, value]) => csvCell(value(task))).join(",") + "\r\n")
      .join("");
  }
}

async function* jsonRows({ store, scheduler }: Farm, query: TaskQuery) {
  for await (const tasks of allTasks(store, query)) {
    yield tasks.map((task) => taskJson(scheduler, task));
  }
}

/** A cell of RFC 4180; a text that a spreadsheet would take for a formula is marked as text. */
export function csvCell(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = String(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
