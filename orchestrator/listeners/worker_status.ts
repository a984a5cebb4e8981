/**
 * How a worker is and what it offers, as everybody is told.
 *
 * @module
 */
import type { WorkerHealth } from "../farm.ts";
import type { Scheduler } from "../scheduler.ts";
import type { WorkerState } from "../core/model.ts";

/** An operator's drain counts like the worker's own. */
export function statusOf(scheduler: Scheduler, health: WorkerHealth): WorkerHealth["status"] {
  const drained = scheduler.state.workers.get(health.id)?.drained === true;
  return drained && health.status === "active" ? "draining" : health.status;
}

/** Capacity and algorithms in force; before it has spoken, what the configuration says of it. */
export function offerOf(worker: WorkerState | undefined): {
  capacity: number | null;
  algorithms: readonly string[] | null;
} {
  if (worker === undefined) return { capacity: null, algorithms: null };
  if (worker.epoch === null) {
    const { capacity, algorithms } = worker.configured;
    return { capacity, algorithms };
  }
  return { capacity: worker.capacity, algorithms: [...worker.algorithms] };
}
