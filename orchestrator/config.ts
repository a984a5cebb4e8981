/**
 * Everything that can be configured, read once at the start: flags over environment over `.env` over
 * `config_workers.json` over defaults. Wrong values stop the start with one sentence.
 *
 * @module
 */
import { join, resolve } from "node:path";
import type { TaskFileLimits } from "../contract/task_file.ts";
import { UsageError } from "../platform/arguments.ts";
import { LOG_LEVELS, type LogLevel } from "../platform/log.ts";
import { type NumberSources, readSettings, type Settings } from "../platform/settings.ts";
import { taskFileSettings } from "../platform/task_file_settings.ts";
import type { ParameterDefaults } from "../simulation/algorithm.ts";
import { type Strategy, STRATEGY_NAMES } from "./core/balancing.ts";
import { type NotifySettings, readNotifySettings } from "./notify/notify_settings.ts";
import {
  type FarmEntry,
  mergeWorkers,
  readWorkersFile,
  REQUEST_SECONDS_MAX,
  RETRIES_MAX,
  type WorkerEntry,
  type WorkerOverride,
  workerOverrides,
  type WorkersFile,
} from "./workers_file.ts";

/** Longest time a setting may name: what a 32-bit timer in ms can still hold (about 23 days). */
const SECONDS_MAX = 2_000_000;
const MIB = 2 ** 20;
const DEFAULT_CONFIG_FILE = "config_workers.json";

/** The orchestrator's configuration. Paths are absolute, times in ms unless the name says more. */
export interface Config {
  /** The folder it works in. */
  readonly folder: string;
  /** Address to listen on: `--host`. @default "127.0.0.1" */
  readonly host: string;
  /** `--port`. @default 5000 */
  readonly port: number;

  /** Where task files are dropped. @default task_queues/ */
  readonly queuePath: string;
  /** RESULTS_STORAGE_PATH, else RESULTS_DIR. @default results/ */
  readonly resultsPath: string;
  /** STATE_DIR: the store. @default state/ */
  readonly statePath: string;
  /** WORKER_STATE_FILE. @default logs/worker_state.json */
  readonly workerStatePath: string;

  /** ELASTIC_LOG_FILE. @default logs/elastic_orchestrator.log */
  readonly logPath: string;
  /** LOG_LEVEL. @default "INFO" */
  readonly logLevel: LogLevel;
  /** LOG_MAX_BYTES: size at which the log is rotated. @default 10 MiB */
  readonly logBytesMax: number;
  /** LOG_BACKUP_COUNT: rotated logs that are kept. @default 5 */
  readonly logOldFiles: number;

  /** CONFIG_FILE or `--config`: the list of workers. @default config_workers.json */
  readonly workersPath: string;
  /** The same as it was written, for messages. */
  readonly workersShownAs: string;
  /** Whether that file was there at the start. */
  readonly workersFileFound: boolean;
  /** Workers at the start: those of the file with WORKER_nn_* merged over them. */
  readonly workers: readonly WorkerEntry[];
  /** What WORKER_nn_* say, to be merged again when the file changes. */
  readonly workerOverrides: readonly WorkerOverride[];

  /** LOAD_BALANCING_ALGORITHM. @default "round_robin" */
  readonly strategy: Strategy;
  /** TASK_DISTRIBUTION_INTERVAL (s): upper bound of the wait for a dispatch. @default 2000 */
  readonly distributionIntervalMs: number;
  /** MAX_TASK_RETRIES or `retry_attempts`. @default 3 */
  readonly retriesMax: number;
  /** `max_concurrent_tasks`: at work at once in the whole farm. @default Infinity */
  readonly concurrentMax: number;
  /** WORKER_TIMEOUT (s): a running task without any progress is taken back. @default 300000 */
  readonly stallMs: number;
  /** TASK_TIMEOUT (s): limit of an attempt for tasks that carry none. @default null */
  readonly timeoutMs: number | null;
  /** HTTP_TIMEOUT or `orchestrator.timeout` (s): one request to a worker. @default 30000 */
  readonly httpTimeoutMs: number;

  /** ELASTIC_PING_INTERVAL (s): the health check of each worker. @default 5000 */
  readonly pingIntervalMs: number;
  /** ELASTIC_MAX_PING_FAILURES: failed pings in a row until `unstable`. @default 3 */
  readonly pingFailuresMax: number;
  /** ELASTIC_HEALTH_TIMEOUT (s): silence until `inactive`. @default 30000 */
  readonly healthTimeoutMs: number;
  /** PERFORMANCE_MONITORING: sampling of CPU, memory and time series. @default true */
  readonly performanceMonitoring: boolean;

