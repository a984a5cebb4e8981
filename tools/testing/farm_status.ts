/**
 * Answers of the API for tests of what shows them.
 *
 * @module
 */
import type { TaskStatus } from "../../contract/task.ts";
import type { RunningShown, StatsShown, WorkerShown } from "../status_text.ts";

/** `GET /stats` of a farm with these counts. */
export function statsAnswer(counts: Partial<Record<TaskStatus | "total_tasks", number>>) {
  return {
    tasks_summary: {
      total_tasks: 0,
      pending: 0,
      assigned: 0,
      running: 0,
      redistributed: 0,
      completed: 0,
      failed: 0,
      cancelled: 0,
      ...counts,
    },
    execution_time: { mean: null, p50: null, p95: null, p99: null },
    throughput: 0,
    success_rate: 1,
    eta_seconds: 12,
    ingestion: { files_processed: 1, files_rejected: 0, files_pending: 0 },
    workers: { total: 1, active: 1, slots: 4, slots_busy: 1 },
    version: "0.0.0",
    uptime: 61,
  } satisfies StatsShown;
}

export function workerAnswer(id: string): WorkerShown {
  return {
    id,
    status: "active",
    capacity: 4,
    running_tasks: 1,
    completed: 3,
    failed: 0,
    response_time: 0.002,
    cpu: 0.5,
    memory_bytes: 1e8,
  };
}

/** A task at a quarter of its steps. */
export function runningTask(id: string, startedAt: number): RunningShown {
  return {
    task_id: id,
    assigned_worker: "w-1",
    started_at: new Date(startedAt).toISOString(),
    progress: { steps_completed: 25, steps_total: 100 },
  };
}
