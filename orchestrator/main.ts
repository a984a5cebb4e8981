/**
 * The orchestrator: reads its configuration, wires the rooms, serves, and stops in order.
 *
 * @module
 */
import { dirname, join } from "node:path";
import {
  type Access,
  ACCESS_FLAGS,
  type AccessFlags,
  readAccess,
  serveOptions,
  urlOf,
} from "../platform/access.ts";
import { EXIT, UsageError, type WordedCommand } from "../platform/arguments.ts";
import { closeLogging, configureLogging, getLogger } from "../platform/log.ts";
import { runProgram } from "../platform/program.ts";
import { missingPermission, type Need } from "../platform/sandbox.ts";
import { readSettings } from "../platform/settings.ts";
import { EXIT_OF, stopSignal } from "../platform/stop_signal.ts";
import { err } from "../platform/terminal.ts";
import { parameterChecks } from "../simulation/parameter_check.ts";
import { createApi } from "./api/app.ts";
import { backpressure } from "./backpressure.ts";
import { type Config, type ConfigFlags, readConfig } from "./config.ts";
import { DEFAULT_POLICY, type Policy } from "./core/state.ts";
import type { Farm } from "./farm.ts";
import { DiskWatch } from "./disk_watch.ts";
import { Fleet } from "./fleet/fleet.ts";
import { openWorkerLine, WORKER_CA_FLAG, type WorkerLine } from "./fleet/worker_line.ts";
import { Archive } from "./inbox/archive.ts";
import { Inbox } from "./inbox/inbox.ts";
import { Listeners } from "./listeners/listeners.ts";
import { QueueLock, readQueueNote } from "./queue_lock.ts";
import { Scheduler } from "./scheduler.ts";
import { reopening } from "./store/reopening.ts";
import { openSqliteStore } from "./store/sqlite.ts";
import { StoreError } from "./store/store.ts";
import { watchWorkersFile } from "./workers_watch.ts";

const log = getLogger("orchestrator");

/** Longest time an orderly stop may take, ms. */
const STOP_MS = 5000;

/** Something in the way of a start that the user has to see to: one sentence, exit code 1. */
class StartError extends Error {
  override readonly name = "StartError";
}

