/**
 * Tasks that were sent ahead and lie behind a long one, while other workers have nothing to do, are
 * called back and wait for a worker again.
 *
 * @module
 */
import { type AttemptRef, BATCH_MAX } from "../../contract/wire.ts";
import { isUsable } from "./assign.ts";
import type { WorkerState } from "./model.ts";
import { peekNext } from "./ready_queue.ts";
import type { SchedulerState } from "./state.ts";
import { refOf, type Turn } from "./tasks.ts";
import { isAtWork } from "./workers.ts";

/** What is sent ahead is work for some 50 ms: one that has not begun by now lies behind a long one. */
const RECALL_AFTER_MS = 1000;

/** Calls back what has waited too long in its worker, if another worker is idle for want of it. */
export function recallUnstarted(turn: Turn): void {
  const { state, at } = turn;
  const idle = [...state.workers.values()]
    .filter((worker) => isUsable(worker, at) && worker.held.size < worker.capacity);
  if (idle.length === 0 || hasWaiting(state)) return;
  for (const worker of state.workers.values()) {
    if (worker.connected && worker.held.size > worker.capacity) recallFrom(turn, worker, idle);
  }
}

function hasWaiting(state: SchedulerState): boolean {
  return [...state.ready.values()].some((queue) => queue.more || peekNext(queue) !== undefined);
}

function recallFrom(turn: Turn, worker: WorkerState, idle: readonly WorkerState[]): void {
  const { state, at } = turn;
  const attempts: AttemptRef[] = [];
  for (const [taskId, held] of worker.held) {
    const task = state.window.get(taskId);
    if (task === undefined || held.recalled || !held.answered) continue;
    const { row } = task;
    if (row.status !== "assigned" || !isAtWork(task, worker.id, held.attempt)) continue;
    if (at.mono - task.movedMono < RECALL_AFTER_MS || attempts.length === BATCH_MAX) continue;
    if (!idle.some(({ algorithms }) => algorithms.has(row.algorithm))) continue;
    held.recalled = true;
    attempts.push(refOf(row));
  }
  if (attempts.length === 0) return;
  turn.effects.push({ kind: "cancel", worker: worker.id, attempts, unstarted: true });
}
