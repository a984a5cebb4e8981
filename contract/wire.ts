/**
 * What crosses the wire between orchestrator and worker. The orchestrator opens every connection:
 * it posts dispatches, cancels and acknowledgements, and reads one long response (`GET /stream`,
 * JSON lines) on which hello, heartbeats and outcomes come back. Every message carries arrays, and
 * every attempt carries its number, so that a late message can be told from a current one.
 *
 * @module
 */
import { z } from "zod";
import { Recording } from "./recording.ts";

/** Raised when a message changes its meaning. Both sides refuse another version with a sentence. */
export const CONTRACT_VERSION = 1;

/** Time between two heartbeats on an open stream, in ms. Three missed make a worker lost. */
export const HEARTBEAT_MS = 2000;
export const HEARTBEATS_MISSED_MAX = 3;

/** Longest wait between the start of a task (or its progress) and the line that says so, in ms. */
export const PROGRESS_MS = 250;

/** Most tasks in one dispatch, outcomes in one line. */
export const BATCH_MAX = 1000;

/** Outcomes that a worker writes into one line: what arrived before a line breaks is not sent again. */
export const OUTCOMES_MAX = 100;

/** What is only passed on: looked at no further, nor copied, as a record would be. */
const Opaque = z.custom<Record<string, unknown>>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "must be an object",
);

/** A moment, epoch ms, that every calendar can show: until the end of the year 9999. */
const Moment = z.number().min(0).max(253_402_214_400_000);

/** One attempt at one task: the unit that is dispatched, reported, cancelled and acknowledged. */
export const AttemptRef = z.object({ task_id: z.string(), attempt: z.int().min(1) });
export type AttemptRef = z.infer<typeof AttemptRef>;

/** A task handed to a worker. `timeout_ms` bounds this attempt from its start. */
export const Assignment = AttemptRef.extend({
  algorithm: z.string(),
  parameters: Opaque,
  timeout_ms: z.number().positive().optional(),
  /** What to record of the run; a worker that knows of no recordings runs the task without. */
  record: Recording.optional(),
});
export type Assignment = z.infer<typeof Assignment>;

/**
 * `POST /dispatch`. `farm` names the store the tasks live in: outcomes go back to that farm only.
 * `epoch` is the one of the worker's hello that the tasks were chosen for. A process started since
 * then refuses them with 409: they were counted as lost with the one before it.
 */
export const DispatchRequest = z.object({
  farm: z.string(),
  epoch: z.string().optional(),
  tasks: z.array(Assignment).max(BATCH_MAX),
});
export type DispatchRequest = z.infer<typeof DispatchRequest>;

/**
 * The answer to a dispatch. An attempt that the worker already knows counts as accepted and is not
 * run again, so a dispatch whose answer was lost may be sent again.
 */
export const DispatchReply = z.object({
  accepted: z.array(AttemptRef),
  refused: z.array(AttemptRef.extend({ code: z.string(), message: z.string() })),
});
export type DispatchReply = z.infer<typeof DispatchReply>;

/** `POST /acknowledge`: these outcomes are durable, the worker may forget them. */
export const AcknowledgeRequest = z.object({ farm: z.string(), attempts: z.array(AttemptRef) });
export type AcknowledgeRequest = z.infer<typeof AcknowledgeRequest>;

/**
 * `POST /cancel`: stop these attempts, running or waiting. Each still yields an outcome. With
 * `unstarted` only those that have not begun, which are handed back.
 */
export const CancelRequest = z.object({
  farm: z.string(),
  attempts: z.array(AttemptRef),
  unstarted: z.boolean().optional(),
});
export type CancelRequest = z.infer<typeof CancelRequest>;

/**
 * Why an attempt ended badly, and so whether another one can help:
 * `permanent` never (bad parameters), `task` perhaps (it threw), `timeout` perhaps,
 * `crash` the thread or the worker died under it.
 */
