/**
 * Writes the story of the farm within the commits it tells of: bounded in number, and bounded a
 * minute, so that a flood of one kind does not wash away everything else.
 *
 * @module
 */
import type { Connection } from "./connection.ts";
import {
  EVENT_TEXT_MAX,
  type EventKind,
  EVENTS_A_MINUTE,
  EVENTS_MAX,
  type NewEventRecord,
  type TaskRow,
} from "./store.ts";

const MINUTE_MS = 60_000;

const INSERT = `
INSERT INTO events (at, kind, worker, task_id, batch, more, details) VALUES (?, ?, ?, ?, ?, ?, ?)
RETURNING id`;
const COUNT_ON = "UPDATE events SET more = more + 1 WHERE id = ?";
const KEEP_LATEST = "DELETE FROM events WHERE id <= ?";

/** What was told of one kind in the present minute. */
interface Told {
  readonly minute: number;
  count: number;
  /** The row that counts all further ones. */
  summary: number | null;
}

export class EventWriter {
  readonly #told = new Map<EventKind, Told>();

  /** Writes events as part of a transaction. */
  write(connection: Connection, events: readonly NewEventRecord[]): void {
    for (const event of events) this.#writeOne(connection, event);
  }

  /** After a transaction that failed: what it told is not told. */
  forget(): void {
    this.#told.clear();
  }

  #writeOne(connection: Connection, event: NewEventRecord): void {
    const minute = Math.floor(event.at / MINUTE_MS);
    let told = this.#told.get(event.kind);
    if (told === undefined || told.minute !== minute) {
      told = { minute, count: 0, summary: null };
      this.#told.set(event.kind, told);
    }
    told.count++;
    if (told.count <= EVENTS_A_MINUTE) insert(connection, event);
    else if (told.summary !== null) connection.run(COUNT_ON, told.summary);
    else told.summary = insert(connection, { at: event.at, kind: event.kind }, 1);
  }
}

function insert(connection: Connection, event: NewEventRecord, more = 0): number {
  const { at, kind, worker, task_id, batch, details } = event;
  const id = connection.number(
    INSERT,
    at,
    kind,
    worker ?? null,
    task_id ?? null,
    batch ?? null,
    more,
    JSON.stringify(details ?? {}),
  );
  if (id > EVENTS_MAX) connection.run(KEEP_LATEST, id - EVENTS_MAX);
  return id;
}

/** A task has failed and is not going to be tried again. */
export function failureOf({ task_id, batch, worker, attempt, error, ...row }: TaskRow) {
  const { kind, code, message = "" } = error ?? {};
  const event: NewEventRecord = {
    at: row.completed_at ?? row.created_at,
    kind: "task_failed",
    task_id,
    batch,
    ...(worker === null ? {} : { worker }),
    details: { attempt, kind, code, message: message.slice(0, EVENT_TEXT_MAX) },
  };
  return event;
}
