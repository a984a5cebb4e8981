/**
 * Hands waiting tasks to workers with room: the most urgent queue first, free slots before prefetch,
 * and for a task that failed or was lost somewhere another worker if there is one.
 *
 * @module
 */
import { BATCH_MAX } from "../../contract/wire.ts";
import type { TaskRow } from "../store/store.ts";
import { STRATEGIES } from "./balancing.ts";
import type { Handout, Instant } from "./messages.ts";
import {
  addRetry,
  dropNext,
  isWaiting,
  peekNext,
  type Queue,
  REFILL_COUNT,
  removeRetry,
  RETRIES_SCANNED_MAX,
  wantsRefill,
} from "./ready_queue.ts";
import { isSuspect } from "./retry.ts";
import type { WindowTask, WorkerState } from "./model.ts";
import type { SchedulerState } from "./state.ts";
import { assign, type Turn } from "./tasks.ts";

/** How long a task waits for a worker it has not tried while another one has room, ms. */
const AVOID_MAX_MS = 10_000;

/** The round's bookkeeping: who has room, and what each one gets. */
interface Round {
  readonly turn: Turn;
  readonly workers: readonly WorkerState[];
  readonly given: Map<string, Handout[]>;
  budget: number;
  /** A worker that gets nothing more until it is empty, for a task that has to run alone. */
  reserved: string | null;
}

/** Assigns as much as there is room for; emits one dispatch a worker, and claims for more. */
export function assignWaiting(turn: Turn): void {
  const { state, at } = turn;
  const round: Round = {
    turn,
    workers: [...state.workers.values()].filter((worker) => isUsable(worker, at))
      .sort((a, b) => a.id < b.id ? -1 : 1),
    given: new Map(),
    budget: state.policy.concurrentMax - state.active.size,
    reserved: null,
  };
  for (const queue of byUrgency(state, at)) {
    if (round.workers.length > 0) serve(round, queue);
    if (wantsRefill(queue)) {
      queue.claiming = true;
      const { key, position } = queue;
      turn.effects.push({ kind: "claim", key, after: position, limit: REFILL_COUNT });
    }
  }
  for (const [worker, tasks] of round.given) {
    for (let from = 0; from < tasks.length; from += BATCH_MAX) {
      const part = tasks.slice(from, from + BATCH_MAX);
      // Connected means that it said hello.
      const epoch = state.workers.get(worker)!.epoch!;
      turn.effects.push({ kind: "dispatch", worker, epoch, tasks: part });
    }
  }
}

/** Whether a worker may get tasks now. */
export function isUsable(worker: WorkerState, at: Instant): boolean {
  return worker.connected && !worker.draining && !worker.drained &&
    worker.pausedUntilMono <= at.mono;
}

/**
 * Queues in the order in which they are served: rank of priority plus what waiting has earned, and
 * among equals the one whose next task came first, as tasks of several algorithms in one file.
 */
export function byUrgency(state: SchedulerState, at: Instant): Queue[] {
  const rated = [...state.ready.values()].map((queue) => {
    const next = (peekNext(queue) ?? queue.retries[0]?.task)?.row;
    const waitedMs = Math.max(0, at.wall - (next?.created_at ?? at.wall));
    const rank = queue.key.priority + waitedMs / state.policy.ageingMs;
    return { queue, rank, seq: next?.seq ?? Infinity };
  });
  // Not by a difference: two queues without a task are both at infinity.
  const bySeq = (a: number, b: number) => a < b ? -1 : Number(a > b);
  return rated.sort((a, b) => b.rank - a.rank || bySeq(a.seq, b.seq)).map(({ queue }) => queue);
}

function serve(round: Round, queue: Queue): void {
  serveRetries(round, queue);
  while (round.budget > 0) {
    const task = peekNext(queue);
    if (task === undefined) return;
    const worker = pickWorker(round, task.row, { avoiding: true });
    if (worker === null && !isStillHeld(round, task)) return;
    dropNext(queue);
    if (worker !== null) give(round, task, worker);
    // It waits for the end of its own old attempt: the others need not wait with it.
    else addRetry(queue, { task, dueMono: round.turn.at.mono });
  }
}