  /** INBOX_SETTLE_MS: an incomplete file is judged this long after its last growth. @default 2000 */
  readonly inboxSettleMs: number;
  /** TASK_FILE_MAX_BYTES and TASK_FILE_MAX_TASKS. @default 64 MiB and 1,000,000 */
  readonly fileLimits: TaskFileLimits;
  /** TASKS_WAITING_MAX: with more tasks waiting no file is taken. @default 10,000,000 */
  readonly tasksWaitingMax: number;
  /** DISK_FREE_MIN_MB: with less free space no file is taken. @default 100 MiB */
  readonly diskFreeMinBytes: number;
  /** DEFAULT_NUM_PARTICLES (100), DEFAULT_NUM_STEPS (500), DEFAULT_SEED (42). */
  readonly parameterDefaults: ParameterDefaults;

  /** RESULTS_SAVE_INTERVAL (s). @default 300000 */
  readonly resultsSaveIntervalMs: number;
  /** RETENTION_PROCESSED_DAYS: archived task files; 0 = kept for ever. @default 0 */
  readonly retentionProcessedDays: number;
  /** RETENTION_RESULTS_DAYS: results files; 0 = kept for ever. @default 0 */
  readonly retentionResultsDays: number;
  /** RETENTION_TASKS_DAYS: ended tasks in the store; 0 = kept for ever. @default 0 */
  readonly retentionTasksDays: number;
  /** RETENTION_EVENTS_DAYS: events; 0 = as many as there is room for. @default 90 */
  readonly retentionEventsDays: number;
  /** NOTIFY_*: who is told of what. */
  readonly notify: NotifySettings;

  /** DRAIN_TIMEOUT (s) of workers, for those who start workers of their own. @default 30000 */
  readonly drainTimeoutMs: number;
}

/** What the command line of the orchestrator may say. */
export interface ConfigFlags {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly config?: string | undefined;
}

/**
 * Reads the configuration of an orchestrator that works in `folder`. `settings` is for callers that
 * have them already; otherwise the environment and the folder's `.env` are read.
 *
 * @throws {UsageError} One sentence for the first thing that is wrong.
 */
export function readConfig(
  { flags, folder, settings = readSettings(folder) }: {
    flags: ConfigFlags;
    folder: string;
    settings?: Settings;
  },
): Config {
  const root = resolve(folder);
  const workers = readWorkers(root, flags, settings);
  refuseSchedules(settings);
  return Object.freeze({
    folder: root,
    host: flags.host ?? "127.0.0.1",
    port: flags.port ?? 5000,
    ...readPaths(root, settings),
    ...readLogging(root, settings),
    ...workers.config,
    ...readScheduling(settings, workers.farm),
    ...readHealth(settings),
    ...readIntake(settings),
    ...readKeeping(settings),
    notify: Object.freeze(readNotifySettings(settings)),
  });
}

/**
 * The workers as the file names them now.
 *
 * @throws {UsageError} When the file is gone or wrong: keep the list that is in force.
 */
export function rereadWorkers(config: Config): readonly WorkerEntry[] {
  const file = readWorkersFile(config.workersPath, config.workersShownAs);
  if (file === null) throw new UsageError(`${config.workersShownAs} is gone`);
  return mergeWorkers(file.workers, config.workerOverrides, config.workersShownAs);
}

function refuseSchedules(settings: Settings): void {
  if (settings.boolean("MANUAL_MODE", { fallback: true })) return;
  throw new UsageError(
    "MANUAL_MODE is false, which is for schedules, and there are none yet: " +
      "remove it or set MANUAL_MODE=true; tasks enter as files in task_queues/",
  );
}

function readWorkers(folder: string, flags: ConfigFlags, settings: Settings) {
  const named = flags.config ?? settings.written("CONFIG_FILE");
  const shownAs = settings.text("CONFIG_FILE", {
    flag: flags.config,
    fallback: DEFAULT_CONFIG_FILE,
  });
  const workersPath = resolve(folder, shownAs);
  const file = readWorkersFile(workersPath, shownAs);
  if (file === null && named !== undefined) {
    throw new UsageError(`There is no file ${shownAs}: check --config and CONFIG_FILE`);
  }
  const { workers, orchestrator }: WorkersFile = file ?? { workers: [], orchestrator: {} };
  const overrides = workerOverrides(settings);
  return {
    farm: orchestrator,
    config: {
      workersPath,
      workersShownAs: shownAs,
      workersFileFound: file !== null,
      workers: Object.freeze(mergeWorkers(workers, overrides, shownAs)),
      workerOverrides: Object.freeze(overrides),
    },
  };
}

