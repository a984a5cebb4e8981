/**
 * Workers that come, speak, fall silent and go, and what happens to the attempts they hold.
 *
 * @module
 */
import type { AttemptRef, Failure } from "../../contract/wire.ts";
import type { TaskRow } from "../store/store.ts";
import type { ConfiguredWorker, EventOf, LossReason } from "./messages.ts";
import { judgeCrash } from "./retry.ts";
import type { WindowTask, WorkerState } from "./model.ts";
import { nextChance, type SchedulerState } from "./state.ts";
import { endAttempt, finish, reattach, requeue, start, type Turn } from "./tasks.ts";

/** Pauses earned by refusals in a row double up to this, ms. */
const REFUSAL_PAUSE_MAX_MS = 30_000;
const REFUSAL_PAUSE_BASE_MS = 500;
/** Longest rest of a worker that starts nothing, ms. */
const BENCH_MAX_MS = 3600_000;

export function onWorkersConfigured(turn: Turn, event: EventOf<"workers_configured">): void {
  const names = new Set(event.workers.map((worker) => worker.id));
  for (const configured of event.workers) {
    const known = turn.state.workers.get(configured.id);
    if (known === undefined) {
      const worker = createWorker(configured, turn.at.mono);
      turn.state.workers.set(worker.id, worker);
      // A restart may learn of the tasks before it learns of the worker that has them.
      for (const { row } of tasksOf(turn.state, worker.id)) expectAttempt(worker, row);
    } else {
      known.configured = configured;
    }
  }
  for (const worker of turn.state.workers.values()) {
    if (!names.has(worker.id)) lose(turn, worker, "removed");
  }
}

function createWorker(configured: ConfiguredWorker, nowMono: number): WorkerState {
  return {
    id: configured.id,
    configured,
    connected: false,
    epoch: null,
    capacity: configured.capacity ?? 1,
    queueMax: 0,
    algorithms: new Set(configured.algorithms ?? []),
    draining: false,
    drained: false,
    held: new Map(),
    lastHeardMono: nowMono,
    meanMs: null,
    refusals: 0,
    pausedUntilMono: 0,
    unstarted: 0,
  };
}

/** Its worker may still have this attempt: wait for the worker's own list before anything else. */
export function expectAttempt(worker: WorkerState, { task_id, attempt }: TaskRow): void {
  worker.held.set(task_id, { attempt, confirmed: false, answered: true });
}

/** The tasks that a worker is at work on, by the store's word. */
function tasksOf(state: SchedulerState, workerId: string): WindowTask[] {
  const tasks: WindowTask[] = [];
  for (const taskId of state.active) {
    const task = state.window.get(taskId)!;
    if (task.row.worker === workerId) tasks.push(task);
  }
  return tasks;
}

export function onWorkerConnected(turn: Turn, event: EventOf<"worker_connected">): void {
  const worker = turn.state.workers.get(event.worker);
  if (worker === undefined) return;
  const { hello } = event;
  const again = worker.epoch === hello.epoch;
  // After a restart of the orchestrator the epoch is not known, and the lists decide alone.
  const died = worker.epoch !== null && !again;
  adopt(worker, event);
  worker.lastHeardMono = turn.at.mono;
  worker.pausedUntilMono = 0;
  const present = new Map<string, number>();
  for (const { task_id, attempt } of [...hello.ended, ...hello.holds]) {
    present.set(task_id, attempt);
  }
  for (const task of tasksOf(turn.state, worker.id)) {
    if (present.get(task.row.task_id) === task.row.attempt) continue;
    const onItsWay = again && worker.held.get(task.row.task_id)?.answered === false;
    if (!onItsWay) takeBack(turn, task, died ? "died" : "silent");
  }
  for (const [taskId, held] of worker.held) {
    const gone = present.get(taskId) !== held.attempt;
    if (gone && (held.answered || !again)) worker.held.delete(taskId);
  }
  reconcile(turn, worker, hello.holds);
  const { address } = worker.configured;
  turn.effects.push({
    kind: "persist",
    change: { kind: "worker", id: worker.id, epoch: hello.epoch, address, at: turn.at.wall },
  });
  turn.effects.push({
    kind: "notify",
    notice: { kind: "worker_connected", worker: worker.id, again },
  });
}

function adopt(worker: WorkerState, { hello }: EventOf<"worker_connected">): void {
  const allowed = worker.configured.algorithms;
  worker.connected = true;
  worker.epoch = hello.epoch;
  worker.queueMax = hello.queue_max;
  worker.draining = hello.draining;
  worker.capacity = Math.min(worker.configured.capacity ?? Infinity, hello.capacity);
  worker.algorithms = new Set(
    hello.algorithms.filter((name) => allowed === null || allowed.includes(name)),
  );
}

export function onWorkerHeard(turn: Turn, event: EventOf<"worker_heard">): void {
  const worker = turn.state.workers.get(event.worker);
  if (worker !== undefined) worker.lastHeardMono = turn.at.mono;
}

export function onWorkerHeartbeat(turn: Turn, event: EventOf<"worker_heartbeat">): void {
  const worker = turn.state.workers.get(event.worker);
  if (worker === undefined) return;
  const { beat } = event;
  worker.lastHeardMono = turn.at.mono;
  worker.draining = beat.draining;
  worker.capacity = Math.min(worker.configured.capacity ?? Infinity, beat.capacity);
  const listed = new Map(beat.holds.map((held) => [held.task_id, held.attempt]));
  for (const [taskId, held] of worker.held) {
    if (!held.confirmed || listed.get(taskId) === held.attempt) continue;
    // It was there, it is not any more, and no outcome came before this line.
    worker.held.delete(taskId);
    const task = turn.state.window.get(taskId);
    if (task !== undefined && isAtWork(task, worker.id, held.attempt)) {
      takeBack(turn, task, "silent");
    }
  }
  reconcile(turn, worker, beat.holds);
}

