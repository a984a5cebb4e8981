/**
 * `deno task bench:peers`: the farm beside other job queues on this machine, in interleaved rounds:
 * the same number of small jobs, from the first add to the last stored result.
 *
 * @module
 */
import { EXIT } from "../../platform/arguments.ts";
import { runProgram } from "../../platform/program.ts";
import { err, out } from "../../platform/terminal.ts";
import { type Plan, planOf, SPEC } from "./peers/plan.ts";
import { measureAll } from "./peers/rounds.ts";
import { Running } from "./peers/running.ts";
import { slowSyncs } from "./peers/slow_sync.ts";
import { isSound, rowsOf, summaryText } from "./peers/summary.ts";
import { makeReport } from "./report.ts";

/** Beside the farm's own data: the same disk, ignored by git. */
const FOLDER = "state/peers";

async function comparePeers(running: Running, plan: Plan, json?: string): Promise<number> {
  await Deno.mkdir(`${FOLDER}/npm`, { recursive: true });
  const folder = await Deno.realPath(FOLDER);
  const { it: dataFolder } = await running.start(
    () => Deno.makeTempDir({ dir: folder, prefix: "data_" }),
    (path) => Deno.remove(path, { recursive: true }),
  );
  // Readable for the account of the database server too; makeTempDir gives it to its owner alone.
  await Deno.chmod(dataFolder, 0o755);
  const host = { running, dataFolder, npmFolder: `${folder}/npm` };
  if (plan.syncMs > 0) await slowSyncs(dataFolder, plan.syncMs);
  const systems = await measureAll(host, plan);
  out(summaryText(systems));
  const report = makeReport(rowsOf(systems, plan));
  err(
    `${report.machine}; ${plan.rounds} rounds of ${plan.jobs} jobs` +
      (plan.loaded ? ", a computing process beside" : "") +
      (plan.syncMs > 0 ? `, each sync ${plan.syncMs} ms longer than the disk's` : ""),
  );
  if (json !== undefined) {
    await Deno.writeTextFile(json, `${JSON.stringify(report, null, 2)}\n`);
  }
  return isSound(systems) ? EXIT.ok : EXIT.failure;
}

/** Runs `main`; whatever has been started is stopped before this resolves, on Ctrl-C too. */
async function stoppingAll(main: (running: Running) => Promise<number>): Promise<number> {
  const running = new Running();
  let interrupted: number | null = null;
  const signals = [["SIGINT", EXIT.interrupted], ["SIGTERM", EXIT.terminated]] as const;
  for (const [signal, code] of signals) {
    Deno.addSignalListener(signal, () => {
      // From a terminal it comes twice: to the process group, and handed on by `deno task`.
      if (interrupted !== null) return;
      interrupted = code;
      err(`${signal}: stopping what was started`);
      running.stopAll();
    });
  }
  try {
    const code = await main(running);
    return interrupted ?? code;
  } catch (error) {
    if (interrupted === null) throw error;
    return interrupted;
  } finally {
    await running.stopAll();
  }
}

if (import.meta.main) {
  await runProgram(
    SPEC,
    ({ flags }) => stoppingAll((running) => comparePeers(running, planOf(flags), flags.json)),
  );
}