function readPaths(folder: string, settings: Settings) {
  const path = (name: string, fallback: string) =>
    resolve(folder, settings.text(name, { fallback }));
  return {
    queuePath: join(folder, "task_queues"),
    resultsPath: path(
      "RESULTS_STORAGE_PATH",
      settings.text("RESULTS_DIR", { fallback: "results" }),
    ),
    statePath: path("STATE_DIR", "state"),
    workerStatePath: path("WORKER_STATE_FILE", "logs/worker_state.json"),
  };
}

function readLogging(folder: string, settings: Settings) {
  const fallback = "logs/elastic_orchestrator.log";
  return {
    logPath: resolve(folder, settings.text("ELASTIC_LOG_FILE", { fallback })),
    logLevel: settings.choice("LOG_LEVEL", LOG_LEVELS, { fallback: "INFO" }),
    logBytesMax: settings.integer("LOG_MAX_BYTES", { fallback: 10 * 1024 * 1024, min: 1024 }),
    logOldFiles: settings.integer("LOG_BACKUP_COUNT", { fallback: 5, min: 0, max: 1000 }),
  };
}

/** A setting in seconds as ms; 0 is allowed only where `min` says so. */
function milliseconds(settings: Settings, name: string, sources: NumberSources): number {
  return 1000 * settings.number(name, { min: 0.01, max: SECONDS_MAX, ...sources });
}

function readScheduling(settings: Settings, farm: FarmEntry) {
  const limit = farm.max_concurrent_tasks ?? 0;
  const taskTimeout = settings.written("TASK_TIMEOUT") === undefined;
  return {
    strategy: settings.choice("LOAD_BALANCING_ALGORITHM", STRATEGY_NAMES, {
      fallback: "round_robin",
    }),
    distributionIntervalMs: milliseconds(settings, "TASK_DISTRIBUTION_INTERVAL", { fallback: 2 }),
    retriesMax: settings.integer("MAX_TASK_RETRIES", {
      file: farm.retry_attempts,
      fallback: 3,
      min: 0,
      max: RETRIES_MAX,
    }),
    concurrentMax: limit === 0 ? Infinity : limit,
    stallMs: milliseconds(settings, "WORKER_TIMEOUT", { fallback: 300 }),
    timeoutMs: taskTimeout ? null : milliseconds(settings, "TASK_TIMEOUT", { fallback: 0 }),
    httpTimeoutMs: milliseconds(settings, "HTTP_TIMEOUT", {
      file: farm.timeout,
      fallback: 30,
      max: REQUEST_SECONDS_MAX,
    }),
  };
}

function readHealth(settings: Settings) {
  return {
    pingIntervalMs: milliseconds(settings, "ELASTIC_PING_INTERVAL", { fallback: 5 }),
    pingFailuresMax: settings.integer("ELASTIC_MAX_PING_FAILURES", {
      fallback: 3,
      min: 1,
      max: 1000,
    }),
    healthTimeoutMs: milliseconds(settings, "ELASTIC_HEALTH_TIMEOUT", { fallback: 30 }),
    performanceMonitoring: settings.boolean("PERFORMANCE_MONITORING", { fallback: true }),
  };
}

function readIntake(settings: Settings) {
  const { defaults, limits } = taskFileSettings(settings);
  return {
    inboxSettleMs: settings.integer("INBOX_SETTLE_MS", { fallback: 2000, min: 0, max: 3_600_000 }),
    fileLimits: Object.freeze(limits),
    tasksWaitingMax: settings.integer("TASKS_WAITING_MAX", {
      fallback: 10_000_000,
      min: 1,
      max: 1_000_000_000,
    }),
    diskFreeMinBytes: MIB *
      settings.integer("DISK_FREE_MIN_MB", { fallback: 100, min: 0, max: 100_000_000 }),
    parameterDefaults: Object.freeze(defaults),
  };
}

function readKeeping(settings: Settings) {
  const days = (name: string, fallback = 0) =>
    settings.number(name, { fallback, min: 0, max: 100_000 });
  return {
    resultsSaveIntervalMs: milliseconds(settings, "RESULTS_SAVE_INTERVAL", { fallback: 300 }),
    retentionProcessedDays: days("RETENTION_PROCESSED_DAYS"),
    retentionResultsDays: days("RETENTION_RESULTS_DAYS"),
    retentionTasksDays: days("RETENTION_TASKS_DAYS"),
    retentionEventsDays: days("RETENTION_EVENTS_DAYS", 90),
    drainTimeoutMs: milliseconds(settings, "DRAIN_TIMEOUT", { fallback: 30, min: 0 }),
  };
}
