/**
 * A farm on this machine: one orchestrator and some workers as processes of their own, in one
 * folder. What `demo`, `start` and the tests share.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { PARENT_VARIABLE } from "../platform/stop_signal.ts";
import { freePort } from "./ports.ts";
import { Program } from "./program.ts";

const ROOT = new URL("..", import.meta.url);

/** The script of a program, as an argument for Deno. */
export function script(path: string): string {
  return fileURLToPath(new URL(path, ROOT));
}

/** A worker to start here. */
export interface LocalWorker {
  readonly id: string;
  readonly port: number;
  /** Absent or null: the worker's own default. */
  readonly capacity?: number | null;
}

export interface LocalFarmOptions {
  /** Working folder of all programs. */
  readonly folder: string;
  /** Ids of the workers to start. */
  readonly workers: readonly LocalWorker[];
  /** Wished port of the orchestrator; 0 = any. */
  readonly port: number;
  /** Where the list of workers is written; absent: the folder's own list is used as it is. */
  readonly workersFile?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Further flags for every program. */
  readonly flags?: readonly string[];
  /** Gets every line a program writes. */
  readonly onLine?: (program: string, line: string) => void;
  /** Out of reach of the terminal's Ctrl-C, so that `stop()` decides who ends when. */
  readonly detached?: boolean;
}

export class LocalFarm {
  readonly orchestrator: Program;
  readonly #workers: Program[];
  readonly #restart: readonly (() => Promise<Program>)[];

  private constructor(
    orchestrator: Program,
    workers: readonly Program[],
    restart: readonly (() => Promise<Program>)[],
  ) {
    this.orchestrator = orchestrator;
    this.#workers = [...workers];
    this.#restart = restart;
  }

  get workers(): readonly Program[] {
    return this.#workers;
  }

  get url(): string {
    return this.orchestrator.url;
  }

  /**
   * Starts everything at once; if one program fails, the others are stopped. They also stop when this
   * process is ended without a chance to stop them.
   */
  static async start(wanted: LocalFarmOptions): Promise<LocalFarm> {
    const options = { ...wanted, env: { ...wanted.env, [PARENT_VARIABLE]: String(Deno.pid) } };
    const workers = options.workers.map((worker) => ({ ...worker, port: freePort(worker.port) }));
    if (options.workersFile !== undefined) {
      await writeWorkersFile(options.workersFile, workers);
    }
    const started = await Promise.allSettled([
      startOrchestrator(options),
      ...workers.map((worker) => startWorker(worker, options)),
    ]);
    const programs = started.filter((result) => result.status === "fulfilled")
      .map((result) => result.value);
    const failure = started.find((result) => result.status === "rejected");
    if (failure !== undefined) {
      await Promise.all(programs.map((program) => program.kill()));
      throw failure.reason;
    }
    const restart = workers.map((worker) => () => startWorker(worker, options));
    return new LocalFarm(programs[0]!, programs.slice(1), restart);
  }

  /** Starts the worker at `index` again, which has ended. */
  async restartWorker(index: number): Promise<void> {
    this.#workers[index] = await this.#restart[index]!();
  }

  /**
   * Stops all of it; resolves when every process has ended. Workers come first: the orchestrator
   * still takes what they finish meanwhile.
   */
  async stop(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.stop()));
    await this.orchestrator.stop();
  }

  /** Ends all of it at once, running tasks included. */
  async kill(): Promise<void> {
    await Promise.all([...this.workers, this.orchestrator].map((program) => program.kill()));
  }
}

/** Replaces the list at one go: a running orchestrator reads it again when it changes. */
export async function writeWorkersFile(
  path: string,
  workers: readonly { readonly id: string; readonly ip?: string; readonly port: number }[],
): Promise<void> {
  const entries = workers.map(({ id, ip = "127.0.0.1", port }) => ({ id, ip, port }));
  await Deno.mkdir(join(path, ".."), { recursive: true });
  await Deno.writeTextFile(`${path}.new`, `${JSON.stringify({ workers: entries }, null, 2)}\n`);
  await Deno.rename(`${path}.new`, path);
}

/**
 * Runs a program with its permission set from deno.json. The folders in there are the project's; in
 * another one the program may write just that one.
 */
function sandboxed(set: "orchestrator" | "worker", folder: string): string[] {
  const root = resolve(fileURLToPath(ROOT));
  const other = resolve(folder) === root
    ? []
    : [`--allow-read=${listed(root, folder)}`, `--allow-write=${listed(folder)}`];
  // Quiet: Deno would say for each program that permissions in its configuration are experimental.
  return ["run", "--quiet", "--no-prompt", `-P=${set}`, ...other];
}

/** Paths as Deno's flags take them, where a comma is doubled. */
function listed(...paths: string[]): string {
  return paths.map((path) => path.replaceAll(",", ",,")).join(",");
}

export function startOrchestrator(
  options: Pick<
    LocalFarmOptions,
    "folder" | "port" | "workersFile" | "env" | "flags" | "onLine" | "detached"
  >,
): Promise<Program> {
  const { workersFile, env = {}, flags = [], onLine, detached = false } = options;
  const config = workersFile === undefined ? [] : ["--config", workersFile];
  const port = options.port === 0 ? 0 : freePort(options.port);
  return Program.start({
    name: "orchestrator",
    args: [
      ...sandboxed("orchestrator", options.folder),
      script("orchestrator/main.ts"),
      ...["--port", String(port), ...config, ...flags],
    ],
    folder: options.folder,
    env,
    detached,
    ...(onLine === undefined ? {} : { onLine: (line: string) => onLine("orchestrator", line) }),
  });
}

export function startWorker(
  worker: LocalWorker,
  options: Pick<LocalFarmOptions, "folder" | "env" | "flags" | "onLine" | "detached">,
): Promise<Program> {
  const { env = {}, flags = [], onLine, detached = false } = options;
  const capacity = typeof worker.capacity !== "number"
    ? []
    : ["--capacity", String(worker.capacity)];
  const args = ["--worker-id", worker.id, "--port", String(worker.port), ...capacity, ...flags];
  return Program.start({
    name: worker.id,
    args: [...sandboxed("worker", options.folder), script("worker/main.ts"), ...args],
    folder: options.folder,
    env,
    detached,
    ...(onLine === undefined ? {} : { onLine: (line: string) => onLine(worker.id, line) }),
  });
}
