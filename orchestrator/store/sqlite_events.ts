/**
 * The story of the farm on SQLite: what the shell adds to it, what people read of it.
 *
 * @module
 */
import { setImmediate } from "node:timers/promises";
import type { Row } from "./connection.ts";
import type { Ledger } from "./ledger.ts";
import type { EventKind, EventPage, EventQuery, EventRecord, NewEventRecord } from "./store.ts";

/** Rows looked at before others get their turn. */
const STEP_ROWS = 10_000;

/** From the oldest on, as far as they are too old. The latest stays: no id is given out again. */
const REMOVE = `
DELETE FROM events WHERE at < ? AND id IN (
  SELECT id FROM events WHERE id < (SELECT max(id) FROM events) ORDER BY id LIMIT ?
)`;

export function addEvents(ledger: Ledger, events: readonly NewEventRecord[]): void {
  try {
    ledger.loose(() => ledger.events.write(ledger.connection, events));
  } catch (error) {
    ledger.events.forget();
    throw error;
  }
}

export function removeEvents(
  ledger: Ledger,
  { before, limit = 1000 }: { before: number; limit?: number },
): number {
  return ledger.loose(() => ledger.connection.run(REMOVE, before, limit));
}

const COLUMNS = "id, at, kind, worker, task_id, batch, more, details";

/** Newest first. There are few enough to be looked through without an index, in steps. */
export async function events(
  { connection }: Ledger,
  query: EventQuery,
  { limit, cursor }: { limit: number; cursor?: string },
): Promise<EventPage> {
  const { where, values } = conditions(query);
  const sql = `
    SELECT ${COLUMNS} FROM events WHERE id < ? AND id >= ?${where} ORDER BY id DESC LIMIT ?`;
  const first = connection.number("SELECT min(id) FROM events");
  const last = connection.number("SELECT max(id) FROM events");
  const found: EventRecord[] = [];
  let before = Math.min(last + 1, cursor === undefined ? Infinity : Number(cursor));
  while (before > first) {
    const from = Math.max(first, before - STEP_ROWS);
    const rows = connection.all(sql, before, from, ...values, limit - found.length);
    found.push(...rows.map(eventFrom));
    if (found.length === limit) return { events: found, next: String(found.at(-1)!.id) };
    before = from;
    await setImmediate();
  }
  return { events: found, next: null };
}

function conditions(query: EventQuery): { where: string; values: (string | number)[] } {
  const { kinds, worker, task_id, batch, since } = query;
  let where = "";
  const values: (string | number)[] = [];
  if (kinds !== undefined) {
    where += ` AND kind IN (${kinds.map(() => "?").join(", ")})`;
    values.push(...kinds);
  }
  const equals = { worker, task_id, batch };
  for (const [column, value] of Object.entries(equals)) {
    if (value === undefined) continue;
    where += ` AND ${column} = ?`;
    values.push(value);
  }
  if (since !== undefined) {
    where += " AND at >= ?";
    values.push(since);
  }
  return { where, values };
}

function eventFrom(row: Row): EventRecord {
  return {
    id: Number(row[0]),
    at: Number(row[1]),
    kind: row[2] as EventKind,
    worker: row[3] as string | null,
    task_id: row[4] as string | null,
    batch: row[5] as string | null,
    more: Number(row[6]),
    details: JSON.parse(String(row[7])) as Record<string, unknown>,
  };
}
