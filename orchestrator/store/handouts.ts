/**
 * Tasks that were handed out for the first time and whose rows do not say so yet. Most tasks end a
 * moment later, so their rows would be rewritten twice: instead, the commit that hands them out
 * writes one line that names them all, and each row is written when its task goes on. Whoever reads
 * rows has these written first.
 *
 * Invariant: the row of such a task still lies in its fresh lane with attempt 0, and everything else
 * (counters, batches, the scheduler) has it as assigned. Its line stays until all tasks of the line
 * have rows of their own again; a start writes the rows of the lines that it finds.
 *
 * @module
 */
import type { Connection } from "./connection.ts";
import { PLACE } from "./lanes.ts";
import type { TaskChange } from "./store.ts";

/** Most tasks whose rows are behind: writing them all must not be felt, some 40 ms. */
export const BEHIND_MAX = 5_000;

const INSERT = "INSERT INTO handouts (id, lane, worker, assigned_at, tasks) VALUES (?, ?, ?, ?, ?)";
const DELETE = "DELETE FROM handouts WHERE id = ?";
const LINES = "SELECT lane, worker, assigned_at, tasks FROM handouts ORDER BY id";
const FRESH = `
SELECT count(*) FROM json_each(?) line CROSS JOIN tasks t ON t.seq = line.value
WHERE t.lane = ? AND t.attempt = 0`;
const WRITE_ROW = `
UPDATE tasks SET lane = ?, changed = ?, attempt = 1, worker = ?, assigned_at = ?
WHERE seq = ? AND lane = ? AND attempt = 0`;

/** What a line says of its tasks. */
export interface Handout {
  /** The fresh lane in which their rows lie. */
  readonly lane: number;
  readonly worker: string;
  readonly assignedAt: number;
  /** For each task its `seq` and the number of this change, in turns. */
  readonly tasks: readonly number[];
}

/** What a commit changes about them. */
export interface HandoutChanges {
  readonly handedOut: readonly Handout[];
  /** Tasks whose rows were behind until now. */
  readonly caughtUp: ReadonlySet<number>;
}

interface Line extends Handout {
  readonly id: number;
  /** Tasks whose rows are still behind. */
  left: number;
}

/** A first assignment of a task that nothing has happened to yet: a line says all of it. */
export function isFirst({ from, task, ended, result }: TaskChange): boolean {
  return from === "pending" && task.status === "assigned" && task.attempt === 1 &&
    task.worker !== null && task.assigned_at !== null && task.started_at === null &&
    task.completed_at === null && task.execution_ms === null && task.not_before === null &&
    task.error === null && task.tried.length === 0 && ended === undefined &&
    result === undefined && task.retry_count + task.redistributions + task.crashes === 0;
}

export class Handouts {
  readonly #behind = new Map<number, { readonly line: Line; readonly changed: number }>();
  #lastId = 0;

  /** How many more tasks may be behind. */
  get room(): number {
    return BEHIND_MAX - this.#behind.size;
  }

  /** Whether the row of a task is behind; it lies in its fresh lane then. */
  has(seq: number): boolean {
    return this.#behind.has(seq);
  }

  /** Whether the rows of all these tasks say that they are fresh, as part of a commit. */
  areFresh(connection: Connection, seqs: readonly number[], lane: number): boolean {
    if (seqs.some((seq) => this.#behind.has(seq))) return false;
    return connection.number(FRESH, JSON.stringify(seqs), lane) === seqs.length;
  }

  /** Writes the lines of a commit that come and those that go. */
  write(connection: Connection, { handedOut, caughtUp }: HandoutChanges): void {
    for (const { lane, worker, assignedAt, tasks } of handedOut) {
      connection.run(INSERT, ++this.#lastId, lane, worker, assignedAt, JSON.stringify(tasks));
    }
    const goingOn = new Map<Line, number>();
    for (const seq of caughtUp) {
      const { line } = this.#behind.get(seq)!;
      goingOn.set(line, (goingOn.get(line) ?? 0) + 1);
    }
    for (const [{ id, left }, count] of goingOn) if (left === count) connection.run(DELETE, id);
  }

  /** The commit is on disk. */
  takeOver({ handedOut, caughtUp }: HandoutChanges): void {
    let id = this.#lastId - handedOut.length;
    for (const handout of handedOut) {
      const line = { ...handout, id: ++id, left: handout.tasks.length / 2 };
      for (const [seq, changed] of pairs(handout.tasks)) this.#behind.set(seq, { line, changed });
    }
    for (const seq of caughtUp) {
      this.#behind.get(seq)!.line.left--;
      this.#behind.delete(seq);
    }
  }

  /** Writes all rows that are behind, as a transaction of `transact`. */
  catchUp(connection: Connection, transact: (work: () => void) => void): void {
    if (this.#behind.size === 0) return;
    transact(() => {
      for (const [seq, { line, changed }] of this.#behind) {
        writeRow(connection, line, [seq, changed]);
      }
      connection.run("DELETE FROM handouts");
    });
    this.#behind.clear();
  }

  /** Forgets what it knows: the file was opened anew, and {@linkcode catchUpFile} has been there. */
  clear(): void {
    this.#behind.clear();
  }
}

/** What an earlier life left behind. A task that went on since has another attempt by now. */
export function catchUpFile(connection: Connection): void {
  const lines = connection.all(LINES);
  if (lines.length === 0) return;
  connection.transaction(() => {
    for (const [lane, worker, assignedAt, tasks] of lines) {
      const line = {
        lane: Number(lane),
        worker: String(worker),
        assignedAt: Number(assignedAt),
        tasks: JSON.parse(String(tasks)) as number[],
      };
      for (const pair of pairs(line.tasks)) writeRow(connection, line, pair);
    }
    connection.run("DELETE FROM handouts");
  });
}

function writeRow(
  connection: Connection,
  { lane, worker, assignedAt }: Handout,
  [seq, changed]: readonly [seq: number, changed: number],
): void {
  const assigned = lane - PLACE.fresh + PLACE.assigned;
  connection.run(WRITE_ROW, assigned, changed, worker, assignedAt, seq, lane);
}

function* pairs(tasks: readonly number[]): Generator<[seq: number, changed: number]> {
  for (let at = 0; at < tasks.length; at += 2) yield [tasks[at]!, tasks[at + 1]!];
}
