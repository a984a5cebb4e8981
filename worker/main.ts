/**
 * The worker program: reads its settings, serves its HTTP interface, and drains on SIGTERM or
 * SIGINT.
 *
 * @module
 */
import { messageOf } from "../platform/error_message.ts";
import { type Access, readAccess, serveOptions, urlOf } from "../platform/access.ts";
import { EXIT, type ParsedCommand } from "../platform/arguments.ts";
import { closeLogging, configureLogging, getLogger } from "../platform/log.ts";
import { runProgram } from "../platform/program.ts";
import { deniedSentence } from "../platform/sandbox.ts";
import { readSettings } from "../platform/settings.ts";
import { EXIT_OF, type StopSignal, stopSignal } from "../platform/stop_signal.ts";
import { err, out } from "../platform/terminal.ts";
import { createApp } from "./app.ts";
import { WORKER_COMMAND, type WorkerConfig, workerConfig } from "./config.ts";
import { releaseLogFile, workerLogFile } from "./log_file.ts";
import { WorkerService } from "./service.ts";

const log = getLogger();

/** Time for the last answers to reach their readers, ms. */
const SHUTDOWN_MS = 1000;

type Flags = ParsedCommand<typeof WORKER_COMMAND["flags"]>["flags"];

/** Runs a worker until it is told to stop; resolves with the exit code. */
async function main({ flags }: { readonly flags: Flags }): Promise<number> {
  const folder = Deno.cwd();
  const settings = readSettings(folder);
  const config = workerConfig(flags, { settings, folder });
  const access = readAccess(flags, { host: config.host, settings });
  configureLogging({
    program: "worker",
    level: config.logLevel,
    file: workerLogFile(config.logFolder, config.workerId),
    stderr: "WARNING",
    maxBytes: config.logMaxBytes,
    oldFiles: config.logOldFiles,
  });
  for (const notice of access.notices) log.warning("Access", { notice });
  surviveStrayErrors();
  const worker = new WorkerService(config);
  const stop = stopSignal();
  try {
    const [server] = await Promise.all([listen(config, { access, worker }), worker.start()]);
    announce(config, urlOf(access, server.addr.port));
    const code = await drainOn(await stop, { config, worker });
    // Streams end on our side first: shutdown() waits for ever on an open one.
    worker.reporter.close();
    await Promise.race([server.shutdown(), delay(SHUTDOWN_MS)]);
    return code;
  } catch (error) {
    err(startFailure(config, error));
    return EXIT.failure;
  } finally {
    worker.close();
    closeLogging();
    releaseLogFile();
  }
}

function listen(
  { port }: WorkerConfig,
  { access, worker }: { readonly access: Access; readonly worker: WorkerService },
): Deno.HttpServer<Deno.NetAddr> {
  const app = createApp(worker, access);
  return Deno.serve({ ...serveOptions(access), port, onListen: () => {} }, app.fetch);
}

function announce({ workerId, capacity }: WorkerConfig, url: string): void {
  out(`Worker ${workerId} listens on ${url} with capacity ${capacity}`);
  log.info("Worker started", { worker_id: workerId, url, capacity, pid: Deno.pid });
}

async function drainOn(
  signal: StopSignal,
  { config, worker }: { readonly config: WorkerConfig; readonly worker: WorkerService },
): Promise<number> {
  const { held } = worker.executor.ledger;
  log.info("Worker stops", { signal, held });
  if (held > 0) {
    err(`${signal}: finishing within ${config.drainMs / 1000} s; once more to stop at once`);
  }
  await worker.drainToEnd(config.drainMs);
  log.info("Worker stopped", { signal });
  return EXIT_OF[signal];
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** An error that nobody awaited costs a log line, not the tasks of the whole worker. */
function surviveStrayErrors(): void {
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    log.critical("Unhandled rejection", { error: event.reason, stack: stackOf(event.reason) });
  });
  globalThis.addEventListener("error", (event) => {
    event.preventDefault();
    log.critical("Uncaught error", { error: event.error, stack: stackOf(event.error) });
  });
}

function stackOf(error: unknown): string | undefined {
  return error instanceof Error ? error.stack : undefined;
}

function startFailure({ host, port, workerId }: WorkerConfig, error: unknown): string {
  const message = messageOf(error);
  // For the log file: the terminal gets the sentence below, and nothing before it.
  log.info("Worker cannot run", { error });
  const denied = deniedSentence("worker", error);
  if (denied !== null) return denied;
  if (error instanceof Deno.errors.AddrInUse) {
    return `Port ${port} on ${host} is taken: stop the program that uses it, ` +
      `or start ${workerId} with another --port`;
  }
  if (error instanceof Deno.errors.AddrNotAvailable) {
    return `This machine has no address ${host}: use 127.0.0.1, or 0.0.0.0 for all of its addresses`;
  }
  return `Worker ${workerId} cannot run on ${host}:${port}: ${message}`;
}

if (import.meta.main) await runProgram(WORKER_COMMAND, main);
