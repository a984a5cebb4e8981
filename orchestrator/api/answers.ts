/**
 * The shapes of the API's answers, as schemas: for the OpenAPI document, for its test, which holds
 * real answers against them, and for programs that want to know what they get.
 *
 * @module
 */
import { z } from "zod";
import { PriorityWritten, TASK_STATUSES } from "../../contract/task.ts";
import { Failure, TaskResult as ReportedResult } from "../../contract/wire.ts";
import { EVENT_KINDS } from "../store/store.ts";

const count = z.int().nonnegative();
const TaskResult = ReportedResult.extend({ metrics: z.record(z.string(), z.unknown()) });
const seconds = z.number().nonnegative();
/** A moment with its offset, such as `2026-11-22T20:26:08.249+00:00`. */
const moment = z.string();
const Status = z.enum(TASK_STATUSES);
const StatusCounts = z.strictObject(
  Object.fromEntries(TASK_STATUSES.map((status) => [status, count])) as Record<
    typeof TASK_STATUSES[number],
    typeof count
  >,
);

/** Every answer that is no success; RFC 9457. Some problems carry further members. */
export const Problem = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
});

const WorkerSummary = z.strictObject({
  total: count,
  active: count,
  unstable: count,
  inactive: count,
  draining: count,
  unknown: count,
  slots: count,
  slots_busy: count,
});

export const Health = z.strictObject({
  status: z.enum(["healthy", "unhealthy"]),
  problems: z.array(z.string()).optional(),
  warnings: z.array(z.string()),
  version: z.string(),
  uptime: seconds,
  workers: WorkerSummary,
  tasks: StatusCounts.extend({ total: count }).nullable(),
});

export const Stats = z.strictObject({
  timestamp: moment,
  tasks_summary: StatusCounts.extend({
    total_tasks: count,
    removed_total: count,
    redistributed_total: count,
  }),
  orchestrator_stats: z.strictObject({
    total_tasks: count,
    completed_tasks: count,
    failed_tasks: count,
    pending_tasks: count,
    active_workers: count,
    total_execution_time: seconds,
  }),
  execution_time: z.strictObject({
    count,
    min: seconds.nullable(),
    mean: seconds.nullable(),
    max: seconds.nullable(),
    p50: seconds.nullable(),
    p95: seconds.nullable(),
    p99: seconds.nullable(),
  }),
  throughput: z.number().nonnegative(),
  success_rate: z.number().min(0).max(1).nullable(),
  eta_seconds: seconds.nullable(),
  ingestion: z.strictObject({
    files_processed: count,
    files_rejected: count,
    files_pending: count,
  }),
  workers: WorkerSummary,
  version: z.string(),
  uptime: seconds,
});

const numbers = z.array(z.number().nullable());
export const History = z.strictObject({
  window: z.enum(["hour", "day", "week"]),
  step_seconds: z.int(),
  monitoring: z.boolean(),
  at: z.array(z.int()),
  throughput: numbers,
  failed: numbers,
  waiting: numbers,
  running: numbers,
  workers: numbers,
  slots: numbers,
  p50: numbers,
  p95: numbers,
  p99: numbers,
});

/** Keys of a task that the farm does not know are given back, so a task is open to more. */
export const Task = z.looseObject({
  task_id: z.string(),
  algorithm: z.string(),
  parameters: z.record(z.string(), z.unknown()),
  priority: PriorityWritten,
  description: z.string().nullable(),
  status: Status,
  assigned_worker: z.string().nullable(),
  batch: z.string(),
  file: z.string(),
  timeout: seconds.nullable(),
  created_at: moment,
  assigned_at: moment.nullable(),
  started_at: moment.nullable(),
  completed_at: moment.nullable(),
  execution_time: seconds.nullable(),
  /** Steps completed have a fraction in the middle of a step that takes long. */
  progress: z.strictObject({ steps_completed: z.number().nonnegative(), steps_total: count })
    .nullable(),
  attempt: count,
  retry_count: count,
  redistributions: count,
  waiting_reason: z.string().nullable(),
  error: Failure.nullable(),
  artefacts: z.array(z.unknown()),
  result: TaskResult.nullable(),
});

export const TaskDetail = Task.extend({
  attempts: z.array(z.strictObject({
    attempt: count,
    worker: z.string(),
    outcome: z.string(),
    assigned_at: moment,
    started_at: moment.nullable(),
    ended_at: moment.nullable(),
    error: Failure.nullable(),
  })),
});

export const Submitted = z.strictObject({ file: z.string(), tasks: count });
export const BulkDone = z.strictObject({
  action: z.enum(["cancel", "retry"]),
  matched: count,
  changed: count,
});

export const Batch = z.strictObject({
  id: z.string(),
  file: z.string(),
  archived_as: z.string(),
  state: z.enum(["receiving", "accepted", "rejected"]),
  received_at: moment,
  finished_at: moment.nullable(),
  tasks: count,
  accepted: count,
  removed: count,
  known: count,
  requeued: count,
  counts: StatusCounts,
  progress: z.number().min(0).max(1),
  errors_total: count,
  bytes: count,
  sha256: z.string(),
});
export const BatchDetail = Batch.extend({
  receipt: z.string(),
  metadata: z.unknown(),
  errors: z.array(z.unknown()),
});

/** As in a results file; tasks that did not complete say where they stand. */
export const BatchResult = z.looseObject({
  task_id: z.string(),
  algorithm: z.string(),
  parameters: z.record(z.string(), z.unknown()),
  execution_time: seconds.nullable(),
  result: TaskResult.nullable(),
  worker_id: z.string().nullable(),
  completed_at: moment.nullable(),
  priority: PriorityWritten,
  batch: z.string(),
  file: z.string(),
  status: Status,
  error: Failure.nullable(),
});

export const Worker = z.strictObject({
  id: z.string(),
  ip: z.string(),
  port: z.int(),
  status: z.enum(["active", "unstable", "inactive", "draining", "unknown"]),
  capacity: count.nullable(),
  algorithms: z.array(z.string()).nullable(),
  running_tasks: count,
  running_task_ids: z.array(z.string()),
  assigned_tasks: count,
  completed: count,
  failed: count,
  success_rate: z.number().min(0).max(1).nullable(),
  mean_task_time: seconds.nullable(),
  response_time: seconds.nullable(),
  last_ping: moment.nullable(),
  consecutive_failures: count,
  cpu: z.number().nullable(),
  memory_bytes: z.number().nullable(),
  region: z.string().nullable(),
  version: z.string().nullable(),
  clock_skew: z.number().nullable(),
  problem: z.string().nullable(),
});

export const ErrorGroup = z.strictObject({
  id: count,
  kind: z.string(),
  code: z.string(),
  message: z.string(),
  example: z.string(),
  count,
  total: count,
  first_seen: moment,
  last_seen: moment,
  samples: z.array(z.string()),
});

export const Event = z.strictObject({
  id: count,
  at: moment,
  kind: z.enum(EVENT_KINDS),
  worker: z.string().nullable(),
  task_id: z.string().nullable(),
  batch: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
  more: count,
});

export const Invariants = z.strictObject({
  at: moment,
  holds: z.boolean(),
  ledger: z.record(z.string(), z.number()),
  invariants: z.array(z.strictObject({
    id: z.string(),
    says: z.string(),
    holds: z.boolean(),
    broken: z.array(z.unknown()),
  })),
});

export const Notifications = z.strictObject({
  channels: z.array(z.looseObject({ last_delivered: moment.nullable() })),
});
export const Index = z.strictObject({
  name: z.string(),
  version: z.string(),
  calls: z.array(z.string()),
});
