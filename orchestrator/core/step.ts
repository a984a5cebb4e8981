/**
 * The one entry to the core: an event in, effects out. Deterministic and synchronous; time comes in
 * with the event, chance comes from the state.
 *
 * @module
 */
import type { Failure } from "../../contract/wire.ts";
import { assignWaiting } from "./assign.ts";
import type { Effect, Event, EventOf } from "./messages.ts";
import { fail, onAttemptsEnded } from "./outcomes.ts";
import {
  onBatchAccepted,
  onCancelRequested,
  onQueuesFound,
  onRetryRequested,
  onTasksClaimed,
  onUnfinishedLoaded,
} from "./requests.ts";
import type { WindowTask } from "./model.ts";
import type { SchedulerState } from "./state.ts";
import { recallUnstarted } from "./recall.ts";
import { endAttempt, refOf, requeue, type Turn } from "./tasks.ts";
import {
  benchWorker,
  isAtWork,
  lose,
  onWorkerConnected,
  onWorkerDisconnected,
  onWorkerHeard,
  onWorkerHeartbeat,
  onWorkerLost,
  onWorkerProgressed,
  onWorkersConfigured,
  pauseWorker,
} from "./workers.ts";

/** How often the scheduler sends `ticked`, ms. */
export const TICK_MS = 250;

/** A gap between two ticks beyond this means that this process was stopped, not the workers. */
export const PAUSE_NOTICED_MS = 2000;

/** Time given to a worker to enforce a time limit itself before the core does, ms. */
const TIMEOUT_GRACE_MS = 10_000;

/**
 * Applies events at one go: tasks are assigned once, after all of them. The state is changed in
 * place. Without `dispatching` (the orchestrator is stopping) no task is handed out.
 */
export function stepAll(
  state: SchedulerState,
  events: readonly Event[],
  { dispatching = true }: { dispatching?: boolean } = {},
): Effect[] {
  const last = events.at(-1);
  if (last === undefined) return [];
  const effects: Effect[] = [];
  const changed = new Set<string>();
  for (const event of events) handle({ state, at: event.at, effects, changed }, event);
  if (dispatching) assignWaiting({ state, at: last.at, effects, changed });
  return effects;
}

/** Applies one event. */
export function step(state: SchedulerState, event: Event): Effect[] {
  return stepAll(state, [event]);
}

function handle(turn: Turn, event: Event): void {
  switch (event.kind) {
    case "workers_configured":
      return onWorkersConfigured(turn, event);
    case "unfinished_loaded":
      return onUnfinishedLoaded(turn, event);
    case "queues_found":
      return onQueuesFound(turn, event);
    case "tasks_claimed":
      return onTasksClaimed(turn, event);
    case "batch_accepted":
      return onBatchAccepted(turn, event);
    case "worker_connected":
      return onWorkerConnected(turn, event);
    case "worker_heard":
      return onWorkerHeard(turn, event);
    case "worker_heartbeat":
      return onWorkerHeartbeat(turn, event);
    case "worker_progressed":
      return onWorkerProgressed(turn, event);
    case "worker_disconnected":
      return onWorkerDisconnected(turn, event);
    case "worker_lost":
      return onWorkerLost(turn, event);
    case "worker_drain_requested":
      return onWorkerDrainRequested(turn, event);
    case "dispatch_answered":
      return onDispatchAnswered(turn, event);
    case "dispatch_failed":
      return onDispatchFailed(turn, event);
    case "attempts_ended":
      return onAttemptsEnded(turn, event);
    case "cancel_requested":
      return onCancelRequested(turn, event);
    case "retry_requested":
      return onRetryRequested(turn, event);
    case "ticked":
      return onTicked(turn);
  }
}

function onWorkerDrainRequested(turn: Turn, event: EventOf<"worker_drain_requested">): void {
  const worker = turn.state.workers.get(event.worker);
  if (worker !== undefined) worker.drained = event.drain;
}

function onDispatchAnswered(turn: Turn, event: EventOf<"dispatch_answered">): void {
  const worker = turn.state.workers.get(event.worker);
  if (worker === undefined) return;
  for (const { task_id, attempt } of event.accepted) {
    const held = worker.held.get(task_id);
    if (held?.attempt === attempt) held.answered = true;
  }
  for (const refusal of event.refused) {
    const { task_id, attempt, code, message } = refusal;
    if (worker.held.get(task_id)?.attempt === attempt) worker.held.delete(task_id);
    const task = turn.state.window.get(task_id);
    if (task === undefined || !isAtWork(task, worker.id, attempt)) continue;
    if (code === "permanent") {
      fail(turn, task, { kind: "permanent", code: "invalid_parameters", message });
    } else {
      const error: Failure = { kind: "task", code, message };
      requeue(turn, task, {
        to: "pending",
        ended: endAttempt(task.row, turn.at, "refused", error),
        avoid: worker.id,
      });
    }
  }
  const first = event.refused[0];
  if (first !== undefined) pauseWorker(turn, worker, first.message);
  else worker.refusals = 0;
}