export const FAILURE_KINDS = ["permanent", "task", "timeout", "crash"] as const;
export const Failure = z.object({
  kind: z.enum(FAILURE_KINDS),
  code: z.string(),
  message: z.string(),
});
export type Failure = z.infer<typeof Failure>;

/** What a completed simulation reports; see section "Results" of docs/formats.md. */
export const TaskResult = z.object({
  status: z.literal("completed"),
  output: z.string(),
  metrics: Opaque,
});
export type TaskResult = z.infer<typeof TaskResult>;

const outcomeBase = {
  task_id: z.string(),
  attempt: z.int().min(1),
  /** Epoch ms by the worker's clock; null when the attempt never started. */
  started_at: Moment.nullable(),
  ended_at: Moment,
  /** Time inside the simulation, from a monotonic clock. */
  execution_ms: z.number().nonnegative().max(1e12),
};

/**
 * How an attempt ended. `returned` = handed back unstarted or unfinished by a worker that drains;
 * it costs the task no retry.
 */
export const Outcome = z.discriminatedUnion("status", [
  z.object({ ...outcomeBase, status: z.literal("completed"), result: TaskResult }),
  z.object({ ...outcomeBase, status: z.literal("failed"), failure: Failure }),
  z.object({ ...outcomeBase, status: z.literal("cancelled") }),
  z.object({ ...outcomeBase, status: z.literal("returned") }),
]);
export type Outcome = z.infer<typeof Outcome>;

/** First line of a stream: who answers. `epoch` is new at each start of the worker process. */
export const Hello = z.object({
  type: z.literal("hello"),
  contract: z.int(),
  worker_id: z.string(),
  epoch: z.string(),
  version: z.string(),
  capacity: z.int().min(1),
  algorithms: z.array(z.string()),
  /** How many tasks may wait in the worker beyond those that run. */
  queue_max: z.int().nonnegative(),
  draining: z.boolean(),
  /** Every attempt of this farm that waits or runs here. */
  holds: z.array(AttemptRef),
  /** Attempts of this farm that ended and are not acknowledged: their outcomes follow. */
  ended: z.array(AttemptRef),
  /** Epoch ms by the worker's clock, for the skew shown by check-communication. */
  at: Moment,
});
export type Hello = z.infer<typeof Hello>;

/** A running attempt and how far it is. */
export const Progress = AttemptRef.extend({
  started_at: Moment,
  steps_completed: z.number().nonnegative(),
  steps_total: z.number().nonnegative(),
});
export type Progress = z.infer<typeof Progress>;

/** Sent every HEARTBEAT_MS, whatever else is sent. */
export const Heartbeat = z.object({
  type: z.literal("heartbeat"),
  capacity: z.int().min(1),
  draining: z.boolean(),
  /** Every attempt of this farm that waits or runs here. Outcomes always stand before it. */
  holds: z.array(AttemptRef),
  /** Share of all cores used by the worker process, 0-1; null where it cannot be read. */
  cpu: z.number().nullable(),
  /** Resident memory of the worker process, bytes. */
  memory_bytes: z.number().nullable(),
});
export type Heartbeat = z.infer<typeof Heartbeat>;

/** Sent at most every PROGRESS_MS while something runs that has started or advanced since. */
export const ProgressLine = z.object({
  type: z.literal("progress"),
  running: z.array(Progress),
});
export type ProgressLine = z.infer<typeof ProgressLine>;

/** Sent as soon as something ended; sent again on every new stream until acknowledged. */
export const OutcomesLine = z.object({ type: z.literal("outcomes"), outcomes: z.array(Outcome) });
export type OutcomesLine = z.infer<typeof OutcomesLine>;

/** One line of `GET /stream?farm=…`. */
export const StreamLine = z.discriminatedUnion("type", [
  Hello,
  Heartbeat,
  ProgressLine,
  OutcomesLine,
]);
export type StreamLine = z.infer<typeof StreamLine>;
