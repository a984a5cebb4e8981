/**
 * `deno task bench`: measures and prints; the same figures as JSON on demand. Nothing here fails a
 * test: machines differ, and only ratios measured in one run mean something.
 *
 * @module
 */
import { EXIT, UsageError } from "../../platform/arguments.ts";
import { runProgram } from "../../platform/program.ts";
import { err, out, table } from "../../platform/terminal.ts";
import { benchCore } from "./core.ts";
import { benchCrowds } from "./crowds.ts";
import { benchDashboard } from "./dashboard.ts";
import { benchDemo } from "./demo.ts";
import { benchDispatch } from "./dispatch.ts";
import { benchEfficiency } from "./efficiency.ts";
import { benchKernels } from "./kernels.ts";
import { benchLatency } from "./latency.ts";
import { makeReport, type Row } from "./report.ts";
import { benchScale } from "./scale.ts";
import { benchStore } from "./store.ts";

interface BenchOptions {
  readonly quick: boolean;
  readonly compare?: string | true;
}

/** Every benchmark, by the name it has on the command line. */
const BENCHES = {
  kernels: async (options: BenchOptions) =>
    (await benchKernels(options)).map((row) => ({ ...row })),
  crowds: async (options: BenchOptions) => (await benchCrowds(options)).map((row) => ({ ...row })),
  core: benchCore,
  store: benchStore,
  dispatch: benchDispatch,
  latency: benchLatency,
  scale: benchScale,
  efficiency: benchEfficiency,
  demo: benchDemo,
  dashboard: benchDashboard,
} satisfies Record<string, (options: BenchOptions) => Promise<Row[]>>;

const NAMES = Object.keys(BENCHES) as (keyof typeof BENCHES)[];

function print(rows: readonly Row[]): void {
  const columns = Object.keys(rows[0] ?? {});
  const cells = rows.map((row) => columns.map((column) => String(row[column] ?? "-")));
  out(table(columns, cells, { right: columns.map((_, at) => at).slice(1) }));
}

async function bench(
  operands: readonly string[],
  flags: { quick: boolean; compare: boolean; json: string | undefined },
): Promise<number> {
  const cFile = operands.find((name) => name.endsWith(".c"));
  const names = operands.filter((name) => name !== cFile);
  const unknown = names.find((name) => !(name in BENCHES));
  if (unknown !== undefined) {
    throw new UsageError(`There is no benchmark "${unknown}": choose from ${NAMES.join(", ")}`);
  }
  const chosen = names.length === 0 ? NAMES : NAMES.filter((name) => names.includes(name));
  const compare = cFile ?? (flags.compare ? true as const : undefined);
  const options = { quick: flags.quick, ...(compare === undefined ? {} : { compare }) };
  const rows: Row[] = [];
  for (const name of chosen) {
    err(`${name} …`);
    const found = await BENCHES[name](options);
    // Rows of another kind have other columns.
    const kinds = name === "kernels" ? [] : Map.groupBy(found, (row) => row.bench).values();
    for (const kind of kinds) print(kind);
    rows.push(...found);
  }
  const report = makeReport(rows);
  err(report.machine);
  if (flags.json !== undefined) {
    await Deno.writeTextFile(flags.json, `${JSON.stringify(report, null, 2)}\n`);
  }
  return EXIT.ok;
}

if (import.meta.main) {
  await runProgram({
    command: "deno task bench",
    summary: "Measured figures as a table and as JSON",
    examples: [
      "deno task bench --quick",
      "deno task bench dispatch latency --json bench.json",
      "deno task bench kernels --compare",
    ],
    flags: {
      quick: { kind: "switch", description: "Fewer rounds, smaller sizes" },
      compare: {
        kind: "switch",
        description: "Kernels beside a C program (ours, or FILE.c), where gcc is present",
      },
      json: { kind: "text", value: "FILE", description: "Write the figures there as JSON" },
    },
    operands: { name: `[${NAMES.join("|")}] [FILE.c]`, min: 0, max: NAMES.length + 1 },
  }, ({ flags, operands }) => bench(operands, flags));
}