function onDispatchFailed(turn: Turn, event: EventOf<"dispatch_failed">): void {
  const worker = turn.state.workers.get(event.worker);
  if (worker === undefined) return;
  for (const { task_id, attempt } of event.attempts) {
    if (worker.held.get(task_id)?.attempt === attempt) worker.held.delete(task_id);
    const task = turn.state.window.get(task_id);
    if (task === undefined || !isAtWork(task, worker.id, attempt)) continue;
    const error: Failure = { kind: "crash", code: "dispatch_failed", message: event.message };
    requeue(turn, task, {
      to: "redistributed",
      ended: endAttempt(task.row, turn.at, "refused", error),
      avoid: worker.id,
    });
  }
  pauseWorker(turn, worker, event.message);
}

function onTicked(turn: Turn): void {
  const { state, at } = turn;
  const gapMs = state.lastTickMono === null ? 0 : at.mono - state.lastTickMono;
  state.lastTickMono = at.mono;
  if (gapMs > PAUSE_NOTICED_MS) {
    // We were stopped or starved: what workers said meanwhile is still unread. Nobody is lost and
    // nothing has stalled by our own absence.
    for (const worker of state.workers.values()) {
      worker.lastHeardMono = Math.min(at.mono, worker.lastHeardMono + gapMs);
    }
    for (const taskId of state.active) {
      const task = state.window.get(taskId)!;
      task.movedMono = Math.min(at.mono, task.movedMono + gapMs);
      // It ran on meanwhile, and its outcome may be among the unread.
      if (task.startedMono !== null) {
        task.startedMono = Math.min(at.mono, task.startedMono + gapMs);
      }
    }
    turn.effects.push({ kind: "notify", notice: { kind: "orchestrator_paused", ms: gapMs } });
    return;
  }
  for (const worker of [...state.workers.values()]) {
    const silentMs = at.mono - worker.lastHeardMono;
    if (silentMs > state.policy.silenceMaxMs && (worker.connected || worker.held.size > 0)) {
      lose(turn, worker, "silent");
    }
  }
  for (const taskId of [...state.active]) expire(turn, taskId);
  recallUnstarted(turn);
}

/** A worker that takes tasks and starts none is no help, however well it says it is. */
function takeBackUnstarted(turn: Turn, task: WindowTask): void {
  const { row } = task;
  const waitedMs = turn.at.mono - task.movedMono;
  if (waitedMs <= turn.state.policy.stallMs) return;
  const message = `Worker ${row.worker} has not started it in ${Math.round(waitedMs / 1000)} s`;
  const error: Failure = { kind: "timeout", code: "not_started", message };
  benchWorker(turn, turn.state.workers.get(row.worker!)!, message);
  turn.effects.push({ kind: "cancel", worker: row.worker!, attempts: [refOf(row)] });
  requeue(turn, task, {
    to: "pending",
    ended: endAttempt(row, turn.at, "lost", error),
    error,
    avoid: row.worker!,
  });
}

/** Takes back a task that has not moved for too long, or is past its time limit. */
function expire(turn: Turn, taskId: string): void {
  const task = turn.state.window.get(taskId);
  if (task === undefined) return;
  const { row } = task;
  const { policy } = turn.state;
  if (turn.state.workers.get(row.worker!) === undefined) {
    // After a restart tasks are known before any worker is.
    if (turn.state.workers.size === 0) return;
    const ended = endAttempt(row, turn.at, "lost");
    requeue(turn, task, { to: "redistributed", ended, avoid: row.worker! });
    return;
  }
  if (row.status === "assigned") return takeBackUnstarted(turn, task);
  const limitMs = row.timeout_ms ?? policy.timeoutMs ?? Infinity;
  const ranMs = turn.at.mono - (task.startedMono ?? turn.at.mono);
  const stuckMs = turn.at.mono - task.movedMono;
  if (ranMs <= limitMs + TIMEOUT_GRACE_MS && stuckMs <= policy.stallMs) return;
  const message = stuckMs > policy.stallMs
    ? `No progress for ${Math.round(stuckMs / 1000)} s on worker ${row.worker} (WORKER_TIMEOUT)`
    : `Still running ${Math.round(ranMs / 1000)} s after its start, the limit is ${
      limitMs / 1000
    } s`;
  turn.effects.push({ kind: "cancel", worker: row.worker!, attempts: [refOf(row)] });
  fail(turn, task, { kind: "timeout", code: "timeout", message });
}
