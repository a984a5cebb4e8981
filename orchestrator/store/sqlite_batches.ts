/**
 * Receipts of task files, and the tasks of a file in its own order.
 *
 * @module
 */
import { TASK_STATUSES, type TaskStatus } from "../../contract/task.ts";
import type { Row } from "./connection.ts";
import type { Ledger } from "./ledger.ts";
import { LISTED_COLUMNS, LISTED_FROM, listedFrom, parse } from "./rows.ts";
import type { BatchRecord, TaskListed } from "./store.ts";

const BATCH = `
SELECT number, id, file, archived_as, sha256, bytes, state, received_at, metadata, accepted, known,
  requeued, errors, errors_total, finished_at, removed, pending, assigned, running, redistributed,
  completed, failed, cancelled
FROM batches`;
const COUNTS_START = 16;

/** Newest first. */
export function batches(
  ledger: Ledger,
  options: { limit: number; cursor?: string },
): { batches: BatchRecord[]; next: string | null } {
  const before = Number(options.cursor ?? Number.MAX_SAFE_INTEGER);
  const sql = `${BATCH} WHERE number < ? ORDER BY number DESC LIMIT ?`;
  const rows = ledger.connection.all(sql, before, options.limit);
  const last = rows.length < options.limit ? undefined : rows.at(-1);
  return { batches: rows.map(batchFrom), next: last === undefined ? null : String(last[0]) };
}

export function batch(ledger: Ledger, name: string): BatchRecord | null {
  for (const column of ["id", "archived_as", "file"]) {
    const sql = `${BATCH} WHERE ${column} = ? ORDER BY number DESC LIMIT 1`;
    const row = ledger.connection.get(sql, name);
    if (row !== undefined) return batchFrom(row);
  }
  return null;
}

function batchFrom(row: Row): BatchRecord {
  const counts = TASK_STATUSES.map((status, i) => [status, Number(row[COUNTS_START + i])]);
  return {
    id: String(row[1]),
    file: String(row[2]),
    archived_as: String(row[3]),
    sha256: String(row[4]),
    bytes: Number(row[5]),
    state: row[6] as BatchRecord["state"],
    received_at: Number(row[7]),
    metadata: parse(row[8]),
    accepted: Number(row[9]),
    known: Number(row[10]),
    requeued: Number(row[11]),
    errors: parse<unknown[]>(row[12]) ?? [],
    errors_total: Number(row[13]),
    counts: Object.fromEntries(counts) as Record<TaskStatus, number>,
    finished_at: row[14] as number | null,
    removed: Number(row[15]),
  };
}

const NEW_TASKS = `
SELECT ${LISTED_COLUMNS} FROM ${LISTED_FROM}
WHERE t.seq > ? AND t.seq <= ? ORDER BY t.seq LIMIT ?`;

const KNOWN_TASKS = `
SELECT ${LISTED_COLUMNS}, k.anchor, k.place
FROM batch_known k JOIN tasks t ON t.seq = k.seq LEFT JOIN results r ON r.number = t.result
WHERE k.batch = ? AND k.place > ? ORDER BY k.place LIMIT ?`;

/** A task and where it stands: a known one before the new one of the same `anchor`. */
interface Placed {
  readonly task: TaskListed;
  readonly anchor: number;
  readonly place: number | null;
}

/** The cursor says up to which new task (`seq`) and which known one (`place`) the pages went. */
export function batchTasks(
  ledger: Ledger,
  batchId: string,
  options: { limit: number; cursor?: string },
): { tasks: TaskListed[]; next: string | null } {
  const { connection } = ledger;
  const sql = "SELECT number, first_seq, last_seq FROM batches WHERE id = ? AND state = 'accepted'";
  const found = connection.get(sql, batchId);
  if (found === undefined) return { tasks: [], next: null };
  const [number, first, last] = found.map(Number);
  let [seq, place] = options.cursor?.split(".").map(Number) ?? [first! - 1, -1];
  const fresh = connection.all(NEW_TASKS, seq!, last!, options.limit).map((row): Placed => {
    return { task: listedFrom(ledger, row), anchor: Number(row[0]), place: null };
  });
  const known = connection.all(KNOWN_TASKS, number!, place!, options.limit).map((row): Placed => {
    const task = listedFrom(ledger, row);
    return { task, anchor: Number(row.at(-2)), place: Number(row.at(-1)) };
  });
  const merged = [...fresh, ...known].sort(inFileOrder).slice(0, options.limit);
  for (const one of merged) {
    if (one.place === null) seq = one.anchor;
    else place = one.place;
  }
  const next = merged.length < options.limit ? null : `${seq}.${place}`;
  return { tasks: merged.map(({ task }) => task), next };
}

function inFileOrder(a: Placed, b: Placed): number {
  return a.anchor - b.anchor || (a.place ?? Infinity) - (b.place ?? Infinity);
}
