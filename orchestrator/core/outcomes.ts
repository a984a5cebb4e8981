/**
 * Outcomes of attempts: which of them count, and what follows. Every outcome is acknowledged, also
 * one that changes nothing, so that the worker may forget it.
 *
 * @module
 */
import type { AttemptRef, Failure, Outcome } from "../../contract/wire.ts";
import type { EventOf } from "./messages.ts";
import { judge } from "./retry.ts";
import type { WindowTask, WorkerState } from "./model.ts";
import { nextChance } from "./state.ts";
import { endAttempt, finish, refOf, requeue, type Turn } from "./tasks.ts";

/** Weight of the newest execution time in a worker's moving average. */
const MEAN_WEIGHT = 0.1;

export function onAttemptsEnded(turn: Turn, event: EventOf<"attempts_ended">): void {
  const worker = turn.state.workers.get(event.worker);
  if (worker === undefined) return;
  worker.lastHeardMono = turn.at.mono;
  const acknowledged: AttemptRef[] = [];
  for (const outcome of event.outcomes) {
    acknowledged.push({ task_id: outcome.task_id, attempt: outcome.attempt });
    onOutcome(turn, worker, outcome);
  }
  turn.effects.push({ kind: "acknowledge", worker: worker.id, attempts: acknowledged });
}

function onOutcome(turn: Turn, worker: WorkerState, outcome: Outcome): void {
  if (worker.held.get(outcome.task_id)?.attempt === outcome.attempt) {
    worker.held.delete(outcome.task_id);
  }
  if (outcome.status === "completed") measure(worker, outcome.execution_ms);
  const task = turn.state.window.get(outcome.task_id);
  if (task === undefined) {
    ignore(turn, worker, outcome);
    return;
  }
  const current = task.row.attempt === outcome.attempt && task.row.worker === worker.id;
  if (outcome.status === "completed") {
    // A late result of an earlier attempt wins if it comes first: the same task gives the same
    // bits everywhere. An attempt that was never handed out, or to somebody else, wins nothing.
    const hadIt = outcome.attempt < task.row.attempt && task.row.tried.includes(worker.id);
    if (current || hadIt) complete(turn, { task, worker, outcome });
    else ignore(turn, worker, outcome);
    return;
  }
  const atWork = task.row.status === "assigned" || task.row.status === "running";
  if (!current || !atWork) return;
  if (outcome.started_at !== null) task.row.started_at = outcome.started_at;
  if (outcome.status === "failed") {
    fail(turn, task, outcome.failure);
  } else {
    // Handed back, or stopped without anybody asking for it here: it costs the task nothing. But it
    // did not get on there: it would be handed back and sent there again and again.
    const ended = endAttempt(task.row, turn.at, "returned");
    requeue(turn, task, { to: "pending", ended, avoid: worker.id });
  }
}

function measure(worker: WorkerState, executionMs: number): void {
  worker.refusals = 0;
  worker.unstarted = 0;
  worker.meanMs = worker.meanMs === null
    ? executionMs
    : worker.meanMs + (executionMs - worker.meanMs) * MEAN_WEIGHT;
}

function ignore(turn: Turn, worker: WorkerState, outcome: Outcome): void {
  if (outcome.status === "completed") {
    turn.effects.push({ kind: "compare", worker: worker.id, outcome });
  }
  const attempt = { task_id: outcome.task_id, attempt: outcome.attempt };
  turn.effects.push({
    kind: "notify",
    notice: { kind: "outcome_ignored", worker: worker.id, attempt },
  });
}

function complete(
  turn: Turn,
  what: {
    task: WindowTask;
    worker: WorkerState;
    outcome: Extract<Outcome, { status: "completed" }>;
  },
): void {
  const { task, worker, outcome } = what;
  const { row } = task;
  const superseded = row.attempt !== outcome.attempt && turn.state.active.has(row.task_id);
  // The attempt that took over is not needed any more.
  const ended = superseded ? endAttempt(row, turn.at, "cancelled") : undefined;
  if (superseded) {
    turn.effects.push({ kind: "cancel", worker: row.worker!, attempts: [refOf(row)] });
  }
  row.worker = worker.id;
  row.started_at = outcome.started_at;
  row.execution_ms = outcome.execution_ms;
  row.error = null;
  finish(turn, task, { to: "completed", ended, result: outcome.result });
}

/** The attempt failed: another one follows, or the task has failed for good. */
export function fail(turn: Turn, task: WindowTask, failure: Failure): void {
  const { row } = task;
  const verdict = judge(turn.state.policy, row, failure, nextChance(turn.state));
  const ended = endAttempt(row, turn.at, "failed", failure);
  if (!verdict.retry) {
    if (verdict.failure.code === "quarantined") row.crashes++;
    row.error = verdict.failure;
    finish(turn, task, { to: "failed", ended });
    return;
  }
  if (verdict.counts === "retry") row.retry_count++;
  else row.crashes++;
  requeue(turn, task, {
    to: "pending",
    ended,
    error: failure,
    avoid: row.worker!,
    delayMs: verdict.delayMs,
  });
}
