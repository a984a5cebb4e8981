/**
 * What people and files ask for: tasks that enter, tasks to cancel, tasks to run again.
 *
 * @module
 */
import type { TaskRow } from "../store/store.ts";
import type { EventOf } from "./messages.ts";
import { addFresh, addRetry, markMore, queueFor } from "./ready_queue.ts";
import type { WindowTask } from "./model.ts";
import { expectAttempt } from "./workers.ts";
import { admit, endAttempt, finish, refOf, revive, type Turn } from "./tasks.ts";

export function onUnfinishedLoaded(turn: Turn, event: EventOf<"unfinished_loaded">): void {
  for (const row of event.tasks) {
    const task = admit(turn.state, row);
    if (row.status === "assigned" || row.status === "running") {
      turn.state.active.add(row.task_id);
      task.movedMono = turn.at.mono;
      const worker = turn.state.workers.get(row.worker!);
      if (worker !== undefined) expectAttempt(worker, row);
      continue;
    }
    const waitMs = Math.max(0, (row.not_before ?? turn.at.wall) - turn.at.wall);
    // The clock may have jumped while the farm was down: never wait longer than a backoff can be.
    const delayMs = Math.min(waitMs, turn.state.policy.backoffMaxMs);
    const queue = queueFor(turn.state.ready, row);
    addRetry(queue, { task, dueMono: turn.at.mono + delayMs });
  }
}

export function onQueuesFound(turn: Turn, event: EventOf<"queues_found">): void {
  for (const key of event.queues) markMore(queueFor(turn.state.ready, key));
}

export function onTasksClaimed(turn: Turn, event: EventOf<"tasks_claimed">): void {
  const queue = queueFor(turn.state.ready, event.key);
  queue.claiming = false;
  queue.more = event.more || queue.again;
  queue.again = false;
  queue.position = Math.max(queue.position, event.position);
  for (const row of event.tasks) {
    // Something else may have happened to it since the store was read.
    if (turn.state.window.has(row.task_id)) continue;
    addFresh(queue, admit(turn.state, row));
  }
}

export function onBatchAccepted(turn: Turn, event: EventOf<"batch_accepted">): void {
  turn.effects.push({
    kind: "persist",
    change: { kind: "batch_accepted", batch: event.batch, at: turn.at.wall },
  });
  for (const key of event.queues) markMore(queueFor(turn.state.ready, key));
  for (const row of event.requeue) reviveIfEnded(turn, row);
}

/**
 * The row was read before this step: if it is in the window now, it runs or waits already, and if it
 * has changed at this go, somebody asked the same a moment earlier.
 */
function reviveIfEnded(turn: Turn, row: TaskRow): void {
  const ended = row.status === "completed" || row.status === "failed" || row.status === "cancelled";
  if (!ended || turn.state.window.has(row.task_id) || turn.changed.has(row.task_id)) return;
  revive(turn, row);
}

export function onRetryRequested(turn: Turn, event: EventOf<"retry_requested">): void {
  for (const row of event.tasks) reviveIfEnded(turn, row);
}

export function onCancelRequested(turn: Turn, event: EventOf<"cancel_requested">): void {
  for (const row of event.tasks) {
    const task = turn.state.window.get(row.task_id);
    if (task !== undefined) cancel(turn, task);
    else if (row.status === "pending" && !turn.changed.has(row.task_id)) {
      cancel(turn, waitingInStore(row));
    }
  }
}

/** A waiting task that no queue of the window has claimed yet. */
function waitingInStore(row: TaskRow): WindowTask {
  return { row, queued: false, progress: null, movedMono: 0, startedMono: null };
}

/**
 * The task is cancelled at once, for good. Its worker learns of it, and keeps the slot occupied
 * until it says that the attempt has ended.
 */
function cancel(turn: Turn, task: WindowTask): void {
  const { row } = task;
  const atWork = turn.state.active.has(row.task_id);
  const ended = atWork ? endAttempt(row, turn.at, "cancelled") : undefined;
  if (atWork) turn.effects.push({ kind: "cancel", worker: row.worker!, attempts: [refOf(row)] });
  // What an earlier attempt said is in its record; it is not why the task ended.
  row.error = null;
  finish(turn, task, { to: "cancelled", ended });
}
