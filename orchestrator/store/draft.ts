/**
 * What one durable commit changes beyond the rows: numbers given out, counters, execution times.
 * Collected while the rows are written, written once before the commit, and taken over into memory
 * only after it: a commit that fails leaves no trace.
 *
 * @module
 */
import type { BatchHead } from "./batch_heads.ts";
import type { Connection } from "./connection.ts";
import { statusOfLane } from "./lanes.ts";
import type { Handout } from "./handouts.ts";
import type { NewEventRecord } from "./store.ts";

/** What has left the store, ever. */
export interface Removed {
  readonly tasks: number;
  readonly results: number;
  /** Redistributions of the tasks that left. */
  readonly redistributed: number;
  /** Receipts of files taken and refused. */
  readonly accepted: number;
  readonly rejected: number;
}

/** The row of totals; `generation` is the number of the last durable commit. */
export interface Totals {
  generation: number;
  /** Number of the latest change of any task. */
  clock: number;
  /** First `seq` that is not in use; rows from here on belong to a file being received. */
  nextSeq: number;
  results: number;
  redistributed: number;
  filesAccepted: number;
  filesRejected: number;
  removed: Removed;
}

/**
 * A file being received. Its rows are numbered as if they had changed in the future, because they
 * appear all at once, behind everything that happens until then: the cursor of a queue and the
 * order of a listing would pass them by otherwise.
 */
export interface OpenIntake {
  readonly batch: number;
  /** Its rows have `changed` from here on; everything else stays below. */
  firstChanged: number;
  /** How many changes fit below before its rows must be numbered again. */
  readonly room: number;
}

interface WorkerDelta {
  completed: number;
  failed: number;
  executionMs: number;
}

const ADD_TO_LANE = `
INSERT INTO lanes (lane, count) VALUES (?, ?)
ON CONFLICT (lane) DO UPDATE SET count = count + excluded.count`;

const SET_BATCH = `
UPDATE batches SET pending = ?, assigned = ?, running = ?, redistributed = ?, completed = ?,
  failed = ?, cancelled = ?, removed = ?, finished_at = ?
WHERE number = ?`;

const ADD_TO_WORKER = `
INSERT INTO worker_totals (worker, completed, failed, execution_ms) VALUES (?, ?, ?, ?)
ON CONFLICT (worker) DO UPDATE SET completed = completed + excluded.completed,
  failed = failed + excluded.failed, execution_ms = execution_ms + excluded.execution_ms`;

const SET_FARM = `
UPDATE farm SET generation = ?, clock = ?, next_seq = ?, results = ?, redistributed = ?,
  files_accepted = ?, files_rejected = ?`;

const SET_REMOVED = `
UPDATE farm SET removed_tasks = ?, removed_results = ?, removed_redistributed = ?,
  removed_accepted = ?, removed_rejected = ?`;

export class Draft {
  readonly totals: Totals;
  readonly lanes = new Map<number, number>();
  readonly batches = new Map<number, BatchHead>();
  readonly executionMs: number[] = [];
  readonly finished: string[] = [];
  /** Tasks handed out for the first time, whose rows stay behind, and those whose rows catch up. */
  readonly handedOut: Handout[] = [];
  readonly caughtUp = new Set<number>();
  /** What happened with this commit, to be written with it. */
  readonly events: NewEventRecord[] = [];
  /** The file being received, until this commit accepts it. */
  intake: OpenIntake | null;
  /** How far the rows of a file being received had to move out of the way. */
  moved = 0;
  readonly #workers = new Map<string, WorkerDelta>();
  readonly #touched = new Map<number, number>();
  readonly #removedBefore: Removed;

  readonly #head: (batch: number) => BatchHead;

  /** `head` finds a batch as it was before this commit. */
  constructor(
    before: { totals: Totals; intake: OpenIntake | null },
    head: (batch: number) => BatchHead,
  ) {
    this.totals = { ...before.totals, generation: before.totals.generation + 1 };
    this.#removedBefore = before.totals.removed;
    this.intake = before.intake;
    this.#head = head;
  }

