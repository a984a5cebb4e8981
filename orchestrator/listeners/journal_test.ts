import { assertEquals } from "@std/assert";
import type { Logger } from "../../platform/log.ts";
import { taskRow } from "../core/testing.ts";
import type { Change, TaskRow } from "../store/store.ts";
import { Journal } from "./journal.ts";

class Lines implements Logger {
  readonly lines: string[] = [];
  readonly #at = (level: string) => (message: string, details: object = {}) => {
    this.lines.push(`${level} ${message} ${JSON.stringify(details)}`);
  };
  debug = this.#at("debug");
  info = this.#at("info");
  warning = this.#at("warning");
  error = this.#at("error");
  critical = this.#at("critical");
}

function ended(task_id: string, more: Partial<TaskRow> = {}): Change {
  const task = taskRow(task_id, { status: "completed", worker: "w", execution_ms: 1500, ...more });
  return { kind: "task", from: "running", task };
}

Deno.test("Journal writes a line for each task that ends, and for each batch", () => {
  const log = new Lines();
  const journal = new Journal({ log, nowMs: () => 0 });
  const error = { kind: "task", code: "broken", message: "It broke" } as const;
  journal.committed([ended("a"), ended("b", { status: "failed", error, attempt: 4 })], ["lote"]);
  journal.flush();
  assertEquals(log.lines, [
    'info Task completed {"task_id":"a","worker":"w","seconds":1.5}',
    'warning Task failed {"task_id":"b","worker":"w","attempts":4,"code":"broken","message":"It broke"}',
    'info Batch finished {"batch":"lote"}',
  ]);
});

Deno.test("Journal counts what is too much for lines", () => {
  const log = new Lines();
  let now = 0;
  const journal = new Journal({ log, nowMs: () => now });
  const many = (count: number) => Array.from({ length: count }, (_, i) => ended(`t${i}`));
  journal.committed(many(500), []);
  journal.flush();
  const loud = () => log.lines.filter((line) => !line.startsWith("debug"));
  assertEquals(loud().length, 21);
  assertEquals(loud().at(-1), 'info More tasks ended {"completed":480,"failed":0,"cancelled":0}');
  assertEquals(log.lines.length, 501);
  now = 1000;
  journal.committed(many(1), []);
  journal.flush();
  assertEquals(loud().length, 22);
});

Deno.test("Journal tells of workers and of the store", () => {
  const log = new Lines();
  const journal = new Journal({ log });
  journal.noticed({ kind: "worker_connected", worker: "w", again: false });
  journal.noticed({ kind: "worker_lost", worker: "w", reason: "silent", tasks: 2 });
  journal.storeFailed(new Error("full"));
  journal.storeFailed(null);
  assertEquals(log.lines.map((line) => line.split(" ")[0]), [
    "info",
    "warning",
    "critical",
    "warning",
  ]);
});
