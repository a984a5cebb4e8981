/**
 * `deno task start`: an orchestrator and local workers in the foreground, until Ctrl-C.
 *
 * @module
 */
import { readConfig } from "../orchestrator/config.ts";
import { EXIT, type WordedCommand } from "../platform/arguments.ts";
import { runProgram } from "../platform/program.ts";
import { ECHO_MS, parentEnd } from "../platform/stop_signal.ts";
import { err } from "../platform/terminal.ts";
import { t } from "../platform/words.ts";
import { LocalFarm } from "./local_farm.ts";
import { freePort } from "./ports.ts";

/** Pause before a worker that ended is started again, ms. */
const RESTART_MS = 1000;

const LOOPBACK = new Set(["127.0.0.1", "localhost", "::1"]);

async function start(): Promise<number> {
  const config = readConfig({ flags: {}, folder: Deno.cwd() });
  const local = config.workers.filter((worker) => LOOPBACK.has(worker.ip));
  if (local.length === 0) {
    err(t("start.no_local", { file: config.workersShownAs }));
    return EXIT.failure;
  }
  const taken = local.filter((worker) => freePort(worker.port) !== worker.port);
  if (taken.length > 0) {
    const ports = taken.map((worker) => `${worker.port} (${worker.id})`).join(", ");
    err(t("start.ports", { ports, file: config.workersShownAs }));
    return EXIT.failure;
  }
  const farm = await LocalFarm.start({
    folder: config.folder,
    port: config.port,
    workers: local,
    onLine: (program, line) => err(`${program.padEnd(12)} ${line}`),
    detached: true,
  });
  err(t("start.runs", { url: farm.url }));
  const stop = new Stop(farm);
  keepWorkers(farm, stop);
  return await Promise.race([stop.done, orchestratorEnd(farm, stop)]);
}

/** The end of the farm: asked for by a signal or the parent's end, hurried by a second one. */
class Stop {
  /** The exit code, when every program has ended. */
  readonly done: Promise<number>;
  asked = false;

  constructor(farm: LocalFarm) {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.done = promise;
    let askedAt = 0;
    const ask = (code: number) => {
      if (this.asked) {
        if (performance.now() - askedAt > ECHO_MS) farm.kill().catch(reject);
        return;
      }
      this.asked = true;
      askedAt = performance.now();
      err(t("start.stopping"));
      farm.stop().then(() => resolve(code), reject);
    };
    const on = (signal: Deno.Signal, code: number) =>
      Deno.addSignalListener(signal, () => ask(code));
    on("SIGINT", EXIT.interrupted);
    parentEnd().then(() => this.asked || ask(EXIT.terminated));
    // Windows knows neither of these. SIGHUP: the terminal was closed.
    if (Deno.build.os === "windows") return;
    on("SIGTERM", EXIT.terminated);
    on("SIGHUP", EXIT.terminated);
  }
}

/** A worker that ends by itself is started again; its tasks run elsewhere meanwhile. */
function keepWorkers(farm: LocalFarm, stop: Stop): void {
  farm.workers.forEach(async ({ name }, index) => {
    for (;;) {
      const code = await farm.workers[index]!.ended();
      if (stop.asked) return;
      err(t("start.worker_ended", { name, code }));
      await new Promise((resolve) => setTimeout(resolve, RESTART_MS));
      if (stop.asked) return;
      await farm.restartWorker(index).catch((error) => err(error.message));
    }
  });
}

/** Without its orchestrator there is no farm. */
async function orchestratorEnd(farm: LocalFarm, stop: Stop): Promise<number> {
  const code = await farm.orchestrator.ended();
  if (stop.asked) return await stop.done;
  err(t("start.orchestrator_ended", { code }));
  stop.asked = true;
  await farm.stop();
  return EXIT.failure;
}

const COMMAND: WordedCommand<Record<never, never>> = {
  command: "deno task start",
  summary: "cli.start",
  examples: ["deno task start"],
  flags: {},
};

if (import.meta.main) await runProgram(COMMAND, start);
