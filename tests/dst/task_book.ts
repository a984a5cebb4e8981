/**
 * What is known of one task outside of the farm, and which ends it may come to.
 *
 * @module
 */
import type { TaskStatus } from "../../contract/task.ts";
import type { Policy } from "../../orchestrator/core/state.ts";
import type { TaskRow } from "../../orchestrator/store/store.ts";
import type { SimTask } from "./tasks.ts";

export interface TaskBook {
  readonly task: SimTask;
  readonly batch: string;
  status: TaskStatus;
  attempt: number;
  /** Each rerun that a user asked for begins a new run. */
  run: number;
  /** How often a worker began it, in all runs. */
  begun: number;
  /** Of this run. */
  retries: number;
  crashes: number;
  results: number;
  /** Reruns that were asked for and not seen yet. */
  rerunsAsked: number;
  /** Workers to which it was given in this run. */
  readonly holders: Set<string>;
  /** Attempts whose end is on record. */
  readonly ended: Set<number>;
  readonly runOfAttempt: Map<number, number>;
}

/** What happened in this world that may cost a task something without its own doing. */
export interface Excuses {
  workersDied: number;
  workersWedged: number;
}

/** Says why a task must not have failed like this; null if it may. */
export function judgeFailure(
  { task }: TaskBook,
  row: TaskRow,
  { policy, excuses }: { policy: Policy; excuses: Excuses },
): string | null {
  const { error } = row;
  if (error === null) return "it failed without an error";
  switch (error.kind) {
    case "permanent":
      return task.behaviour === "permanent" ? null : "its parameters are good";
    case "crash":
      if (error.code !== "quarantined") return `a crash is no reason to fail (${error.code})`;
      if (task.behaviour !== "crash" && excuses.workersDied < policy.crashesMax) {
        return `only ${excuses.workersDied} workers died in this world`;
      }
      return row.crashes === policy.crashesMax ? null : `quarantined after ${row.crashes} crashes`;
    case "task":
      if (task.behaviour !== "flaky" && task.behaviour !== "hopeless") return "it never throws";
      return spent(row, policy);
    case "timeout": {
      const isSlow = task.behaviour === "hang" || excuses.workersWedged > 0 ||
        (row.timeout_ms ?? policy.timeoutMs) !== null;
      return isSlow ? spent(row, policy) : "it moved all the time";
    }
  }
}

function spent({ retry_count }: TaskRow, { retriesMax }: Policy): string | null {
  return retry_count === retriesMax ? null : `it had ${retry_count} of ${retriesMax} retries`;
}
