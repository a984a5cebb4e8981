/**
 * The figures of the farm as a whole, as results files and the API show them. All of it is read from
 * counters that the store keeps: the cost does not grow with the number of tasks.
 *
 * @module
 */
import type { Farm } from "../farm.ts";
import type { Counts, ExecutionTimes } from "../store/store.ts";
import type { Throughput } from "./throughput.ts";

/** The block of the seed's results files. */
export interface OrchestratorStats {
  readonly total_tasks: number;
  readonly completed_tasks: number;
  readonly failed_tasks: number;
  /** Everything that is not finished yet: waiting, assigned or running. */
  readonly pending_tasks: number;
  readonly active_workers: number;
  /** Seconds, summed up over all completed tasks. */
  readonly total_execution_time: number;
}

/** A number with at most six decimals: what a figure in seconds can honestly carry. */
export function rounded(value: number, decimals = 6): number {
  const factor = 10 ** decimals;
  return Math.round(value * factor) / factor;
}

export function unfinishedCount({ status }: Counts): number {
  return status.pending + status.redistributed + status.assigned + status.running;
}

export async function orchestratorStats(farm: Farm): Promise<OrchestratorStats> {
  const counts = await farm.store.counts();
  const times = await farm.store.executionTimes();
  return statsOf(farm, counts, times);
}

export function statsOf(farm: Farm, counts: Counts, times: ExecutionTimes): OrchestratorStats {
  return {
    total_tasks: counts.total,
    completed_tasks: counts.status.completed,
    failed_tasks: counts.status.failed,
    pending_tasks: unfinishedCount(counts),
    active_workers: farm.fleet.workers().filter(({ status }) => status === "active").length,
    total_execution_time: rounded(times.sum),
  };
}

/** Share of the finished tasks that completed; null before the first. Cancelled ones do not count. */
export function successRate({ status }: Counts): number | null {
  const ended = status.completed + status.failed;
  return ended === 0 ? null : rounded(status.completed / ended, 4);
}

/**
 * Seconds until everything is done, by the pace of the last minute; while nothing was completed in
 * it, by the mean task and the slots there are. Null when nothing can be said.
 */
export function etaSeconds(
  farm: Farm,
  { counts, times, throughput }: { counts: Counts; times: ExecutionTimes; throughput: Throughput },
): number | null {
  const open = unfinishedCount(counts);
  if (open === 0) return 0;
  const slots = slotCounts(farm).total;
  if (slots === 0) return null;
  const pace = throughput.perSecond;
  if (pace > 0) return rounded(open / pace, 1);
  if (times.mean === null) return null;
  return rounded(times.mean * Math.ceil(open / slots), 1);
}

/** Slots of the connected workers, and how many of them are taken. */
export function slotCounts({ scheduler }: Farm): { total: number; busy: number } {
  let total = 0;
  let busy = 0;
  for (const worker of scheduler.state.workers.values()) {
    if (!worker.connected) continue;
    total += worker.capacity;
    busy += Math.min(worker.capacity, worker.held.size);
  }
  return { total, busy };
}
