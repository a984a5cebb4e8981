/**
 * Shows the results of one task file: asked from the orchestrator, or read from `results/` where
 * none answers.
 *
 * @module
 */
import { basename } from "node:path";
import { EXIT, type WordedCommand, type WordedFlag } from "../platform/arguments.ts";
import { runProgram } from "../platform/program.ts";
import { readSettings } from "../platform/settings.ts";
import { err, out, printable, write } from "../platform/terminal.ts";
import { t } from "../platform/words.ts";
import { clientToken, TOKEN_FLAG } from "./client_token.ts";
import { FarmClient, FarmProblem, stranger, Unreachable } from "./farm_client.ts";
import { orchestratorUrl } from "./orchestrator_url.ts";
import { type BatchResult, resultCsv, resultTable } from "./result_rows.ts";
import { storedResults } from "./stored_results.ts";

const FLAGS = {
  csv: { kind: "switch", description: "flag.csv" },
  json: { kind: "switch", description: "flag.json_results" },
  orchestrator: {
    kind: "text",
    value: "URL",
    description: "flag.orchestrator_only",
  },
  ...TOKEN_FLAG,
} as const satisfies Record<string, WordedFlag>;

const COMMAND: WordedCommand<typeof FLAGS> = {
  command: "deno task results",
  summary: "cli.results",
  examples: [
    "deno task results tareas_manuales_ejemplo.json",
    "deno task results 20240708_143000_my_batch --csv > my_batch.csv",
    "deno task results my_batch.json --json | jq '.[].result.metrics'",
  ],
  flags: FLAGS,
  operands: { name: "FILE|BATCH", min: 1, max: 1 },
};

/** Null when the orchestrator knows no such batch. */
async function askedResults(
  client: FarmClient,
  name: string,
): Promise<readonly BatchResult[] | null> {
  try {
    const results: unknown = await client.results(name);
    if (Array.isArray(results)) return results;
    throw stranger(client);
  } catch (error) {
    if (error instanceof FarmProblem && error.status === 404) return null;
    throw error;
  }
}

function localResults(name: string): readonly BatchResult[] | null {
  const settings = readSettings(Deno.cwd());
  const old = settings.text("RESULTS_DIR", { fallback: "results" });
  const folder = settings.text("RESULTS_STORAGE_PATH", { fallback: old });
  const { results, unreadable } = storedResults(folder, name);
  for (const name of unreadable) {
    err(printable(t("results.unreadable", { file: `${folder}/${name}` })));
  }
  return results.length > 0 ? results : null;
}

/** From the orchestrator if it answers and knows the batch, else from the files. */
async function find(
  name: string,
  flags: { readonly orchestrator: string | undefined; readonly "token-file": string | undefined },
): Promise<readonly BatchResult[] | null> {
  const url = orchestratorUrl(flags.orchestrator);
  const client = new FarmClient(url, clientToken(flags["token-file"], readSettings(Deno.cwd())));
  if (flags.orchestrator !== undefined) return await askedResults(client, name);
  try {
    const results = await askedResults(client, name);
    if (results !== null) return results;
  } catch (error) {
    if (!(error instanceof Unreachable || error instanceof FarmProblem)) throw error;
    err(printable(
      error instanceof Unreachable
        ? t("results.nobody", { url })
        : t("results.refused", { url, why: error.message }),
    ));
  }
  return localResults(name);
}

async function main(
  operand: string,
  flags: {
    csv: boolean;
    json: boolean;
    orchestrator: string | undefined;
    "token-file": string | undefined;
  },
): Promise<number> {
  // A path is given where a shell completed one; the farm knows names.
  const name = basename(operand);
  const results = await find(name, flags);
  if (results === null) {
    err(printable(t("results.none", { name })));
    return EXIT.failure;
  }
  if (flags.json) out(JSON.stringify(results, null, 2));
  else if (flags.csv) write(Deno.stdout, resultCsv(results));
  else out(resultTable(results));
  return EXIT.ok;
}

if (import.meta.main) {
  await runProgram(COMMAND, async ({ flags, operands }) => {
    try {
      return await main(operands[0] ?? "", flags);
    } catch (error) {
      if (!(error instanceof Unreachable || error instanceof FarmProblem)) throw error;
      err(printable(error.message));
      return error instanceof Unreachable ? EXIT.unreachable : EXIT.failure;
    }
  });
}
