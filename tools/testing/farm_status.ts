/**
 * Answers of the API for tests of what shows them.
 *
 * @module
 */
import type { TaskStatus } from "../../contract/task.ts";
import type { StatsAnswer } from "../farm_client.ts";
import type { RunningShown, WorkerShown } from "../status_text.ts";

/** `GET /stats` of a farm with these counts. */
export function statsAnswer(counts: Partial<Record<TaskStatus | "total_tasks", number>>) {
  return {
    timestamp: "2026-01-02T03:04:05.000+00:00",
    tasks_summary: {
      total_tasks: 0,
      pending: 0,
      assigned: 0,
      running: 0,
      redistributed: 0,
      completed: 0,
      failed: 0,
      cancelled: 0,
      redistributed_total: 0,
      ...counts,
    },
    orchestrator_stats: {
      total_tasks: 0,
      completed_tasks: 0,
      failed_tasks: 0,
      pending_tasks: 0,
      active_workers: 1,
      total_execution_time: 0,
    },
    execution_time: {
      count: 0,
      min: null,
      mean: null,
      max: null,
      p50: null,
      p95: null,
      p99: null,
    },
    throughput: 0,
    success_rate: 1,
    eta_seconds: 12,
    ingestion: { files_processed: 1, files_rejected: 0, files_pending: 0 },
    workers: {
      total: 1,
      active: 1,
      unstable: 0,
      inactive: 0,
      draining: 0,
      unknown: 0,
      slots: 4,
      slots_busy: 1,
    },
    version: "0.0.0",
    uptime: 61,
  } satisfies StatsAnswer;
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
