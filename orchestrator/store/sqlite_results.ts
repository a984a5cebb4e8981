/**
 * The results log and the plan of result files: which results stand in which file is decided, and
 * on disk, before the file is written, so that a restart writes the same file again.
 *
 * @module
 */
import type { PriorityWritten } from "../../contract/task.ts";
import type { TaskResult } from "../../contract/wire.ts";
import type { Row } from "./connection.ts";
import type { Ledger } from "./ledger.ts";
import { parse } from "./rows.ts";
import { type ResultFile, type ResultRecord, StoreError } from "./store.ts";

const RESULTS = `
SELECT r.number, t.task_id, t.algorithm_written, t.content, t.priority_written, t.description,
  t.extra, r.worker, r.attempt, r.completed_at, r.execution_ms, t.batch, r.result
FROM results r JOIN tasks t ON t.seq = r.seq
WHERE r.number BETWEEN ? AND ? ORDER BY r.number`;

export function results(ledger: Ledger, from: number, to: number): ResultRecord[] {
  return ledger.connection.all(RESULTS, from, to).map((row) => {
    const { id, file } = ledger.heads.get(Number(row[11]));
    return {
      number: Number(row[0]),
      task_id: String(row[1]),
      algorithm_written: String(row[2]),
      content: String(row[3]),
      priority_written: row[4] as PriorityWritten,
      description: row[5] as string | null,
      extra: parse<Record<string, unknown>>(row[6]),
      worker: String(row[7]),
      attempt: Number(row[8]),
      completed_at: Number(row[9]),
      execution_ms: Number(row[10]),
      batch: id,
      file,
      result: parse<TaskResult>(row[12])!,
    };
  });
}

export function planResultFile(
  ledger: Ledger,
  name: (taken: (name: string) => boolean) => string,
  options: { at: number; limit: number },
): ResultFile | null {
  const { connection, totals } = ledger;
  const from = connection.number("SELECT max(last) FROM result_files") + 1;
  const to = Math.min(totals.results, from + options.limit - 1);
  if (to < from) return null;
  const taken = (name: string) => resultFile(ledger, name) !== null;
  const chosen = name(taken);
  if (taken(chosen)) throw new StoreError("misuse", `Results file ${chosen} exists already`);
  ledger.durable(() => {
    connection.run(
      "INSERT INTO result_files (name, first, last, planned_at) VALUES (?, ?, ?, ?)",
      chosen,
      from,
      to,
      options.at,
    );
  });
  if (to === totals.results) ledger.settling.planned = { name: chosen, change: totals.clock };
  return { name: chosen, from, to, written: false, planned_at: options.at };
}

const FILES = "SELECT name, first, last, written, planned_at FROM result_files";

export function unwrittenResultFiles(ledger: Ledger): ResultFile[] {
  return ledger.connection.all(`${FILES} WHERE written = 0 ORDER BY first`).map(fileFrom);
}

export function resultFile(ledger: Ledger, name: string): ResultFile | null {
  const row = ledger.connection.get(`${FILES} WHERE name = ?`, name);
  return row === undefined ? null : fileFrom(row);
}

export function resultFileWritten(ledger: Ledger, name: string): void {
  ledger.durable(() => {
    ledger.connection.run("UPDATE result_files SET written = 1 WHERE name = ?", name);
  });
  const { settling } = ledger;
  if (settling.planned?.name !== name || firstUnwritten(ledger) !== null) return;
  settling.change = settling.planned.change;
}

/** First result of the oldest file that is planned and not written. */
function firstUnwritten({ connection }: Ledger): number | null {
  const row = connection.get("SELECT min(first) FROM result_files WHERE written = 0");
  return row?.[0] as number | null;
}

/** Up to this number every result stands in a written file. */
export function writtenResults(ledger: Ledger): number {
  const first = firstUnwritten(ledger);
  if (first !== null) return first - 1;
  return ledger.connection.number("SELECT max(last) FROM result_files");
}

/**
 * A task that has not changed since the change of this number has all its results, also those of
 * earlier runs, in written files: then nobody needs its row any more to write one.
 */
export function settledChange(ledger: Ledger): number {
  const { totals, settling } = ledger;
  return writtenResults(ledger) === totals.results ? totals.clock : settling.change;
}

function fileFrom([name, first, last, written, plannedAt]: Row): ResultFile {
  return {
    name: String(name),
    from: Number(first),
    to: Number(last),
    written: written === 1,
    planned_at: Number(plannedAt),
  };
}
