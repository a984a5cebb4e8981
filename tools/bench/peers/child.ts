/**
 * Programs of others as child processes: servers that run until they are stopped, commands that
 * answer and end.
 *
 * @module
 */
import { TextLineStream } from "../../text_lines.ts";
import type { Running, Started } from "./running.ts";

/** Time for a server to become ready, ms. */
const READY_MS = 60_000;
/** Time for a process to end after it was asked to, ms. */
const END_MS = 20_000;
/** Lines kept for messages: of the first and of the last, as programs differ in where they say it. */
const LINES_KEPT = 10;

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly folder?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** How it is asked to stop. Default: SIGTERM. */
  readonly stopSignal?: Deno.Signal;
}

class Child {
  readonly process: Deno.ChildProcess;
  readonly #lines: string[] = [];
  readonly #options: ChildOptions;
  readonly #reading: Promise<unknown>;

  constructor(options: ChildOptions, onLine: (line: string, isError: boolean) => void = () => {}) {
    this.#options = options;
    this.process = new Deno.Command(options.command, {
      args: [...options.args],
      ...(options.folder === undefined ? {} : { cwd: options.folder }),
      env: { ...options.env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const read = async (stream: ReadableStream<Uint8Array>, isError: boolean) => {
      for await (const line of stream.pipeThrough(new TextLineStream())) {
        this.#lines.push(line);
        if (this.#lines.length > 2 * LINES_KEPT) this.#lines.splice(LINES_KEPT, 1);
        onLine(line, isError);
      }
    };
    this.#reading = Promise.all([
      read(this.process.stdout, false),
      read(this.process.stderr, true),
    ]);
  }

  /** Its exit code, after its last line has been read. */
  async ended(): Promise<number> {
    const { code } = await this.process.status;
    await this.#reading;
    return code;
  }

  async stop(): Promise<void> {
    const timer = setTimeout(() => this.#signal("SIGKILL"), END_MS);
    this.#signal(this.#options.stopSignal ?? "SIGTERM");
    await this.ended();
    clearTimeout(timer);
  }

  failure(what: string): Error {
    return new Error(`${this.#options.command} ${what}: ${this.#lines.join("\n")}`);
  }

  #signal(signal: Deno.Signal): void {
    try {
      this.process.kill(signal);
    } catch {
      // It has ended already.
    }
  }
}

/** Starts a server; resolves when it has written a line that passes `ready`. */
export function startServer(
  running: Running,
  options: ChildOptions,
  ready: { test(line: string): boolean },
): Promise<Started<void>> {
  let server: Child | null = null;
  const start = async () => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const child = new Child(options, (line) => ready.test(line) && resolve());
    server = child;
    const timer = setTimeout(
      () => reject(child.failure(`was not ready after ${READY_MS / 1000} s`)),
      READY_MS,
    );
    child.ended().then((code) => reject(child.failure(`ended with exit code ${code}`)), reject);
    try {
      await promise;
    } catch (error) {
      await child.stop();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  };
  return running.start(start, () => server?.stop() ?? Promise.resolve());
}

/**
 * Runs a command to its end; returns what it wrote to stdout.
 *
 * @throws {Error} With its last lines, when it fails or takes longer than `timeoutMs`.
 */
export async function runCommand(
  running: Running,
  options: ChildOptions,
  timeoutMs: number,
): Promise<string> {
  const lines: string[] = [];
  const { it: child, stop } = await running.start(
    () => Promise.resolve(new Child(options, (line, isError) => isError || lines.push(line))),
    (child) => child.stop(),
  );
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    stop();
  }, timeoutMs);
  const code = await child.ended();
  clearTimeout(timer);
  await stop();
  if (late) throw child.failure(`did not end within ${timeoutMs / 1000} s`);
  if (code !== 0) throw child.failure(`ended with exit code ${code}`);
  return lines.join("\n");
}
