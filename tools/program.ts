/**
 * The farm's programs as child processes: started, waited for until they say that they are ready,
 * stopped. Used by the demo, by `start` and by the tests, so that what they run is the real thing.
 *
 * @module
 */
import { t } from "../platform/words.ts";
import { TextLineStream } from "./text_lines.ts";

/** The line with which a program says where it answers. */
const READY = /listens on (https?:\/\/[^\s:]+:\d+|https?:\/\/\[[^\]]+\]:\d+)/;
/** Time for a program to become ready, ms: a cold start compiles everything. */
const READY_MS = 60_000;

export interface ProgramOptions {
  /** Name for messages. */
  readonly name: string;
  readonly args: readonly string[];
  /** Working folder. */
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Executable instead of this very Deno with a script. */
  readonly executable?: string;
  /** Out of reach of the terminal's Ctrl-C: whoever starts it says when it ends. */
  readonly detached?: boolean;
  /** Gets every line the program writes. */
  readonly onLine?: (line: string) => void;
}

/** A running child process of the farm. */
export class Program {
  readonly name: string;
  readonly url: string;
  readonly process: Deno.ChildProcess;
  readonly #reading: Promise<void>;

  private constructor(
    name: string,
    url: string,
    process: Deno.ChildProcess,
    reading: Promise<void>,
  ) {
    this.name = name;
    this.url = url;
    this.process = process;
    this.#reading = reading;
  }

  /** Starts a program; resolves when it is ready. Throws with its last lines when it ends before. */
  static async start(options: ProgramOptions): Promise<Program> {
    const process = new Deno.Command(options.executable ?? Deno.execPath(), {
      args: [...options.args],
      cwd: options.folder,
      env: { ...options.env },
      detached: options.detached ?? false,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const lines: string[] = [];
    const ready = Promise.withResolvers<string>();
    const read = async (stream: ReadableStream<Uint8Array>) => {
      for await (const line of stream.pipeThrough(new TextLineStream())) {
        lines.push(line);
        if (lines.length > 20) lines.shift();
        options.onLine?.(line);
        const match = READY.exec(line);
        if (match !== null) ready.resolve(match[1]!);
      }
    };
    const reading = (async () => {
      await Promise.all([read(process.stdout), read(process.stderr)]);
      const { code } = await process.status;
      const last = lines.filter((line) => line.trim() !== "").join("\n");
      ready.reject(new Error(t("program.ended", { name: options.name, code, last })));
    })();
    const timer = setTimeout(
      () => {
        const values = { name: options.name, seconds: READY_MS / 1000 };
        ready.reject(new Error(t("program.not_ready", values)));
      },
      READY_MS,
    );
    try {
      return new Program(options.name, await ready.promise, process, reading);
    } catch (error) {
      signal(process, "SIGKILL");
      await process.status;
      throw error;
    } finally {
      clearTimeout(timer);
      ready.promise.catch(() => {});
    }
  }

  /** Asks it to stop; resolves with its exit code. A second call does not harm. */
  async stop(): Promise<number> {
    signal(this.process, "SIGTERM");
    return await this.ended();
  }

  /** Ends it without a word, as a power cut would. */
  async kill(): Promise<void> {
    signal(this.process, "SIGKILL");
    await this.ended();
  }

  async ended(): Promise<number> {
    const { code } = await this.process.status;
    await this.#reading.catch(() => {});
    return code;
  }
}

function signal(process: Deno.ChildProcess, name: Deno.Signal): void {
  try {
    // Windows knows no SIGTERM; there the process is ended.
    process.kill(Deno.build.os === "windows" ? "SIGKILL" : name);
  } catch {
    // It has ended already.
  }
}
