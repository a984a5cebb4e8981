/**
 * Why a task is still waiting: the cause, and in English words for the API.
 *
 * @module
 */
import type { TaskRow } from "../store/store.ts";
import { isUsable } from "./assign.ts";
import type { Instant } from "./messages.ts";
import type { SchedulerState } from "./state.ts";

/** One cause, with the value that belongs to it. */
export type WaitingCause =
  | { readonly code: "backoff"; readonly seconds: number }
  | { readonly code: "no_algorithm"; readonly algorithm: string }
  | { readonly code: "limit"; readonly limit: number }
  | { readonly code: "no_worker" | "resting" | "busy" };

/** The reason in English, or null for a task that does not wait. */
export function waitingReason(state: SchedulerState, row: TaskRow, at: Instant): string | null {
  const cause = waitingCause(state, row, at);
  switch (cause?.code) {
    case undefined:
      return null;
    case "backoff":
      return `backoff for ${cause.seconds} s`;
    case "no_worker":
      return "no worker is connected";
    case "no_algorithm":
      return `no connected worker runs algorithm "${cause.algorithm}"`;
    case "resting":
      return "every worker that could run it is draining or resting";
    case "limit":
      return `the farm's limit of ${cause.limit} concurrent tasks is reached`;
    case "busy":
      return "all slots are busy";
  }
}

/** The cause, or null for a task that does not wait. */
export function waitingCause(
  state: SchedulerState,
  row: TaskRow,
  at: Instant,
): WaitingCause | null {
  if (row.status !== "pending" && row.status !== "redistributed") return null;
  if (row.not_before !== null && row.not_before > at.wall) {
    return { code: "backoff", seconds: Math.ceil((row.not_before - at.wall) / 1000) };
  }
  const connected = [...state.workers.values()].filter((worker) => worker.connected);
  if (connected.length === 0) return { code: "no_worker" };
  const able = connected.filter((worker) => worker.algorithms.has(row.algorithm));
  if (able.length === 0) return { code: "no_algorithm", algorithm: row.algorithm };
  const usable = able.filter((worker) => isUsable(worker, at));
  if (usable.length === 0) return { code: "resting" };
  if (state.active.size >= state.policy.concurrentMax) {
    return { code: "limit", limit: state.policy.concurrentMax };
  }
  return { code: "busy" };
}
