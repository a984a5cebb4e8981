/**
 * Transitions of a task: one table of what is legal, and the functions that make them. Each changes
 * the row in the window and emits the `persist` that makes the change durable.
 *
 * @module
 */
import type { TaskStatus } from "../../contract/task.ts";
import type { AttemptRef, Failure, TaskResult } from "../../contract/wire.ts";
import type { AttemptRecord, TaskRow } from "../store/store.ts";
import type { Effect, Instant } from "./messages.ts";
import { addRetry, addReturned, markMore, queueFor } from "./ready_queue.ts";
import type { WindowTask } from "./model.ts";
import type { SchedulerState } from "./state.ts";

const LEGAL: Readonly<Record<TaskStatus, readonly TaskStatus[]>> = {
  pending: ["assigned", "running", "completed", "cancelled", "failed"],
  assigned: ["running", "pending", "redistributed", "completed", "failed", "cancelled"],
  running: ["pending", "redistributed", "completed", "failed", "cancelled"],
  // A lost worker may come back with the attempt still running, or with its outcome.
  redistributed: ["assigned", "running", "completed", "cancelled", "failed"],
  completed: ["pending"],
  failed: ["pending"],
  cancelled: ["pending"],
};

/** A transition that the table does not allow: a fault of the program, never of the world. */
export class InvalidTransition extends Error {
  override readonly name = "InvalidTransition";
  constructor(row: TaskRow, to: TaskStatus) {
    super(
      `Cannot move task "${row.task_id}" from ${row.status} to ${to}: attempt ${row.attempt} on ` +
        `${
          row.worker ?? "no worker"
        }, ${row.retry_count} retries, ${row.redistributions} redistributions`,
    );
  }
}

/** What a transition needs beside the task: the state, the time and where effects go. */
export interface Turn {
  readonly state: SchedulerState;
  readonly at: Instant;
  readonly effects: Effect[];
  /** Tasks that changed at this go: what a request has read of them in the store is out of date. */
  readonly changed: Set<string>;
}

function move(
  turn: Turn,
  row: TaskRow,
  change: {
    to: TaskStatus;
    ended?: AttemptRecord | undefined;
    result?: TaskResult;
    requeued?: boolean;
  },
): void {
  const from = row.status;
  if (!LEGAL[from].includes(change.to)) throw new InvalidTransition(row, change.to);
  row.status = change.to;
  turn.changed.add(row.task_id);
  turn.effects.push({
    kind: "persist",
    change: {
      kind: "task",
      from,
      // A copy: the row goes on changing in this very step.
      task: { ...row, tried: row.tried.slice() },
      ...(change.ended === undefined ? {} : { ended: change.ended }),
      ...(change.result === undefined ? {} : { result: change.result }),
      ...(change.requeued === true ? { requeued: true } : {}),
    },
  });
}

/** Enters a task into the window. */
export function admit(state: SchedulerState, row: TaskRow): WindowTask {
  const task: WindowTask = {
    row,
    queued: false,
    progress: null,
    movedMono: 0,
    startedMono: null,
  };
  state.window.set(row.task_id, task);
  return task;
}

/** The record of the attempt that now ends. */
export function endAttempt(
  row: TaskRow,
  at: Instant,
  outcome: AttemptRecord["outcome"],
  error: Failure | null = null,
): AttemptRecord | undefined {
  if (row.worker === null || row.assigned_at === null) return undefined;
  return {
    attempt: row.attempt,
    worker: row.worker,
    assigned_at: row.assigned_at,
    started_at: row.started_at,
    ended_at: at.wall,
    outcome,
    error,
  };
}

/** Gives a waiting task to a worker, with a new attempt number. */
export function assign(turn: Turn, task: WindowTask, workerId: string): void {
  const { row } = task;
  row.attempt++;
  row.worker = workerId;
  row.assigned_at = turn.at.wall;
  row.started_at = null;
  row.not_before = null;
  task.progress = null;
  task.startedMono = null;
  task.movedMono = turn.at.mono;
  turn.state.active.add(row.task_id);
  move(turn, row, { to: "assigned" });
}

/** A worker that was lost came back and still has the attempt: it goes on there. */
export function reattach(turn: Turn, task: WindowTask): void {
  task.movedMono = turn.at.mono;
  turn.state.active.add(task.row.task_id);
  move(turn, task.row, { to: "assigned" });
}

/** The worker says that the attempt has begun. */
export function start(turn: Turn, task: WindowTask, startedAt: number): void {
  const { row } = task;
  row.started_at = startedAt;
  task.startedMono = turn.at.mono;
  task.movedMono = turn.at.mono;
  turn.state.active.add(row.task_id);
  move(turn, row, { to: "running" });
}

/** Ends a task for good and lets it leave the window. */
export function finish(
  turn: Turn,
  task: WindowTask,
  end: {
    to: "completed" | "failed" | "cancelled";
    ended?: AttemptRecord | undefined;
    result?: TaskResult;
  },
): void {
  const { row } = task;
  row.completed_at = turn.at.wall;
  row.not_before = null;
  turn.state.active.delete(row.task_id);
  turn.state.window.delete(row.task_id);
  move(turn, row, end);
}

/** How a task waits again. */
export interface Requeue {
  readonly to: "pending" | "redistributed";
  readonly ended?: AttemptRecord | undefined;
  readonly error?: Failure;
  /** A worker to avoid while there is another. */
  readonly avoid?: string;
  readonly delayMs?: number;
}

/** Takes a task back from its worker: it waits again, before the fresh ones. */
export function requeue(turn: Turn, task: WindowTask, how: Requeue): void {
  const { row } = task;
  const delayMs = how.delayMs ?? 0;
  if (how.error !== undefined) row.error = how.error;
  if (how.avoid !== undefined) {
    row.tried = [...row.tried.filter((worker) => worker !== how.avoid), how.avoid];
  }
  row.not_before = delayMs > 0 ? turn.at.wall + delayMs : null;
  row.started_at = null;
  task.progress = null;
  task.startedMono = null;
  turn.state.active.delete(row.task_id);
  move(turn, row, { to: how.to, ended: how.ended });
  enqueue(turn, task, delayMs);
}

/** Puts a waiting window task into its queue. */
export function enqueue(turn: Turn, task: WindowTask, delayMs: number): void {
  const { row } = task;
  const queue = queueFor(turn.state.ready, row);
  if (delayMs > 0 || row.tried.length > 0) {
    addRetry(queue, { task, dueMono: turn.at.mono + delayMs });
  } else {
    addReturned(queue, task);
  }
}

/** Sends a terminal task back to the end of its queue in the store; it is claimed from there. */
export function revive(turn: Turn, row: TaskRow): void {
  row.completed_at = null;
  row.started_at = null;
  row.assigned_at = null;
  row.execution_ms = null;
  row.worker = null;
  row.error = null;
  row.not_before = null;
  row.retry_count = 0;
  row.crashes = 0;
  row.tried = [];
  move(turn, row, { to: "pending", requeued: true });
  markMore(queueFor(turn.state.ready, row));
}

export function refOf(row: TaskRow): AttemptRef {
  return { task_id: row.task_id, attempt: row.attempt };
}
