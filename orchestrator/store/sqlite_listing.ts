/**
 * Tasks for people: pages by filter, newest change first, how many there are, and one task with its
 * story. Every call looks at a bounded number of rows at a time and lets others go on in between.
 *
 * @module
 */
import { setImmediate } from "node:timers/promises";
import type { Row } from "./connection.ts";
import { noTasks, queueOfLane, statusOfLane } from "./lanes.ts";
import type { Ledger } from "./ledger.ts";
import { failuresOf } from "./sqlite_errors.ts";
import { LISTED_COLUMNS, LISTED_FROM, listedFrom, parse } from "./rows.ts";
import type { AttemptRecord, TaskDetail, TaskListed, TaskPage, TaskQuery } from "./store.ts";

/** Rows looked at before others get their turn: some 5 ms. */
const STEP_ROWS = 1_000;
/** Rows looked at for one page; a filter that fits less than one row in a hundred ends short. */
const PAGE_ROWS_MAX = 10_000;
/** A batch up to this size is sorted whole, instead of searched for among all tasks. */
const SORTED_BATCH_MAX = 10_000;

interface Place {
  readonly seq: number;
  readonly changed: number;
  /** What a filter asks of the row; only read where there is one. */
  readonly row: Row;
}

const FILTERED_COLUMNS = "task_id, description, worker, batch, lane, error_group";
const IN_LANE = `
FROM tasks WHERE lane = ? AND changed < ? ORDER BY changed DESC LIMIT ?`;
const IN_BATCH = `FROM tasks WHERE seq BETWEEN ? AND ? AND changed < ?`;
const IN_GROUP = `
FROM tasks WHERE error_group = ? AND changed < ? ORDER BY changed DESC LIMIT ?`;
const FILTERED = `SELECT ${FILTERED_COLUMNS} FROM tasks`;
const LISTED = `SELECT ${LISTED_COLUMNS} FROM ${LISTED_FROM}`;

export async function page(
  ledger: Ledger,
  query: TaskQuery,
  options: { limit: number; cursor?: string },
): Promise<TaskPage> {
  const search = new Search(ledger, query);
  const tasks: TaskListed[] = [];
  let seen = 0;
  let before = options.cursor === undefined ? ledger.ceiling : Number(options.cursor);
  for (let looked = 0; looked < PAGE_ROWS_MAX; looked += STEP_ROWS) {
    if (looked > 0) await setImmediate();
    const wanted = search.filtersRows ? STEP_ROWS : options.limit - tasks.length;
    const places = search.newest(before, wanted);
    for (const place of places) {
      before = place.changed;
      seen++;
      if (!search.fits(place)) continue;
      const row = ledger.connection.get(`${LISTED} WHERE t.seq = ?`, place.seq)!;
      tasks.push(listedFrom(ledger, row));
      if (tasks.length === options.limit) return { tasks, next: String(before), looked: seen };
    }
    if (places.length < wanted) return { tasks, next: null, looked: seen };
  }
  return { tasks, next: String(before), looked: seen };
}

export async function count(ledger: Ledger, query: TaskQuery): Promise<number> {
  const search = new Search(ledger, query);
  if (search.nothing) return 0;
  if (!search.filtersRows) return search.lanes.reduce((sum, [, count]) => sum + count, 0);
  if (search.onlyBatchAndStatus) return search.batchCount();
  if (search.onlyErrorAndStatus) return failuresOf(ledger, query.error!);
  const [first, last] = search.range;
  let found = 0;
  for (let from = first; from <= last; from += STEP_ROWS) {
    if (from > first) await setImmediate();
    const to = Math.min(last, from + STEP_ROWS - 1);
    const rows = ledger.connection.all(`${FILTERED} WHERE seq BETWEEN ? AND ?`, from, to);
    for (const row of rows) if (search.matches(row)) found++;
  }
  return found;
}

/** A query, prepared: the lanes it can be found in, and what is left to ask of each row. */
class Search {
  readonly #ledger: Ledger;
  readonly #query: TaskQuery;
  readonly #text: string;
  readonly #batch: { number: number; first: number; last: number } | null = null;
  /** The lanes that hold anything, with their counts. */
  readonly lanes: readonly (readonly [lane: number, count: number])[];
  readonly #laneSet: ReadonlySet<number>;
  /** No task can fit. */
  readonly nothing: boolean;

