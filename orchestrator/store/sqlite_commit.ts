/**
 * Writes the scheduler's changes: one UPDATE for a task, one INSERT for a result or an attempt.
 *
 * @module
 */
import type { Draft } from "./draft.ts";
import { failureOf } from "./event_writer.ts";
import { laneOf, PLACE, placeOf } from "./lanes.ts";
import type { Ledger } from "./ledger.ts";
import { unparse } from "./rows.ts";
import { countFailure } from "./sqlite_errors.ts";
import type { SqliteIntake } from "./sqlite_intake.ts";
import {
  type BatchAccepted,
  type Change,
  type CommitReport,
  StoreError,
  type TaskChange,
  type TaskRow,
  type WorkerChange,
} from "./store.ts";

/** Only from the state the caller believes in: a second writer would show here. */
const UPDATE_TASK = `
UPDATE tasks SET lane = ?, changed = ?, attempt = ?, worker = ?, assigned_at = ?, started_at = ?,
  completed_at = ?, execution_ms = ?, retry_count = ?, redistributions = ?, crashes = ?,
  not_before = ?, error = ?, tried = ?, result = ?, error_group = ?
WHERE seq = ? AND lane = ? AND attempt <= ?3 AND redistributions <= ?10`;

const INSERT_RESULT = `
INSERT INTO results (number, seq, attempt, worker, assigned_at, started_at, completed_at,
  execution_ms, result)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;

const INSERT_ATTEMPT = `
INSERT INTO attempts (seq, attempt, worker, assigned_at, started_at, ended_at, outcome, error)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;

/** A completed attempt stands in the results log only, until its task is to run again. */
const KEEP_COMPLETED_ATTEMPT = `
INSERT INTO attempts (seq, attempt, worker, assigned_at, started_at, ended_at, outcome, error)
SELECT r.seq, r.attempt, r.worker, coalesce(r.assigned_at, r.completed_at), r.started_at,
  r.completed_at, 'completed', NULL
FROM tasks t JOIN results r ON r.number = t.result WHERE t.seq = ?`;

const UPSERT_WORKER = `
INSERT INTO workers (id, epoch, address, at) VALUES (?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch, address = excluded.address,
  at = excluded.at`;

/** Writes all changes, durably, or none of them. */
export function commitChanges(
  ledger: Ledger,
  intake: SqliteIntake | null,
  changes: readonly Change[],
): CommitReport {
  const { draft } = ledger.durable((draft) => {
    for (const change of changes) {
      if (change.kind === "task") writeTask(ledger, draft, change);
      else if (change.kind === "worker") writeWorker(ledger, change);
      else acceptBatch(intake, draft, change);
    }
  });
  if (ledger.intake !== null && draft.intake === null) intake?.close();
  return { finished: draft.finished };
}

function acceptBatch(intake: SqliteIntake | null, draft: Draft, change: BatchAccepted): void {
  if (intake === null || intake.batchId !== change.batch) {
    throw new StoreError("misuse", `Batch ${change.batch} is not being received`);
  }
  intake.accept(draft, change);
}

function writeWorker(ledger: Ledger, worker: WorkerChange): void {
  ledger.connection.run(UPSERT_WORKER, worker.id, worker.epoch, worker.address, worker.at);
}

function writeTask(ledger: Ledger, draft: Draft, change: TaskChange): void {
  checkChange(change);
  const { task, ended, result } = change;
  const { connection } = ledger;
  const queue = ledger.queues.id(task);
  if (queue === undefined) throw strayed(change);
  if (change.from === "completed") connection.run(KEEP_COMPLETED_ATTEMPT, task.seq);
  countRedistributions(ledger, draft, task);
  const number = result === undefined ? null : ++draft.totals.results;
  const to = laneOf(queue, targetPlace(change));
  const from = update(ledger, draft, { change, queue, to, number });
  draft.move(ledger.heads.number(task.batch), from, { lane: to, at: task.completed_at });
  if (task.status === "failed") draft.events.push(failureOf(task));
  if (result !== undefined && number !== null) {
    writeResult(ledger, draft, { task, number, text: JSON.stringify(result) });
  } else if (ended !== undefined) {
    connection.run(
      INSERT_ATTEMPT,
      task.seq,
      ended.attempt,
      ended.worker,
      ended.assigned_at,
      ended.started_at,
      ended.ended_at,
      ended.outcome,
      unparse(ended.error),
    );
    if (ended.outcome === "failed") draft.countAttempt(ended.worker, {});
  }
}

function checkChange({ task, result, requeued }: TaskChange): void {
  if ((task.status === "completed") !== (result !== undefined)) {
    throw new StoreError("misuse", `Task ${task.task_id}: a result goes with completed, only`);
  }
  if (requeued === true && (task.status !== "pending" || task.not_before !== null)) {
    throw new StoreError(
      "misuse",
      `Task ${task.task_id} cannot wait fresh and be held back at once`,
    );
  }
}

function targetPlace({ task, requeued }: TaskChange): number {
  if (task.status !== "pending") return placeOf(task.status);
  return requeued === true ? PLACE.fresh : PLACE.held;
}

/** Writes the row, and returns the lane it was in. */
function update(
  ledger: Ledger,
  draft: Draft,
  move: { change: TaskChange; queue: number; to: number; number: number | null },
): number {
  const { change, queue, to, number } = move;
  const { task, from } = change;
  const changed = ledger.tick(draft);
  const error = unparse(task.error);
  const tried = task.tried.length === 0 ? null : JSON.stringify(task.tried);
  const group = countFailure(ledger.connection, change);
  for (const place of placesOf(from, task)) {
    const lane = laneOf(queue, place);
    const updated = ledger.connection.run(
      UPDATE_TASK,
      to,
      changed,
      task.attempt,
      task.worker,
      task.assigned_at,
      task.started_at,
      task.completed_at,
      task.execution_ms,
      task.retry_count,
      task.redistributions,
      task.crashes,
      task.not_before,
      error,
      tried,
      number,
      group,
      task.seq,
      lane,
    );
    if (updated === 1) return lane;
  }
  throw strayed(change);
}

/** Where a task in this state can be, the likelier place first. */
function placesOf(from: TaskChange["from"], task: TaskRow): readonly number[] {
  if (from !== "pending") return [placeOf(from)];
  return task.attempt <= 1 ? [PLACE.fresh, PLACE.held] : [PLACE.held, PLACE.fresh];
}

function strayed({ task, from }: TaskChange): StoreError {
  return new StoreError(
    "misuse",
    `Task ${task.task_id} cannot go from ${from} to ${task.status} in attempt ${task.attempt}: it is not there`,
  );
}

/** Nearly every task has none, and then none before: so the row need not be read. */
function countRedistributions(ledger: Ledger, draft: Draft, task: TaskRow): void {
  if (task.redistributions === 0) return;
  const sql = "SELECT redistributions FROM tasks WHERE seq = ?";
  draft.totals.redistributed += task.redistributions - ledger.connection.number(sql, task.seq);
}

function writeResult(
  ledger: Ledger,
  draft: Draft,
  entry: { task: TaskRow; number: number; text: string },
): void {
  const { task, number, text } = entry;
  const executionMs = task.execution_ms ?? 0;
  ledger.connection.run(
    INSERT_RESULT,
    number,
    task.seq,
    task.attempt,
    task.worker,
    task.assigned_at,
    task.started_at,
    task.completed_at,
    executionMs,
    text,
  );
  draft.executionMs.push(executionMs);
  draft.countAttempt(task.worker!, { completed: true, executionMs });
}
