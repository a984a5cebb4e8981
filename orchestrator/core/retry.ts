/**
 * Whether a failed attempt is followed by another one, and after how long.
 *
 * @module
 */
import type { Failure } from "../../contract/wire.ts";
import type { TaskRow } from "../store/store.ts";
import type { Policy } from "./state.ts";

export type Verdict =
  | { readonly retry: true; readonly delayMs: number; readonly counts: "retry" | "crash" }
  | { readonly retry: false; readonly failure: Failure };

/**
 * Exponential backoff with equal jitter: half of it is certain, half is chance, so that tasks that
 * failed together do not come back together. `retry` is 1 for the first retry.
 */
export function backoffMs(policy: Policy, retry: number, chance: number): number {
  const full = Math.min(policy.backoffMaxMs, policy.backoffBaseMs * 2 ** (retry - 1));
  return Math.round(full / 2 + chance * full / 2);
}

/** Judges the failure of an attempt. `chance` is in [0, 1). */
export function judge(policy: Policy, row: TaskRow, failure: Failure, chance: number): Verdict {
  if (failure.kind === "permanent") return { retry: false, failure };
  if (failure.kind === "crash") return judgeCrash(policy, row, failure, chance);
  if (row.retry_count >= policy.retriesMax) return { retry: false, failure };
  return { retry: true, delayMs: backoffMs(policy, row.retry_count + 1, chance), counts: "retry" };
}

/**
 * A crash is not the task's word against ours: the machine may be to blame, so it has a limit of
 * its own. A task that took that many workers or threads down is quarantined.
 */
export function judgeCrash(
  policy: Policy,
  row: TaskRow,
  failure: Failure,
  chance: number,
): Verdict {
  const crashes = row.crashes + 1;
  if (crashes >= policy.crashesMax) {
    const message = `Quarantined after ${crashes} workers or threads died under it; ` +
      `the last: ${failure.message}`;
    return { retry: false, failure: { kind: "crash", code: "quarantined", message } };
  }
  return { retry: true, delayMs: backoffMs(policy, crashes, chance), counts: "crash" };
}

/** Whether one more crash is a task's last: it may be what brought its workers down. */
export function isSuspect(policy: Policy, row: TaskRow): boolean {
  return row.crashes > 0 && row.crashes >= policy.crashesMax - 1;
}