/** Tasks that are due again. One whose only free worker is one to avoid waits for the next round. */
function serveRetries(round: Round, queue: Queue): void {
  let scanned = 0;
  for (let at = 0; at < queue.retries.length && scanned < RETRIES_SCANNED_MAX;) {
    const retry = queue.retries[at]!;
    if (retry.dueMono > round.turn.at.mono || round.budget <= 0) return;
    scanned++;
    const waits = isWaiting(retry.task);
    const avoiding = round.turn.at.mono - retry.dueMono <= AVOID_MAX_MS;
    const worker = waits ? pickWorker(round, retry.task.row, { avoiding }) : null;
    if (waits && worker === null) {
      at++;
      continue;
    }
    removeRetry(queue, at);
    if (worker !== null) give(round, retry.task, worker);
  }
}

function isStillHeld({ workers }: Round, { row }: WindowTask): boolean {
  return workers.some((worker) => worker.held.has(row.task_id));
}

function pickWorker(
  round: Round,
  row: TaskRow,
  { avoiding }: { avoiding: boolean },
): WorkerState | null {
  const able = round.workers.filter((worker) =>
    worker.algorithms.has(row.algorithm) && !runsSuspect(round.turn.state, worker)
  );
  const untried = able.filter((worker) => !row.tried.includes(worker.id));
  // Only when every usable worker has been tried is one of them good enough again, or when the
  // others have had no room for long: they may never have.
  const wanted = avoiding && untried.length > 0 ? untried : able;
  if (isSuspect(round.turn.state.policy, row)) return pickEmpty(round, wanted);
  const { policy, lastPicked } = round.turn.state;
  const open = wanted.filter((worker) => worker.id !== round.reserved);
  const withSlot = open.filter((worker) => worker.held.size < worker.capacity);
  const candidates = withSlot.length > 0
    ? withSlot
    : open.filter((worker) => hasPrefetchRoom(worker, policy.prefetchMs));
  // Two attempts of one task must not meet in one worker's books.
  const free = candidates.filter((worker) => !worker.held.has(row.task_id));
  const unspoilt = free.filter((worker) => !row.tried.includes(worker.id));
  if (unspoilt.length > 0) return unspoilt[STRATEGIES[policy.strategy](unspoilt, lastPicked)]!;
  // In turn, so that it comes to each of them, whatever the strategy thinks of it.
  return free.sort((a, b) => row.tried.indexOf(a.id) - row.tried.indexOf(b.id))[0] ?? null;
}

/** A suspect is the only task of its worker, so that it takes nothing down with it. */
function runsSuspect(state: SchedulerState, worker: WorkerState): boolean {
  if (worker.held.size !== 1) return false;
  const [taskId] = worker.held.keys();
  const task = state.window.get(taskId!);
  return task !== undefined && isSuspect(state.policy, task.row);
}

/** A worker that has nothing to do; if there is none, the one with least gets nothing more. */
function pickEmpty(round: Round, workers: readonly WorkerState[]): WorkerState | null {
  const [least] = workers.toSorted((a, b) => a.held.size - b.held.size);
  if (least === undefined) return null;
  if (least.held.size === 0) return least;
  round.reserved ??= least.id;
  return null;
}

/**
 * Tiny tasks are sent ahead, as many as keep a slot busy for `prefetchMs`; tasks that take longer
 * than that are never hoarded.
 */
function hasPrefetchRoom(worker: WorkerState, prefetchMs: number): boolean {
  if (worker.meanMs === null || worker.meanMs >= prefetchMs) return false;
  const ahead = Math.ceil(worker.capacity * prefetchMs / Math.max(worker.meanMs, 0.05));
  const room = worker.capacity + Math.min(ahead, worker.queueMax);
  return worker.held.size < room;
}

function give(round: Round, task: WindowTask, worker: WorkerState): void {
  const { turn } = round;
  const { row } = task;
  assign(turn, task, worker.id);
  turn.state.lastPicked = worker.id;
  round.budget--;
  worker.held.set(row.task_id, { attempt: row.attempt, confirmed: false, answered: false });
  let tasks = round.given.get(worker.id);
  if (tasks === undefined) round.given.set(worker.id, tasks = []);
  tasks.push(handoutOf(row, turn.state.policy.timeoutMs));
}

function handoutOf(row: TaskRow, defaultTimeoutMs: number | null): Handout {
  const timeoutMs = row.timeout_ms ?? defaultTimeoutMs;
  return {
    task_id: row.task_id,
    attempt: row.attempt,
    content: row.content,
    ...(timeoutMs === null ? {} : { timeout_ms: timeoutMs }),
    ...(row.record === undefined ? {} : { record: row.record }),
  };
}
