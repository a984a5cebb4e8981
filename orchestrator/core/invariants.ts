/**
 * Everything that must hold between two steps. Tests call it after each one.
 *
 * @module
 */
import { isWaiting } from "./ready_queue.ts";
import type { SchedulerState } from "./state.ts";

/** The broken invariants, in words; empty when all hold. */
export function check(state: SchedulerState): string[] {
  return [...checkTasks(state), ...checkQueues(state), ...checkWorkers(state)];
}

function checkTasks(state: SchedulerState): string[] {
  const broken: string[] = [];
  for (const [taskId, task] of state.window) {
    const { row } = task;
    const atWork = row.status === "assigned" || row.status === "running";
    if (!atWork && !isWaiting(task)) broken.push(`${taskId} is ${row.status} and in the window`);
    if (atWork !== state.active.has(taskId)) {
      broken.push(`${taskId} is ${row.status}, active: ${state.active.has(taskId)}`);
    }
    if (row.retry_count > state.policy.retriesMax) {
      broken.push(`${taskId} was retried ${row.retry_count} times`);
    }
    if (row.crashes >= state.policy.crashesMax) {
      broken.push(`${taskId} goes on after ${row.crashes} crashes`);
    }
  }
  for (const taskId of state.active) {
    if (!state.window.has(taskId)) broken.push(`${taskId} is active and not in the window`);
  }
  return broken;
}

function checkQueues(state: SchedulerState): string[] {
  const broken: string[] = [];
  const places = new Map<string, number>();
  for (const queue of state.ready.values()) {
    const tasks = [
      ...queue.fresh.slice(queue.head),
      ...queue.returned,
      ...queue.retries.map((retry) => retry.task),
    ].filter((task) => state.window.get(task.row.task_id) === task);
    for (const { row } of tasks) places.set(row.task_id, (places.get(row.task_id) ?? 0) + 1);
  }
  for (const [taskId, task] of state.window) {
    const count = places.get(taskId) ?? 0;
    if (isWaiting(task) && count === 0) broken.push(`${taskId} waits in no queue`);
    if (count > 1) broken.push(`${taskId} stands in ${count} places`);
    if (task.queued !== (count === 1)) broken.push(`${taskId} is marked queued: ${task.queued}`);
  }
  return broken;
}

function checkWorkers(state: SchedulerState): string[] {
  const broken: string[] = [];
  for (const worker of state.workers.values()) {
    if (worker.capacity < 1) broken.push(`${worker.id} has capacity ${worker.capacity}`);
  }
  return broken;
}
