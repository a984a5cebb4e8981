/**
 * `deno task start`: an orchestrator and local workers in the foreground, until Ctrl-C.
 *
 * @module
 */
import { readConfig } from "../orchestrator/config.ts";
import { EXIT, runProgram } from "../platform/arguments.ts";
import { ECHO_MS, parentEnd } from "../platform/stop_signal.ts";
import { err } from "../platform/terminal.ts";
import { LocalFarm } from "./local_farm.ts";
import { freePort } from "./ports.ts";

/** Pause before a worker that ended is started again, ms. */
const RESTART_MS = 1000;

const LOOPBACK = new Set(["127.0.0.1", "localhost", "::1"]);

async function start(): Promise<number> {
  const config = readConfig({ flags: {}, folder: Deno.cwd() });
  const local = config.workers.filter((worker) => LOOPBACK.has(worker.ip));
  if (local.length === 0) {
    err(`${config.workersShownAs} lists no worker of this machine (127.0.0.1): nothing to start`);
    return EXIT.failure;
  }
  const taken = local.filter((worker) => freePort(worker.port) !== worker.port);
  if (taken.length > 0) {
    const ports = taken.map((worker) => `${worker.port} (${worker.id})`).join(", ");
    err(`Ports in use: ${ports}. Stop what listens there, or change ${config.workersShownAs}`);
    return EXIT.failure;
  }
  const farm = await LocalFarm.start({
    folder: config.folder,
    port: config.port,
    workers: local,
    onLine: (program, line) => err(`${program.padEnd(12)} ${line}`),
    detached: true,
  });
  err(`The farm runs: look at ${farm.url}, drop task files into task_queues/, stop with Ctrl-C`);
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
      err("Stopping; once more to stop at once");
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
      err(`${name} ended with exit code ${code}; it is started again`);
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
  err(`The orchestrator ended with exit code ${code}: stopping the workers`);
  stop.asked = true;
  await farm.stop();
  return EXIT.failure;
}

if (import.meta.main) {
  await runProgram({
    command: "deno task start",
    summary: "An orchestrator and the local workers of config_workers.json, until Ctrl-C",
    examples: ["deno task start"],
    flags: {},
  }, start);
}
