/**
 * Every call of the API in one table: what it is for, what it takes, what it answers. A test holds
 * it against the routes that really are there.
 *
 * @module
 */
import { z } from "zod";
import { TASK_STATUSES } from "../../contract/task.ts";
import { Preview } from "../../contract/preview.ts";
import { TRAJECTORY_TYPE } from "../../contract/trajectory.ts";
import { TOPICS } from "../listeners/event_stream.ts";
import { EVENT_KINDS } from "../store/store.ts";
import * as answers from "./answers.ts";
import { WINDOWS } from "./history.ts";
import { PAGE_MAX } from "./parameters.ts";

/** What an answer holds: JSON of a schema, or bytes of a type. */
export type Content = { readonly json: z.ZodType } | { readonly type: string };

export interface Operation {
  readonly summary: string;
  /** Behind the question mark. */
  readonly query?: Readonly<Record<string, z.ZodType>>;
  readonly body?: Content;
  /** Status of the success → content; absent content means an empty body. */
  readonly success: Readonly<Record<number, Content>>;
  /** Statuses of problems it may answer besides 500 and 503. */
  readonly problems?: readonly number[];
}

const text = z.string();
const PAGING = {
  limit: z.int().min(1).max(PAGE_MAX).describe("Rows of a page; absent: all of them, streamed"),
  cursor: text.describe("From the header Link of the page before"),
};
const FILTER = {
  status: text.describe(`${TASK_STATUSES.join(", ")}; several with commas`),
  priority: text.describe("high, medium, low, or 1-10"),
  algorithm: text,
  worker: text,
  batch: text.describe("Id of a batch, or the name of its file"),
  error: z.int().describe("Id of a group of GET /errors"),
  text: text.describe("Part of the id or the description"),
};
const json = (schema: z.ZodType): Content => ({ json: schema });
const PAGE: Content = { type: "text/html" };

/** `METHOD path` → what it does; paths as the routes write them. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  "GET /": {
    summary: "What can be called; a page of the dashboard for browsers",
    success: { 200: json(answers.Index) },
  },
  "GET /health": {
    summary: "Whether the farm works, with warnings; 503 with what is wrong",
    success: { 200: json(answers.Health) },
  },
  "GET /stats": {
    summary: "Counts, execution times, throughput, time left",
    success: { 200: json(answers.Stats) },
  },
  "GET /stats/history": {
    summary: "The same over the last hour, day or week, as columns of equal length",
    query: { window: z.enum(WINDOWS) },
    success: { 200: json(answers.History) },
    problems: [400],
  },
  "GET /metrics": {
    summary: "Metrics for Prometheus",
    success: { 200: { type: "text/plain" } },
  },
  "GET /invariants": {
    summary: "The ledger of all tasks, and whether it adds up",
    success: { 200: json(answers.Invariants) },
  },
  "GET /events": {
    summary: "Server-sent events: everything that changes; goes on after Last-Event-ID",
    query: {
      topics: text.describe(`${TOPICS.join(", ")}; several with commas; absent: all`),
      last_event_id: text.describe("For those who cannot send the header"),
    },
    success: { 200: { type: "text/event-stream" } },
    problems: [400],
  },
  "GET /events/log": {
    summary: "What happened to the farm, newest first, also before its last restart",
    query: {
      since: text.describe("A moment such as 2026-11-22T20:26:08Z"),
      kind: text.describe(`${EVENT_KINDS.join(", ")}; several with commas`),
      worker: text,
      task: text,
      batch: text,
      ...PAGING,
    },
    success: { 200: json(z.array(answers.Event)) },
    problems: [400],
  },
  "GET /openapi.json": {
    summary: "This document",
    success: { 200: json(z.record(z.string(), z.unknown())) },
  },
  "GET /tasks": {
    summary: "Tasks, the newest change first; X-Total-Count says how many match",
    query: { ...FILTER, ...PAGING },
    success: { 200: json(z.array(answers.Task)) },
    problems: [400],
  },
  "POST /tasks": {
    summary: "Hands in a task file; it lands in the queue's folder",
    query: { name: text.describe("Name of the file") },
    body: json(z.looseObject({ tasks: z.array(z.record(z.string(), z.unknown())) })),
    success: { 202: json(answers.Submitted) },
    problems: [400, 413],
  },
  "POST /tasks/bulk": {
    summary: "Cancels or runs again all tasks that match a filter",
    body: json(z.strictObject({
      action: z.enum(["cancel", "retry"]),
      filter: z.looseObject({}).describe("The filters of GET /tasks; {} is all"),
    })),
    success: { 200: json(answers.BulkDone) },
    problems: [400],
  },
  "GET /tasks/:id": {
    summary: "One task with its attempts",
    success: { 200: json(answers.TaskDetail) },
    problems: [404],
  },
  "DELETE /tasks/:id": {
    summary: "Cancels a task, also while it runs",
    success: { 200: json(answers.TaskDetail) },
    problems: [404, 409],
  },
  "POST /tasks/:id/retry": {
    summary: "Runs an ended task again",
    success: { 200: json(answers.TaskDetail) },
    problems: [404, 409],
  },
  "GET /tasks/:id/trajectory": {
    summary: "The recorded frames of an ended task",
    success: { 200: { type: TRAJECTORY_TYPE } },
    problems: [404],
  },
  "GET /tasks/:id/preview": {
    summary: "One frame of a running task, thinned out",
    success: { 200: json(Preview) },
    problems: [404, 409],
  },
  "GET /batches": {
    summary: "Task files as batches, the newest first",
    query: PAGING,
    success: { 200: json(z.array(answers.Batch)) },
    problems: [400],
  },
  "GET /batches/:id": {
    summary: "One batch with its receipt, by id or by name of its file",
    success: { 200: json(answers.BatchDetail) },
    problems: [404],
  },
  "GET /batches/:id/results": {
    summary: "The results of a batch, in the order of its file",
    success: { 200: json(z.array(answers.BatchResult)) },
    problems: [404],
  },
  "GET /workers": {
    summary: "The workers of the configuration and how they are",
    success: { 200: json(z.array(answers.Worker)) },
  },
  "POST /workers/:id/drain": {
    summary: "Takes a worker out of service, or back into it",
    body: json(z.strictObject({ drain: z.boolean().default(true) })),
    success: { 200: json(answers.Worker) },
    problems: [400, 404],
  },
  "GET /errors": {
    summary: "Failures grouped by what they say, the most frequent first",
    query: PAGING,
    success: { 200: json(z.array(answers.ErrorGroup)) },
    problems: [400],
  },
  "GET /notifications": {
    summary: "Where notifications go, and how that went",
    success: { 200: json(answers.Notifications) },
  },
  "POST /notifications/test": {
    summary: "Sends a test to every channel",
    success: { 202: json(answers.Notifications) },
    problems: [409],
  },
  "GET /login": { summary: "The page to sign in on", success: { 200: PAGE } },
  "POST /login": {
    summary: "Signs a browser in with a token",
    body: { type: "application/x-www-form-urlencoded" },
    success: { 303: PAGE },
    problems: [401, 429],
  },
  "POST /logout": { summary: "Signs a browser out", success: { 303: PAGE } },
};