interface Running {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts everything; throws `StartError` when it cannot. */
async function startOrchestrator(
  config: Config,
  { access, line }: { readonly access: Access; readonly line: WorkerLine },
): Promise<Running> {
  const lock = lockQueue(config);
  try {
    const { store, warnings } = await openStore(config);
    for (const warning of warnings) log.warning("Store", { warning });
    const scheduler = new Scheduler(store, { policy: policyOf(config) });
    const fleet = new Fleet({
      farm: store.farm,
      submit: (event) => scheduler.submit(event),
      httpTimeoutMs: config.httpTimeoutMs,
      health: {
        pingMs: config.pingIntervalMs,
        failuresMax: config.pingFailuresMax,
        silenceMaxMs: config.healthTimeoutMs,
      },
      line,
    });
    const disk = new DiskWatch({
      folders: [config.statePath, config.resultsPath, config.queuePath],
      freeMinBytes: config.diskFreeMinBytes,
      changed: (problem) => listeners.eventLog.diskChanged(problem),
    });
    const inbox = new Inbox({
      folder: config.queuePath,
      closedBecause: backpressure(config, { store, disk }),
      settleMs: config.inboxSettleMs,
      store,
      scheduler,
      archive: new Archive(config.queuePath),
      algorithms: parameterChecks(config.parameterDefaults),
      limits: config.fileLimits,
    });
    const farm: Farm = { config, store, scheduler, fleet, inbox, startedAt: Date.now() };
    const listeners = new Listeners(farm);
    listeners.eventLog.warn(warnings);
    const server = listen(config, { access, handler: createApi(farm, listeners, access).fetch });
    const url = ownUrl(access, server.addr.port);
    lock.note(url);
    // First the workers, then the tasks that they may still run.
    fleet.configure(config.workers);
    await scheduler.start(fleet);
    await listeners.start();
    const watch = watchWorkersFile(config, (workers) => fleet.configure(workers));
    await disk.start();
    await inbox.start();
    return {
      url,
      async stop() {
        watch.stop();
        disk.stop();
        await inbox.stop();
        scheduler.pauseDispatch();
        // The server waits for open answers, and a stream of events has no end of its own.
        listeners.events.close();
        await Promise.all([server.shutdown(), fleet.stop()]);
        line.close();
        await scheduler.stop();
        await listeners.stop();
        await store.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

function lockQueue(config: Config): QueueLock {
  const lock = QueueLock.take(config.queuePath);
  if (lock !== null) return lock;
  const where = readQueueNote(config.queuePath);
  throw new StartError(
    `Another orchestrator${
      where && ` (${where})`
    } watches ${config.queuePath}: stop it, or start ` +
      `this one in another folder`,
  );
}

async function openStore(config: Config) {
  const path = join(config.statePath, "farm.db");
  try {
    const { store, warnings } = await openSqliteStore(path);
    return { store: reopening(store, async () => (await openSqliteStore(path)).store), warnings };
  } catch (error) {
    if (error instanceof StoreError) throw new StartError(error.message);
    throw error;
  }
}

function policyOf(config: Config): Policy {
  return {
    ...DEFAULT_POLICY,
    strategy: config.strategy,
    retriesMax: config.retriesMax,
    concurrentMax: config.concurrentMax,
    stallMs: config.stallMs,
    timeoutMs: config.timeoutMs,
  };
}

function listen(
  { port }: Config,
  { access, handler }: { readonly access: Access; readonly handler: Deno.ServeHandler },
): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve({ ...serveOptions(access), port, onListen() {} }, handler);
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) {
      throw new StartError(
        `Port ${port} is taken: stop what listens there, or choose another with --port`,
      );
    }
    if (access.tls === null) throw error;
    throw new StartError(`Cannot serve https with these files: ${(error as Error).message}`);
  }
}

function ownUrl(access: Access, port: number): string {
  const anywhere = access.host === "0.0.0.0" || access.host === "::";
  return urlOf(anywhere ? { ...access, host: "127.0.0.1" } : access, port);
}

/** The places that settings may move out of the folder. */
function needsOf(config: Config): Need[] {
  return [
    { access: "write", from: "STATE_DIR", path: config.statePath },
    { access: "write", from: "RESULTS_STORAGE_PATH", path: config.resultsPath },
    { access: "write", from: "ELASTIC_LOG_FILE", path: dirname(config.logPath) },
    { access: "write", from: "WORKER_STATE_FILE", path: dirname(config.workerStatePath) },
    { access: "write", from: "The working folder", path: config.queuePath },
  ];
}

type Flags = ConfigFlags & AccessFlags & { readonly "worker-ca"?: string | undefined };

async function main(flags: Flags): Promise<number> {
  const folder = Deno.cwd();
  const settings = readSettings(folder);
  const config = readConfig({ flags, folder, settings });
  const access = readAccess(flags, { host: config.host, settings });
  const line = openWorkerLine(flags, { settings, tokens: access.tokens });
  const denied = missingPermission("orchestrator", needsOf(config));
  if (denied !== null) throw new UsageError(denied);
  configureLogging({
    program: "orchestrator",
    level: config.logLevel,
    file: config.logPath,
    maxBytes: config.logBytesMax,
    oldFiles: config.logOldFiles,
  });
  for (const notice of access.notices) {
    log.warning("Access", { notice });
    err(notice);
  }
  const signal = stopSignal();
  try {
    const running = await startOrchestrator(config, { access, line });
    log.info("Started", { url: running.url, workers: config.workers.length });
    err(`Orchestrator listens on ${running.url} and takes task files from ${config.queuePath}`);
    const code = EXIT_OF[await signal];
    err("Stopping: running tasks stay with their workers");
    setTimeout(() => Deno.exit(code), STOP_MS);
    await running.stop();
    log.info("Stopped");
    closeLogging();
    return code;
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    log.error("Cannot start", { reason: error.message });
    err(error.message);
    return EXIT.failure;
  }
}

const COMMAND = {
  command: "deno task orchestrator",
  summary: "cli.orchestrator",
  examples: [
    "deno task orchestrator",
    "deno task orchestrator --port 5100 --config my_workers.json",
    "deno task orchestrator --host 0.0.0.0 --token-file farm.token",
  ],
  flags: {
    host: { kind: "text", value: "ADDRESS", description: "flag.host", fallback: "127.0.0.1" },
    port: {
      kind: "integer",
      value: "N",
      min: 0,
      max: 65535,
      description: "flag.port",
      fallback: "5000",
    },
    config: {
      kind: "text",
      value: "FILE",
      description: "flag.config",
      fallback: "config_workers.json",
    },
    ...ACCESS_FLAGS,
    ...WORKER_CA_FLAG,
  },
} as const satisfies WordedCommand;

if (import.meta.main) await runProgram(COMMAND, ({ flags }) => main(flags));
