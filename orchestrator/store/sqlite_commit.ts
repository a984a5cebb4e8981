/**
 * Writes the scheduler's changes: one UPDATE for a task, one INSERT for a result or an attempt.
 *
 * @module
 */
import type { Draft } from "./draft.ts";
import { failureOf } from "./event_writer.ts";
import { isFirst } from "./handouts.ts";
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
    const first = new Map<number, Numbered>();
    for (const change of changes) {
      if (change.kind === "worker") writeWorker(ledger, change);
      else if (change.kind === "batch_accepted") acceptBatch(intake, draft, change);
      else {
        const { seq } = change.task;
        const numbered = { change, changed: ledger.tick(draft) };
        const before = first.get(seq);
        if (before === undefined && isFirst(change) && first.size < ledger.handouts.room) {
          first.set(seq, numbered);
          continue;
        }
        // It goes on in the very commit that hands it out.
        if (before !== undefined && first.delete(seq)) writeTask(ledger, draft, before);
        writeTask(ledger, draft, numbered);
      }
    }
    handOut(ledger, draft, [...first.values()]);
  });
  if (ledger.intake !== null && draft.intake === null) intake?.close();
  return { finished: draft.finished };
}

/** A change of a task with the number that it has among all changes. */
interface Numbered {
  readonly change: TaskChange;
  readonly changed: number;
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

function writeTask(ledger: Ledger, draft: Draft, { change, changed }: Numbered): void {
  checkChange(change);
  const { task, ended, result } = change;
  const { connection } = ledger;
  const queue = ledger.queues.id(task);
  if (queue === undefined) throw strayed(change);
  if (change.from === "completed") connection.run(KEEP_COMPLETED_ATTEMPT, task.seq);
  countRedistributions(ledger, draft, task);
  const number = result === undefined ? null : ++draft.totals.results;
  const to = laneOf(queue, targetPlace(change));
  const from = update(ledger, draft, { change, changed, queue, to, number });
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

/** Hands tasks out for the first time: a line for those that go to one worker from one queue. */
function handOut(ledger: Ledger, draft: Draft, first: readonly Numbered[]): void {
  const groups = Map.groupBy(
    first,
    ({ change: { task } }) =>
      JSON.stringify([task.priority, task.algorithm, task.worker, task.assigned_at]),
  );
  for (const group of groups.values()) {
    const { task } = group[0]!.change;
    const queue = ledger.queues.id(task);
    const lane = queue === undefined ? -1 : laneOf(queue, PLACE.fresh);
    const seqs = group.map(({ change }) => change.task.seq);
    if (!ledger.handouts.areFresh(ledger.connection, seqs, lane)) {
      for (const numbered of group) writeTask(ledger, draft, numbered);
      continue;
    }
    const to = { lane: laneOf(queue!, PLACE.assigned), at: null };
    for (const { change } of group) draft.move(ledger.heads.number(change.task.batch), lane, to);
    draft.handedOut.push({
      lane,
      worker: task.worker!,
      assignedAt: task.assigned_at!,
      tasks: group.flatMap(({ change, changed }) => [change.task.seq, changed]),
    });
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
  move: Numbered & { queue: number; to: number; number: number | null },
): number {
  const { change, changed, queue, to, number } = move;
  const { task, from } = change;
  const error = unparse(task.error);
  const tried = task.tried.length === 0 ? null : JSON.stringify(task.tried);
  const group = countFailure(ledger.connection, change);
  const isBehind = ledger.handouts.has(task.seq) && !draft.caughtUp.has(task.seq);
  if (isBehind && from !== "assigned") throw strayed(change);
  for (const place of isBehind ? [PLACE.fresh] : placesOf(from, task)) {
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
    if (updated === 0) continue;
    if (!isBehind) return lane;
    draft.caughtUp.add(task.seq);
    return laneOf(queue, PLACE.assigned);
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
