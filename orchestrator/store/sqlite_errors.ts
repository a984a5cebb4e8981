/**
 * Groups of failures, counted in the very transaction that writes the failed task.
 *
 * @module
 */
import type { Connection, Row } from "./connection.ts";
import { errorShape } from "./error_shape.ts";
import type { Ledger } from "./ledger.ts";
import type { Failure } from "../../contract/wire.ts";
import type { ErrorGroup, TaskChange } from "./store.ts";

/** Most groups; what is new beyond it is counted by its code alone. */
const GROUPS_MAX = 1000;
const EXAMPLE_LENGTH_MAX = 2000;

const ADD = `
UPDATE error_groups SET count = count + 1, total = total + 1, last_seen = max(last_seen, ?)
WHERE fingerprint = ? RETURNING id`;
const CREATE = `
INSERT INTO error_groups
  (fingerprint, kind, code, message, example, count, total, first_seen, last_seen)
VALUES (?, ?, ?, ?, ?, 1, 1, ?, ?) RETURNING id`;
const LEAVE = `
UPDATE error_groups SET count = count - 1
WHERE id = (SELECT error_group FROM tasks WHERE seq = ?)`;
const COLUMNS = "id, kind, code, message, example, count, total, first_seen, last_seen";

/** Counts a transition out of or into `failed`; returns the group the task is in after it. */
export function countFailure(connection: Connection, { task, from }: TaskChange): number | null {
  if (from === "failed") connection.run(LEAVE, task.seq);
  if (task.status !== "failed" || task.error === null) return null;
  const { kind, code, message } = task.error;
  const at = task.completed_at ?? task.created_at;
  const shape = errorShape(message, task.task_id);
  const known = connection.get(ADD, at, fingerprint(task.error, shape));
  if (known !== undefined) return Number(known[0]);
  const groups = connection.number("SELECT count(*) FROM error_groups");
  const shown = groups < GROUPS_MAX ? shape : "…";
  const print = fingerprint(task.error, shown);
  const other = groups < GROUPS_MAX ? undefined : connection.get(ADD, at, print);
  if (other !== undefined) return Number(other[0]);
  const example = message.slice(0, EXAMPLE_LENGTH_MAX);
  return connection.number(CREATE, print, kind, code, shown, example, at, at);
}

function fingerprint({ kind, code }: Failure, shape: string): string {
  return JSON.stringify([kind, code, shape]);
}

/** Groups, the one with most failed tasks first. There are few, so the cursor is a number of them. */
export function errorGroups(
  { connection }: Ledger,
  { limit, cursor }: { limit: number; cursor?: string },
): { groups: ErrorGroup[]; total: number; next: string | null } {
  const skipped = Math.max(0, Math.floor(Number(cursor ?? 0)) || 0);
  const sql = `SELECT ${COLUMNS} FROM error_groups ORDER BY count DESC, last_seen DESC, id
    LIMIT ? OFFSET ?`;
  const groups = connection.all(sql, limit, skipped).map(groupFrom);
  const total = connection.number("SELECT count(*) FROM error_groups");
  const end = skipped + groups.length;
  return { groups, total, next: end < total && groups.length > 0 ? String(end) : null };
}

/** How many tasks of a group are failed. */
export function failuresOf({ connection }: Ledger, group: number): number {
  return connection.number("SELECT count FROM error_groups WHERE id = ?", group);
}

function groupFrom(row: Row): ErrorGroup {
  return {
    id: Number(row[0]),
    kind: row[1] as Failure["kind"],
    code: String(row[2]),
    message: String(row[3]),
    example: String(row[4]),
    count: Number(row[5]),
    total: Number(row[6]),
    first_seen: Number(row[7]),
    last_seen: Number(row[8]),
  };
}
