/**
 * A real worker process on a free port, in a folder of its own, for tests.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import type { Assignment, AttemptRef, StreamLine } from "../../contract/wire.ts";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));

export interface Exit {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the worker program to its end. */
export async function runWorker(args: readonly string[], folder: string): Promise<Exit> {
  const { code, stdout, stderr } = await command(args, folder).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: decode(stdout), stderr: decode(stderr) };
}

function command(
  args: readonly string[],
  folder: string,
  env: Record<string, string> = {},
): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", MAIN, ...args],
    cwd: folder,
    env: { FARM_LANGUAGE: "en", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

/** A worker process that serves. */
export class WorkerProcess implements AsyncDisposable {
  readonly url: string;
  readonly folder: string;
  readonly #child: Deno.ChildProcess;
  readonly #stderr: Promise<string>;

  private constructor(child: Deno.ChildProcess, started: { url: string; folder: string }) {
    this.#child = child;
    this.url = started.url;
    this.folder = started.folder;
    this.#stderr = new Response(child.stderr).text();
  }

  /** Starts a worker and waits until it says that it listens. */
  static async start(
    args: readonly string[] = [],
    env: Record<string, string> = {},
  ): Promise<WorkerProcess> {
    const folder = await Deno.makeTempDir();
    const child = command(["--port", "0", ...args], folder, env).spawn();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const { value = "" } = await reader.read();
    await reader.cancel();
    const url = /http:\S+/.exec(value)?.[0];
    if (url === undefined) throw new Error(`The worker did not start: "${value}"`);
    return new WorkerProcess(child, { url, folder });
  }

  async get(path: string): Promise<Record<string, unknown>> {
    return await (await fetch(this.url + path)).json();
  }

  async post(path: string, body: unknown): Promise<Record<string, unknown>> {
    const response = await fetch(this.url + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return await response.json();
  }

  dispatch(farm: string, ...tasks: Assignment[]): Promise<Record<string, unknown>> {
    return this.post("/dispatch", { farm, tasks });
  }

  acknowledge(farm: string, ...attempts: AttemptRef[]): Promise<Record<string, unknown>> {
    return this.post("/acknowledge", { farm, attempts });
  }

  /** The stream of a farm, line by line. */
  async stream(farm: string): Promise<LineReader> {
    const response = await fetch(`${this.url}/stream?farm=${encodeURIComponent(farm)}`);
    return new LineReader(response.body!);
  }

  signal(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** How the process ended, once it has. */
  async ended(): Promise<{ code: number; stderr: string }> {
    const { code } = await this.#child.status;
    return { code, stderr: await this.#stderr };
  }

  log(): string {
    return Deno.readTextFileSync(join(this.folder, "logs", "worker_service.log"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
    await this.ended();
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Lines of a stream that a test reads as far as it likes. */
export class LineReader implements AsyncDisposable {
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = "";

  constructor(body: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.#reader = body.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** The next line of this type; others before it are skipped. Undefined at the stream's end. */
  async next<T extends StreamLine["type"]>(
    type: T,
  ): Promise<Extract<StreamLine, { type: T }> | undefined> {
    for (;;) {
      const line = await this.#nextLine();
      if (line === undefined) return undefined;
      const parsed: StreamLine = JSON.parse(line);
      if (parsed.type === type) return parsed as Extract<StreamLine, { type: T }>;
    }
  }

  async #nextLine(): Promise<string | undefined> {
    while (!this.#text.includes("\n")) {
      const { value } = await this.#reader.read();
      if (value === undefined) return undefined;
      this.#text += value;
    }
    const end = this.#text.indexOf("\n");
    const line = this.#text.slice(0, end);
    this.#text = this.#text.slice(end + 1);
    return line;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The stream of a killed process ends in an error, which is not what the test is about.
    await this.#reader.cancel().catch(() => {});
  }
}