  constructor(ledger: Ledger, query: TaskQuery) {
    this.#ledger = ledger;
    this.#query = query;
    this.#text = query.text?.toLowerCase() ?? "";
    this.lanes = [...ledger.lanes].filter(([lane, count]) => count > 0 && this.#fitsLane(lane));
    this.#laneSet = new Set(this.lanes.map(([lane]) => lane));
    if (query.batch !== undefined) this.#batch = findBatch(ledger, query.batch);
    this.nothing = this.lanes.length === 0 || (query.batch !== undefined && this.#batch === null);
  }

  get filtersRows(): boolean {
    const { worker, batch, error } = this.#query;
    return worker !== undefined || batch !== undefined || error !== undefined ||
      this.#text !== "";
  }

  get onlyBatchAndStatus(): boolean {
    return this.#batch !== null && this.#query.error === undefined && this.#nothingElse;
  }

  get onlyErrorAndStatus(): boolean {
    return this.#query.error !== undefined && this.#batch === null && this.#nothingElse;
  }

  get #nothingElse(): boolean {
    const { worker, priority, algorithm } = this.#query;
    return this.#text === "" && worker === undefined && priority === undefined &&
      algorithm === undefined;
  }

  /** The rows among which to look, by `seq`. */
  get range(): [first: number, last: number] {
    const all: [number, number] = [1, this.#ledger.totals.nextSeq - 1];
    return this.#batch === null ? all : [this.#batch.first, this.#batch.last];
  }

  batchCount(): number {
    const { counts } = this.#ledger.heads.get(this.#batch!.number);
    const statuses = this.#query.status ?? Object.keys(noTasks()) as (keyof typeof counts)[];
    return [...new Set(statuses)].reduce((sum, status) => sum + counts[status], 0);
  }

  /** The newest changes before one, in any lane of the query. */
  newest(before: number, limit: number): Place[] {
    if (this.nothing) return [];
    const [first, last] = this.range;
    const { error } = this.#query;
    const { connection } = this.#ledger;
    const select = `SELECT seq, changed${this.filtersRows ? `, ${FILTERED_COLUMNS}` : ""} `;
    const places = error !== undefined
      ? connection.all(select + IN_GROUP, error, before, limit)
      : this.#batch !== null && last - first < SORTED_BATCH_MAX
      ? connection.all(select + IN_BATCH, first, last, before).filter((row) => this.#isInLane(row))
      : this.lanes.flatMap(([lane]) => connection.all(select + IN_LANE, lane, before, limit));
    return places
      .map(([seq, changed, ...row]): Place => ({ seq: Number(seq), changed: Number(changed), row }))
      .sort((a, b) => b.changed - a.changed)
      .slice(0, limit);
  }

  fits({ row }: Place): boolean {
    return !this.filtersRows || this.matches(row);
  }

  matches([taskId, description, worker, batch, lane, error]: Row): boolean {
    const query = this.#query;
    if (!this.#laneSet.has(Number(lane))) return false;
    if (query.worker !== undefined && worker !== query.worker) return false;
    if (query.error !== undefined && error !== query.error) return false;
    if (this.#batch !== null && batch !== this.#batch.number) return false;
    return this.#text === "" || String(taskId).toLowerCase().includes(this.#text) ||
      (typeof description === "string" && description.toLowerCase().includes(this.#text));
  }

  /** Of a row with what a filter asks: the lane stands behind the place and four others. */
  #isInLane(row: Row): boolean {
    return this.#laneSet.has(Number(row[6]));
  }

  #fitsLane(lane: number): boolean {
    const { status, priority, algorithm, error } = this.#query;
    // Only failed tasks are in a group of errors.
    if (error !== undefined && statusOfLane(lane) !== "failed") return false;
    const key = this.#ledger.queues.key(queueOfLane(lane));
    return (status === undefined || status.includes(statusOfLane(lane))) &&
      (priority === undefined || priority === key.priority) &&
      (algorithm === undefined || algorithm === key.algorithm);
  }
}

function findBatch(
  ledger: Ledger,
  id: string,
): { number: number; first: number; last: number } | null {
  const sql = "SELECT number, first_seq, last_seq FROM batches WHERE id = ? AND state = 'accepted'";
  const row = ledger.connection.get(sql, id);
  if (row === undefined) return null;
  return { number: Number(row[0]), first: Number(row[1]), last: Number(row[2]) };
}

const ATTEMPTS = `
SELECT attempt, worker, assigned_at, started_at, ended_at, outcome, error
FROM attempts WHERE seq = ? ORDER BY id`;

export function detail(ledger: Ledger, taskId: string): TaskDetail | null {
  const sql = `${LISTED} WHERE t.task_id = ? AND t.seq < ?`;
  const read = () => ledger.connection.get(sql, taskId, ledger.totals.nextSeq);
  let row = read();
  if (row === undefined) return null;
  if (ledger.handouts.has(Number(row[0]))) {
    ledger.catchUpToShow();
    row = read()!;
  }
  const task = listedFrom(ledger, row);
  const ended = ledger.connection.all(ATTEMPTS, task.seq).map(attemptFrom);
  const latest = latestAttempt(task);
  return { ...task, attempts: latest === null ? ended : [...ended, latest] };
}

function attemptFrom(row: Row): AttemptRecord {
  return {
    attempt: Number(row[0]),
    worker: String(row[1]),
    assigned_at: Number(row[2]),
    started_at: row[3] as number | null,
    ended_at: Number(row[4]),
    outcome: row[5] as AttemptRecord["outcome"],
    error: parse(row[6]),
  };
}

/** The attempt that only the row tells of: under way, or completed. */
function latestAttempt(task: TaskListed): TaskDetail["attempts"][number] | null {
  const { status, worker } = task;
  if (
    worker === null || !(status === "assigned" || status === "running" || status === "completed")
  ) {
    return null;
  }
  return {
    attempt: task.attempt,
    worker,
    assigned_at: task.assigned_at ?? task.created_at,
    started_at: task.started_at,
    ended_at: status === "completed" ? task.completed_at : null,
    outcome: status,
    error: null,
  };
}
