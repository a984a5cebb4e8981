/**
 * `deno task start`: an orchestrator and local workers in the foreground, until Ctrl-C.
 *
 * @module
 */
import { readConfig } from "../orchestrator/config.ts";
import { EXIT, runProgram } from "../platform/arguments.ts";
import { err } from "../platform/terminal.ts";
import { LocalFarm } from "./local_farm.ts";
import { freePort } from "./ports.ts";

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
  });
  err(`Drop task files into task_queues/, look at ${farm.url}/stats, stop with Ctrl-C`);
  const code = await Promise.race([interrupted(), anyEnd(farm)]);
  await farm.stop();
  return code;
}

function interrupted(): Promise<number> {
  return new Promise((resolve) => {
    Deno.addSignalListener("SIGINT", () => resolve(EXIT.interrupted));
    if (Deno.build.os !== "windows") {
      Deno.addSignalListener("SIGTERM", () => resolve(EXIT.terminated));
    }
  });
}

/** A program that ends by itself ends the farm: half a farm would look like a whole one. */
async function anyEnd(farm: LocalFarm): Promise<number> {
  await Promise.race([farm.orchestrator, ...farm.workers].map((program) => program.ended()));
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
