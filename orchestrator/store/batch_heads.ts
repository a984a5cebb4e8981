/**
 * What is kept in memory of a batch while its tasks are read and change: its name, its counters.
 *
 * @module
 */
import { TASK_STATUSES, type TaskStatus } from "../../contract/task.ts";
import type { Connection, Row } from "./connection.ts";
import { noTasks } from "./lanes.ts";

export interface BatchHead {
  readonly id: string;
  readonly file: string;
  readonly counts: Record<TaskStatus, number>;
  /** Tasks that have left the store: with the counts they add up to all that were accepted. */
  removed: number;
  finishedAt: number | null;
}

/** Batches kept in memory; one beyond is read again when it is needed. */
const HEADS_MAX = 10_000;

const HEAD = `
SELECT id, file, finished_at, removed, ${TASK_STATUSES.join(", ")}
FROM batches WHERE number = ?`;
const COUNTS_START = 4;

export class BatchHeads {
  readonly #connection: () => Connection;
  readonly #heads = new Map<number, BatchHead>();
  readonly #numbers = new Map<string, number>();

  constructor(connection: () => Connection) {
    this.#connection = connection;
  }

  get(number: number): BatchHead {
    let head = this.#heads.get(number);
    if (head === undefined) {
      head = headFrom(this.#connection().get(HEAD, number)!);
      this.set(number, head);
    }
    return head;
  }

  /** The number of a batch by its id. */
  number(id: string): number {
    let number = this.#numbers.get(id);
    if (number === undefined) {
      number = this.#connection().number("SELECT number FROM batches WHERE id = ?", id);
      if (this.#numbers.size >= HEADS_MAX) this.#numbers.clear();
      this.#numbers.set(id, number);
    }
    return number;
  }

  set(number: number, head: BatchHead): void {
    if (this.#heads.size >= HEADS_MAX) this.#heads.clear();
    this.#heads.set(number, head);
  }

  /** The number of an abandoned batch is given out again. */
  clear(): void {
    this.#heads.clear();
    this.#numbers.clear();
  }
}

function headFrom(row: Row): BatchHead {
  const counts = noTasks();
  for (const [i, status] of TASK_STATUSES.entries()) counts[status] = Number(row[COUNTS_START + i]);
  return {
    id: String(row[0]),
    file: String(row[1]),
    finishedAt: row[2] as number | null,
    removed: Number(row[3]),
    counts,
  };
}
