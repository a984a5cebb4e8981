/**
 * The figures of the farm as a whole, as results files and the API show them. All of it is read from
 * counters that the store keeps: the cost does not grow with the number of tasks.
 *
 * @module
 */
import type { Farm } from "../farm.ts";
import type { Counts, ExecutionTimes } from "../store/store.ts";
import { type Advanced, secondsLeft } from "./eta.ts";
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
 * Seconds until everything is done, of the whole farm or of one batch with `counts` of its own; null
 * when nothing can be said.
 */
export function etaSeconds(
  farm: Farm,
  { counts, times, throughput, batch }: {
    counts: Counts;
    times: ExecutionTimes;
    throughput: Throughput;
    /** Only its tasks. */
    batch?: string;
  },
): number | null {
  const left = secondsLeft({
    open: unfinishedCount(counts),
    advanced: advancedTasks(farm, batch),
    slots: slotCounts(farm).total,
    pace: throughput.perSecond,
    meanS: times.mean,
  });
  return left === null ? null : rounded(left, 1);
}

/** The running tasks that have told how far they are. */
function advancedTasks({ scheduler }: Farm, batch?: string): Advanced[] {
  const { state } = scheduler;
  const now = scheduler.now().mono;
  return [...state.active].flatMap((id) => {
    const task = state.window.get(id);
    if (!task?.progress || task.startedMono === null) return [];
    if (batch !== undefined && task.row.batch !== batch) return [];
    const { steps_completed, steps_total } = task.progress;
    if (steps_completed <= 0) return [];
    const share = Math.min(1, steps_completed / steps_total);
    return [{ elapsedS: (now - task.startedMono) / 1000, share }];
  });
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
