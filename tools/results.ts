/**
 * Shows the results of one task file: asked from the orchestrator, or read from `results/` where
 * none answers.
 *
 * @module
 */
import { basename } from "node:path";
import { type CommandSpec, EXIT, type FlagSpec, runProgram } from "../platform/arguments.ts";
import { readSettings } from "../platform/settings.ts";
import { err, out, printable, write } from "../platform/terminal.ts";
import { clientToken, TOKEN_FLAG } from "./client_token.ts";
import { FarmClient, FarmProblem, Unreachable } from "./farm_client.ts";
import { LOCAL_ORCHESTRATOR, orchestratorUrl } from "./orchestrator_url.ts";
import { type BatchResult, resultCsv, resultTable } from "./result_rows.ts";
import { storedResults } from "./stored_results.ts";

const FLAGS = {
  csv: { kind: "switch", description: "Print CSV, a column for every parameter and metric" },
  json: { kind: "switch", description: "Print a JSON array, as in a results file" },
  orchestrator: {
    kind: "text",
    value: "URL",
    description: `Ask only this one (else: ${LOCAL_ORCHESTRATOR}, and the files in results/)`,
  },
  ...TOKEN_FLAG,
} as const satisfies Record<string, FlagSpec>;

const COMMAND: CommandSpec<typeof FLAGS> = {
  command: "deno task results",
  summary: "The results of one task file, by the name it was dropped under or by its batch.",
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
  const { url } = client;
  try {
    const results: unknown = await client.results(name);
    if (Array.isArray(results)) return results;
    throw new Unreachable(`What answers at ${url} is no orchestrator of this version`);
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
  for (const file of unreadable) err(printable(`${folder}/${file} is no results file: skipped`));
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
    const reason = error instanceof Unreachable
      ? `No orchestrator answers at ${url}`
      : `The orchestrator at ${url} does not tell (${error.message})`;
    err(printable(`${reason}: reading the files in results/`));
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
    err(printable(`There are no results of ${name}: give the name of its file or its batch`));
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