/**
 * Brings our list of what a worker holds in line with its own. What it still has of a task that
 * waits for a new worker is taken up again; what it should not have is cancelled.
 */
function reconcile(turn: Turn, worker: WorkerState, holds: readonly AttemptRef[]): void {
  const unwanted: AttemptRef[] = [];
  for (const { task_id, attempt } of holds) {
    const task = turn.state.window.get(task_id);
    const ours = task?.row.worker === worker.id && task.row.attempt === attempt;
    if (ours && task.row.status === "redistributed") reattach(turn, task);
    const held = worker.held.get(task_id);
    // A newer attempt of the same task is on its way there and will take the place of this one.
    if (held !== undefined && held.attempt > attempt) continue;
    if (held?.attempt === attempt) held.confirmed = held.answered = true;
    else worker.held.set(task_id, { attempt, confirmed: true, answered: true });
    if (task === undefined || !isAtWork(task, worker.id, attempt)) {
      unwanted.push({ task_id, attempt });
    }
  }
  if (unwanted.length > 0) {
    turn.effects.push({ kind: "cancel", worker: worker.id, attempts: unwanted });
  }
}

/** Whether a task is assigned to or running on a worker with just this attempt. */
export function isAtWork(task: WindowTask, workerId: string, attempt: number): boolean {
  const { row } = task;
  return row.attempt === attempt && row.worker === workerId &&
    (row.status === "assigned" || row.status === "running");
}

export function onWorkerProgressed(turn: Turn, event: EventOf<"worker_progressed">): void {
  const worker = turn.state.workers.get(event.worker);
  if (worker === undefined) return;
  worker.lastHeardMono = turn.at.mono;
  for (const progress of event.running) {
    const task = turn.state.window.get(progress.task_id);
    if (task === undefined || !isAtWork(task, worker.id, progress.attempt)) continue;
    worker.unstarted = 0;
    if (task.row.status === "assigned") start(turn, task, progress.started_at);
    if (task.progress?.steps_completed !== progress.steps_completed) {
      task.movedMono = turn.at.mono;
    }
    task.progress = progress;
  }
}

export function onWorkerDisconnected(turn: Turn, event: EventOf<"worker_disconnected">): void {
  const worker = turn.state.workers.get(event.worker);
  // Not lost yet: its tasks stay with it until the lease runs out or it is known to be gone.
  if (worker !== undefined) worker.connected = false;
}

export function onWorkerLost(turn: Turn, event: EventOf<"worker_lost">): void {
  const worker = turn.state.workers.get(event.worker);
  if (worker !== undefined) lose(turn, worker, event.reason);
}

/** Takes everything back from a worker that is gone. */
export function lose(turn: Turn, worker: WorkerState, reason: LossReason): void {
  const tasks = tasksOf(turn.state, worker.id);
  for (const task of tasks) takeBack(turn, task, reason);
  const worthTelling = worker.connected || tasks.length > 0;
  worker.connected = false;
  worker.held.clear();
  if (reason === "died") worker.epoch = null;
  if (reason === "removed") turn.state.workers.delete(worker.id);
  if (worthTelling) {
    turn.effects.push({
      kind: "notify",
      notice: { kind: "worker_lost", worker: worker.id, reason, tasks: tasks.length },
    });
  }
}

/**
 * A worker that died takes a crash of every task it had with it: which of them it was, nobody knows.
 * A task that kills at once is seen neither running nor by the worker's last words. Before the crash
 * that would be its last, a task runs alone (`isSuspect`), so that no innocent one is quarantined.
 */
function takeBack(turn: Turn, task: WindowTask, reason: LossReason): void {
  const { row } = task;
  row.redistributions++;
  const failure: Failure = {
    kind: "crash",
    code: "worker_lost",
    message: `Worker ${row.worker} was lost (${reason}) during attempt ${row.attempt}`,
  };
  const ended = endAttempt(row, turn.at, "lost", failure);
  if (reason !== "died") {
    requeue(turn, task, { to: "redistributed", ended, error: failure, avoid: row.worker! });
    return;
  }
  const verdict = judgeCrash(turn.state.policy, row, failure, nextChance(turn.state));
  row.crashes++;
  if (verdict.retry) {
    requeue(turn, task, { to: "redistributed", ended, error: failure, avoid: row.worker! });
  } else {
    row.error = verdict.failure;
    finish(turn, task, { to: "failed", ended });
  }
}

/** A worker that refuses or cannot be reached for a dispatch rests for a growing while. */
export function pauseWorker(turn: Turn, worker: WorkerState, message: string): void {
  const pauseMs = Math.min(REFUSAL_PAUSE_MAX_MS, REFUSAL_PAUSE_BASE_MS * 2 ** worker.refusals);
  worker.refusals++;
  worker.pausedUntilMono = Math.max(worker.pausedUntilMono, turn.at.mono + pauseMs);
  turn.effects.push({
    kind: "notify",
    notice: { kind: "worker_refused", worker: worker.id, message },
  });
}

/**
 * A worker that starts nothing would waste the time of one task after another: it rests for as long
 * as it took to notice, twice as long each time.
 */
export function benchWorker(turn: Turn, worker: WorkerState, message: string): void {
  if (worker.pausedUntilMono > turn.at.mono) return;
  const pauseMs = Math.min(BENCH_MAX_MS, turn.state.policy.stallMs * 2 ** worker.unstarted);
  worker.unstarted++;
  worker.pausedUntilMono = turn.at.mono + pauseMs;
  turn.effects.push({
    kind: "notify",
    notice: { kind: "worker_refused", worker: worker.id, message },
  });
}
