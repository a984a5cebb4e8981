/**
 * A task as the API shows it.
 *
 * @module
 */
import { parseTaskContent } from "../../contract/task.ts";
import { waitingReason } from "../core/waiting.ts";
import type { Scheduler } from "../scheduler.ts";
import { seconds, time, withExtra } from "../listeners/result_entry.ts";
import type { TaskDetail, TaskListed } from "../store/store.ts";
import { TrajectoryFiles } from "../trajectories/trajectory_files.ts";

/** A file that belongs to a task. */
export interface Artefact {
  readonly kind: "trajectory";
  /** Path of the call that gives it. */
  readonly href: string;
  readonly bytes: number;
}

/** Files that belong to a task; told by whoever knows where they lie. */
export type ArtefactsOf = (task: TaskListed) => readonly Artefact[];

/** Looks into the folder of the results, and only for tasks that asked for a recording. */
export function artefactsIn(resultsPath: string): ArtefactsOf {
  const files = new TrajectoryFiles(resultsPath);
  return (task) => {
    const bytes = task.record === undefined ? null : files.sizeOf(task);
    if (bytes === null) return [];
    const href = `/tasks/${encodeURIComponent(task.task_id)}/trajectory`;
    return [{ kind: "trajectory", href, bytes }];
  };
}

/** A row of a listing: everything but its attempts. */
export function taskJson(
  scheduler: Scheduler,
  task: TaskListed,
  artefactsOf: ArtefactsOf = () => [],
) {
  return withExtra({
    task_id: task.task_id,
    algorithm: task.algorithm_written,
    parameters: parseTaskContent(task.content)[1],
    priority: task.priority_written,
    description: task.description,
    status: task.status,
    assigned_worker: task.worker,
    batch: task.batch,
    file: task.file,
    timeout: seconds(task.timeout_ms),
    created_at: time(task.created_at),
    assigned_at: time(task.assigned_at),
    started_at: time(task.started_at),
    completed_at: time(task.completed_at),
    execution_time: seconds(task.execution_ms),
    progress: progressOf(scheduler, task),
    attempt: task.attempt,
    retry_count: task.retry_count,
    redistributions: task.redistributions,
    waiting_reason: waitingReason(scheduler.state, task, scheduler.now()),
    error: task.error,
    artefacts: artefactsOf(task),
    result: task.result,
  }, task.extra);
}

/** One task with its whole story. */
export function taskDetailJson(
  scheduler: Scheduler,
  task: TaskDetail,
  artefactsOf?: ArtefactsOf,
) {
  const attempts = task.attempts.map((attempt) => ({
    attempt: attempt.attempt,
    worker: attempt.worker,
    outcome: attempt.outcome,
    assigned_at: time(attempt.assigned_at),
    started_at: time(attempt.started_at),
    ended_at: time(attempt.ended_at),
    error: attempt.error,
  }));
  return { ...taskJson(scheduler, task, artefactsOf), attempts };
}

/** How far a running attempt is, by the worker's latest word. */
function progressOf(scheduler: Scheduler, task: TaskListed) {
  const progress = scheduler.state.window.get(task.task_id)?.progress;
  if (task.status !== "running" || !progress || progress.attempt !== task.attempt) return null;
  const { steps_completed, steps_total } = progress;
  return { steps_completed, steps_total };
}
