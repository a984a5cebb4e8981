/**
 * `deno task status`: the dashboard of people who have only ssh. The same numbers as `GET /stats`
 * and `GET /workers`, once or again and again in place.
 *
 * @module
 */
import { EXIT, type WordedCommand, type WordedFlag } from "../platform/arguments.ts";
import { runProgram } from "../platform/program.ts";
import { readSettings } from "../platform/settings.ts";
import { err, out, printable, styler, write } from "../platform/terminal.ts";
import { t } from "../platform/words.ts";
import { clientToken, TOKEN_FLAG } from "./client_token.ts";
import { FarmClient, FarmProblem, stranger, Unreachable } from "./farm_client.ts";
import { LOCAL_ORCHESTRATOR, orchestratorUrl } from "./orchestrator_url.ts";
import { duration, type FarmStatus, statusLines } from "./status_text.ts";

const WATCH_MS = 1000;
/** Running tasks that are asked for: of these the oldest are shown. */
const RUNNING_ASKED = 100;
const RUNNING_SHOWN = 10;

const FLAGS = {
  watch: { kind: "switch", description: "flag.watch" },
  json: { kind: "switch", description: "flag.json_status" },
  orchestrator: {
    kind: "text",
    value: "URL",
    description: "flag.orchestrator",
    fallback: LOCAL_ORCHESTRATOR,
  },
  ...TOKEN_FLAG,
} as const satisfies Record<string, WordedFlag>;

const COMMAND: WordedCommand<typeof FLAGS> = {
  command: "deno task status",
  summary: "cli.status",
  examples: [
    "deno task status",
    "deno task status --watch",
    "deno task status --json | jq .stats.tasks_summary",
    "deno task status --orchestrator http://192.168.1.10:5000",
  ],
  flags: FLAGS,
};

async function ask(client: FarmClient): Promise<FarmStatus> {
  const [stats, workers, running] = await Promise.all([
    client.stats(),
    client.workers(),
    client.tasks({ status: "running", limit: String(RUNNING_ASKED) }),
  ]);
  if (stats.tasks_summary === undefined || !Array.isArray(workers) || !Array.isArray(running)) {
    throw stranger(client);
  }
  return { stats, workers, running };
}

function render(client: FarmClient, status: FarmStatus): string[] {
  return statusLines(status, {
    url: client.url,
    now: Date.now(),
    runningMax: RUNNING_SHOWN,
    style: styler(),
  });
}

/** A screen that is drawn over itself. Lines that do not fit are cut, or it could not go back up. */
class Screen {
  #height = 0;

  draw(lines: readonly string[]): void {
    const { columns, rows } = Deno.consoleSize();
    const shown = lines.slice(0, Math.max(1, rows - 1));
    const up = this.#height === 0 ? "" : `\x1b[${this.#height}A`;
    // Without wrapping, a long line stays one line whatever its colours are.
    const text = shown.map((line) => `\x1b[2K${line}\n`).join("");
    write(Deno.stdout, columns > 0 ? `\x1b[?7l${up}${text}\x1b[J\x1b[?7h` : `${up}${text}\x1b[J`);
    this.#height = shown.length;
  }
}

/** Until Ctrl-C. The first answer must come; later the orchestrator may be restarted. */
async function watch(client: FarmClient): Promise<number> {
  let last = render(client, await ask(client));
  const interrupted = Promise.withResolvers<void>();
  let stopped = false;
  Deno.addSignalListener("SIGINT", () => {
    stopped = true;
    interrupted.resolve();
  });
  const screen = new Screen();
  write(Deno.stdout, "\x1b[?25l");
  try {
    let answeredMs = performance.now();
    screen.draw(last);
    while (!stopped) {
      const pause = Promise.withResolvers<void>();
      const timer = setTimeout(pause.resolve, WATCH_MS);
      await Promise.race([pause.promise, interrupted.promise]);
      clearTimeout(timer);
      if (stopped) break;
      try {
        last = render(client, await ask(client));
        answeredMs = performance.now();
        screen.draw(last);
      } catch (error) {
        if (!isPassing(error)) throw error;
        const time = duration((performance.now() - answeredMs) / 1000);
        screen.draw([...last, "", t("farm.away", { time })]);
      }
    }
    return EXIT.interrupted;
  } finally {
    write(Deno.stdout, "\x1b[?25h");
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof Unreachable || (error instanceof FarmProblem && error.status >= 500);
}

async function main(
  flags: {
    watch: boolean;
    json: boolean;
    orchestrator: string | undefined;
    "token-file": string | undefined;
  },
): Promise<number> {
  const client = new FarmClient(
    orchestratorUrl(flags.orchestrator),
    clientToken(flags["token-file"], readSettings(Deno.cwd())),
  );
  if (flags.watch && !flags.json && Deno.stdout.isTerminal()) return await watch(client);
  const status = await ask(client);
  if (flags.json) out(JSON.stringify(status, null, 2));
  else for (const line of render(client, status)) out(line);
  return EXIT.ok;
}

if (import.meta.main) {
  await runProgram(COMMAND, async ({ flags }) => {
    try {
      return await main(flags);
    } catch (error) {
      if (!(error instanceof Unreachable || error instanceof FarmProblem)) throw error;
      err(printable(error.message));
      return error instanceof Unreachable ? EXIT.unreachable : EXIT.failure;
    }
  });
}
