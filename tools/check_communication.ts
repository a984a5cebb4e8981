/**
 * `deno task check-communication`: can the orchestrator and this machine reach every worker, do all
 * speak the same contract version, and do their clocks agree.
 *
 * @module
 */
import { readConfig } from "../orchestrator/config.ts";
import { openWorkerLine, WORKER_CA_FLAG, WorkerLine } from "../orchestrator/fleet/worker_line.ts";
import { EXIT, type WordedCommand, type WordedFlag } from "../platform/arguments.ts";
import { runProgram } from "../platform/program.ts";
import { readSettings } from "../platform/settings.ts";
import { out, styler, table } from "../platform/terminal.ts";
import { plain, t } from "../platform/words.ts";
import {
  checkOrchestrator,
  checkWorker,
  type OrchestratorReport,
  type WorkerReport,
  workersToCheck,
} from "./check_communication/farm_report.ts";
import { clientToken, TOKEN_FLAG } from "./client_token.ts";
import { LOCAL_ORCHESTRATOR, orchestratorUrl } from "./orchestrator_url.ts";

const FLAGS = {
  orchestrator: {
    kind: "text",
    value: "URL",
    description: "flag.orchestrator",
    fallback: LOCAL_ORCHESTRATOR,
  },
  config: {
    kind: "text",
    value: "FILE",
    description: "flag.config_and_env",
    fallback: "config_workers.json",
  },
  json: { kind: "switch", description: "flag.json" },
  ...TOKEN_FLAG,
  ...WORKER_CA_FLAG,
} as const satisfies Record<string, WordedFlag>;

const COMMAND: WordedCommand<typeof FLAGS> = {
  command: "deno task check-communication",
  summary: "cli.check_communication",
  examples: [
    "deno task check-communication",
    "deno task check-communication --orchestrator http://192.168.1.10:5000 --json",
  ],
  flags: FLAGS,
};

function exitCode(orchestrator: OrchestratorReport, workers: readonly WorkerReport[]): number {
  if (!orchestrator.reachable) return EXIT.unreachable;
  if (workers.some(({ problem }) => problem !== null)) return EXIT.partial;
  return orchestrator.problem !== null || workers.length === 0 ? EXIT.failure : EXIT.ok;
}

const text = (value: number | string | null, unit = "") => value === null ? "-" : `${value}${unit}`;
const rounded = (ms: number | null) => ms === null ? null : Number(ms.toPrecision(2));
const yesNo = (value: boolean | null) =>
  value === null ? "?" : value ? t("link.yes") : t("link.no");

const HEADINGS = [
  "worker",
  "address",
  "from_here",
  "from_orchestrator",
  "contract",
  "version",
  "skew",
  "answer",
  "problem",
] as const;

function print(orchestrator: OrchestratorReport, workers: readonly WorkerReport[]): void {
  const style = styler();
  const { url, status, version, response_ms, problem } = orchestrator;
  if (orchestrator.reachable) {
    const ms = String(rounded(response_ms));
    out(t("link.orchestrator", { url, status: text(status), version: text(version), ms }));
  }
  if (problem !== null) out(style("red", problem));
  out();
  if (workers.length === 0) {
    out(t("link.no_worker"));
    return;
  }
  const header = HEADINGS.map((heading) => t(`link.heading.${heading}`));
  const rows = workers.map((worker) => [
    worker.id,
    worker.address,
    yesNo(worker.reachable_from_here),
    yesNo(worker.reachable_from_orchestrator),
    text(worker.contract),
    text(worker.version),
    text(worker.clock_skew_ms, " ms"),
    text(rounded(worker.response_ms), " ms"),
    worker.problem ?? "",
  ]);
  out(table(header, rows, {
    right: [6, 7],
    style: (cell, row) =>
      row < 0 ? style("bold", cell) : workers[row]?.problem ? style("red", cell) : cell,
  }));
}

if (import.meta.main) {
  await runProgram(COMMAND, async ({ flags }) => {
    const url = orchestratorUrl(flags.orchestrator).replace(/\/+$/, "");
    const settings = readSettings(Deno.cwd());
    const config = readConfig({ flags: { config: flags.config }, folder: Deno.cwd(), settings });
    const token = clientToken(flags["token-file"], settings);
    const tokens = token === null ? null : { operator: token, viewer: null };
    const line = openWorkerLine(flags, { settings, tokens });
    // What programs read is in one language, whatever that of the terminal.
    const say = flags.json ? plain("en") : t;
    const asked = { line: new WorkerLine({ token }), say };
    const { report, workers: seen } = await checkOrchestrator(url, asked);
    const workers = await Promise.all(
      workersToCheck(config.workers, seen).map((worker) =>
        checkWorker(worker, { seen, line, say })
      ),
    );
    line.close();
    if (flags.json) out(JSON.stringify({ orchestrator: report, workers }, null, 2));
    else print(report, workers);
    return exitCode(report, workers);
  });
}
