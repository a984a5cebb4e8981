/**
 * The worker's settings: flags, environment and `.env` become one frozen object.
 *
 * @module
 */
import { join } from "node:path";
import { ACCESS_FLAGS } from "../platform/access.ts";
import { type ParsedCommand, UsageError, type WordedCommand } from "../platform/arguments.ts";
import { LOG_LEVELS, type LogLevel } from "../platform/log.ts";
import type { Settings } from "../platform/settings.ts";
import { t } from "../platform/words.ts";

/** The worker's command line. */
export const WORKER_COMMAND = {
  command: "deno task worker",
  summary: "cli.worker",
  examples: [
    "deno task worker --worker-id worker-01 --port 5001",
    "deno task worker --worker-id worker-02 --port 5002 --capacity 2",
    "deno task worker --worker-id worker-03 --host 0.0.0.0 --token-file farm.token   # elsewhere",
  ],
  flags: {
    "worker-id": {
      kind: "text",
      value: "ID",
      description: "flag.worker_id",
      fallback: "worker-01",
    },
    port: {
      kind: "integer",
      value: "N",
      min: 0,
      max: 65535,
      description: "flag.port",
      fallback: "5001",
    },
    host: {
      kind: "text",
      value: "ADDRESS",
      description: "flag.host",
      fallback: "127.0.0.1",
    },
    capacity: {
      kind: "integer",
      value: "N",
      min: 1,
      max: 1024,
      description: "flag.capacity",
    },
    ...ACCESS_FLAGS,
  },
} as const satisfies WordedCommand;

export interface WorkerConfig {
  readonly workerId: string;
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  /** Tasks at a time. */
  readonly capacity: number;
  /** WORKER_THREADS_PER_TASK: most threads that one large task may use, idle slots permitting. */
  readonly threadsPerTask: number;
  /** DRAIN_TIMEOUT: time for running tasks to finish after SIGTERM or SIGINT, ms. */
  readonly drainMs: number;
  /** TASK_HISTORY_SIZE: ended attempts that /history shows. */
  readonly historySize: number;
  /** PERFORMANCE_MONITORING: false = heartbeats carry no CPU and memory. */
  readonly monitoring: boolean;
  readonly logFolder: string;
  readonly logLevel: LogLevel;
  readonly logMaxBytes: number;
  readonly logOldFiles: number;
}

/**
 * The settings of a worker that works in `folder`.
 *
 * @throws {UsageError} When one of them does not parse.
 */
export function workerConfig(
  flags: ParsedCommand<typeof WORKER_COMMAND["flags"]>["flags"],
  { settings, folder }: { readonly settings: Settings; readonly folder: string },
): WorkerConfig {
  const workerId = flags["worker-id"] ?? "worker-01";
  // The id becomes part of a file name and of log lines.
  if (!/^[\w.-]{1,100}$/.test(workerId) || /^\.+$/.test(workerId)) {
    throw new UsageError(
      t("flag.wrong", { flag: "worker-id", value: workerId, takes: t("takes.worker_id") }),
    );
  }
  const capacity = flags.capacity ?? navigator.hardwareConcurrency;
  return Object.freeze({
    workerId,
    host: flags.host ?? "127.0.0.1",
    port: flags.port ?? 5001,
    capacity,
    threadsPerTask: settings.integer("WORKER_THREADS_PER_TASK", {
      fallback: capacity,
      min: 1,
      max: 1024,
    }),
    drainMs: 1000 * settings.number("DRAIN_TIMEOUT", { fallback: 30, min: 0, max: 86_400 }),
    historySize: settings.integer("TASK_HISTORY_SIZE", { fallback: 100, min: 0, max: 100_000 }),
    monitoring: settings.boolean("PERFORMANCE_MONITORING", { fallback: true }),
    logFolder: join(folder, "logs"),
    logLevel: settings.choice("LOG_LEVEL", LOG_LEVELS, { fallback: "INFO" }),
    logMaxBytes: settings.integer("LOG_MAX_BYTES", { fallback: 10 * 1024 * 1024, min: 1024 }),
    logOldFiles: settings.integer("LOG_BACKUP_COUNT", { fallback: 5, min: 0, max: 1000 }),
  });
}
