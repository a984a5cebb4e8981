/**
 * Why a task is still waiting, in words for people.
 *
 * @module
 */
import type { TaskRow } from "../store/store.ts";
import { isUsable } from "./assign.ts";
import type { Instant } from "./messages.ts";
import type { SchedulerState } from "./state.ts";

/** The reason, or null for a task that does not wait. */
export function waitingReason(state: SchedulerState, row: TaskRow, at: Instant): string | null {
  if (row.status !== "pending" && row.status !== "redistributed") return null;
  if (row.not_before !== null && row.not_before > at.wall) {
    return `backoff for ${Math.ceil((row.not_before - at.wall) / 1000)} s`;
  }
  const connected = [...state.workers.values()].filter((worker) => worker.connected);
  if (connected.length === 0) return "no worker is connected";
  const able = connected.filter((worker) => worker.algorithms.has(row.algorithm));
  if (able.length === 0) return `no connected worker runs algorithm "${row.algorithm}"`;
  const usable = able.filter((worker) => isUsable(worker, at));
  if (usable.length === 0) return "every worker that could run it is draining or resting";
  if (state.active.size >= state.policy.concurrentMax) {
    return `the farm's limit of ${state.policy.concurrentMax} concurrent tasks is reached`;
  }
  return "all slots are busy";
}
