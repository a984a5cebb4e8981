/**
 * The one word that says how a worker is.
 *
 * @module
 */
import type { WorkerHealth } from "../farm.ts";
import type { Scheduler } from "../scheduler.ts";

/** An operator's drain counts like the worker's own. */
export function statusOf(scheduler: Scheduler, health: WorkerHealth): WorkerHealth["status"] {
  const drained = scheduler.state.workers.get(health.id)?.drained === true;
  return drained && health.status === "active" ? "draining" : health.status;
}
