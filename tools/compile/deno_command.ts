/**
 * Deno's own commands as child processes, with a limit on their time: a network that swallows
 * requests must not hang a build.
 *
 * @module
 */
import { TextLineStream } from "../text_lines.ts";

export interface DenoCommandOptions {
  /** Working folder. */
  readonly folder: string;
  readonly limitMs: number;
  /** Gets every line as it comes; aborting ends the command. */
  readonly onLine?: (line: string, abort: () => void) => void;
}

export interface DenoCommandEnd {
  readonly success: boolean;
  /** Why it failed, in its own words, on one line. */
  readonly said: string;
}

/** Lines kept for the report of a failure. */
const LINES_MAX = 12;

/** Runs `deno ARGS…` with this very executable. */
export async function runDeno(
  args: readonly string[],
  { folder, limitMs, onLine }: DenoCommandOptions,
): Promise<DenoCommandEnd> {
  const process = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: folder,
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let timedOut = false;
  const end = () => {
    try {
      process.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
  };
  const timer = setTimeout(() => {
    timedOut = true;
    end();
  }, limitMs);
  const lines: string[] = [];
  for await (const line of process.stderr.pipeThrough(new TextLineStream())) {
    onLine?.(line, end);
    if (line.trim() === "" || /stack backtrace|<unknown>/i.test(line)) continue;
    lines.push(line.trim());
    if (lines.length > LINES_MAX) lines.shift();
  }
  const { success } = await process.status;
  clearTimeout(timer);
  const said = timedOut ? `it did not end within ${limitMs / 1000} s` : errorOf(lines);
  return { success: success && !timedOut, said };
}

/** What follows the word "error"; without it all that was said. */
function errorOf(lines: readonly string[]): string {
  const first = lines.findLastIndex((line) => line.startsWith("error: "));
  const text = lines.slice(Math.max(0, first)).join("; ");
  return text.replace(/^error: /, "").replace(/\.$/, "");
}