  /** Counts a task from one lane into another. `at` is when it became terminal, if it did. */
  move(batch: number, from: number, to: { lane: number; at: number | null }): void {
    this.addToLane(from, -1);
    this.addToLane(to.lane, 1);
    const { counts } = this.batch(batch);
    counts[statusOfLane(from)]--;
    counts[statusOfLane(to.lane)]++;
    this.touch(batch, to.at ?? 0);
  }

  /** Counts a task of a lane as removed, in its batch. */
  remove(batch: number, lane: number): void {
    this.addToLane(lane, -1);
    const head = this.batch(batch);
    head.counts[statusOfLane(lane)]--;
    head.removed++;
    this.touch(batch, 0);
  }

  countRemoved(more: Partial<Removed>): void {
    const { removed } = this.totals;
    this.totals.removed = {
      tasks: removed.tasks + (more.tasks ?? 0),
      results: removed.results + (more.results ?? 0),
      redistributed: removed.redistributed + (more.redistributed ?? 0),
      accepted: removed.accepted + (more.accepted ?? 0),
      rejected: removed.rejected + (more.rejected ?? 0),
    };
  }

  addToLane(lane: number, count: number): void {
    this.lanes.set(lane, (this.lanes.get(lane) ?? 0) + count);
  }

  batch(number: number): BatchHead {
    let head = this.batches.get(number);
    if (head === undefined) {
      const before = this.#head(number);
      head = { ...before, counts: { ...before.counts } };
      this.batches.set(number, head);
    }
    return head;
  }

  /** Has the batch's counts written, and its end looked for; `at` is when it would have ended. */
  touch(batch: number, at: number): void {
    this.#touched.set(batch, Math.max(at, this.#touched.get(batch) ?? 0));
  }

  countAttempt(worker: string, attempt: { completed?: boolean; executionMs?: number }): void {
    const delta = this.#workers.get(worker) ?? { completed: 0, failed: 0, executionMs: 0 };
    if (attempt.completed === true) delta.completed++;
    else delta.failed++;
    delta.executionMs += attempt.executionMs ?? 0;
    this.#workers.set(worker, delta);
  }

  /** Writes everything, inside the transaction that writes the rows. */
  write(connection: Connection): void {
    for (const [lane, count] of this.lanes) {
      if (count !== 0) connection.run(ADD_TO_LANE, lane, count);
    }
    for (const [number, at] of this.#touched) this.#writeBatch(connection, number, at);
    for (const [worker, delta] of this.#workers) {
      connection.run(ADD_TO_WORKER, worker, delta.completed, delta.failed, delta.executionMs);
    }
    const t = this.totals;
    connection.run(
      SET_FARM,
      t.generation,
      t.clock,
      t.nextSeq,
      t.results,
      t.redistributed,
      t.filesAccepted,
      t.filesRejected,
    );
    const gone = t.removed;
    if (gone === this.#removedBefore) return;
    connection.run(
      SET_REMOVED,
      gone.tasks,
      gone.results,
      gone.redistributed,
      gone.accepted,
      gone.rejected,
    );
  }

  #writeBatch(connection: Connection, number: number, at: number): void {
    const head = this.batch(number);
    const c = head.counts;
    const open = c.pending + c.assigned + c.running + c.redistributed;
    if (open > 0) head.finishedAt = null;
    else if (head.finishedAt === null) {
      head.finishedAt = at;
      this.finished.push(head.id);
      this.events.push({
        at,
        kind: "batch_finished",
        batch: head.id,
        details: {
          file: head.file,
          completed: c.completed,
          failed: c.failed,
          cancelled: c.cancelled,
        },
      });
    }
    connection.run(
      SET_BATCH,
      c.pending,
      c.assigned,
      c.running,
      c.redistributed,
      c.completed,
      c.failed,
      c.cancelled,
      head.removed,
      head.finishedAt,
      number,
    );
  }
}
