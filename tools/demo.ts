/**
 * `deno task demo`: the whole farm on this machine, from the example task file to its results.
 *
 * @module
 */
import { emptyDir } from "@std/fs";
import { join } from "node:path";
import { QueueLock, readQueueNote } from "../orchestrator/queue_lock.ts";
import { EXIT, type WordedCommand } from "../platform/arguments.ts";
import { writeNewFileAtomically } from "../platform/atomic_file.ts";
import { runProgram } from "../platform/program.ts";
import { readSettings } from "../platform/settings.ts";
import { parentEnd } from "../platform/stop_signal.ts";
import { err, out, styler, table } from "../platform/terminal.ts";
import { t } from "../platform/words.ts";
import { clientToken } from "./client_token.ts";
import { FarmClient } from "./farm_client.ts";
import { LocalFarm } from "./local_farm.ts";
import { showProgress } from "./progress.ts";

const EXAMPLE = "tareas_manuales_ejemplo.json";
/** Longest wait for the trajectories after the results, ms. */
const TRAJECTORIES_MS = 3000;

async function demo(): Promise<number> {
  const folder = Deno.cwd();
  const queue = join(folder, "task_queues");
  const lock = QueueLock.take(queue);
  if (lock === null) {
    const where = readQueueNote(queue);
    const values = { where, example: EXAMPLE };
    err(where === "" ? t("demo.taken", values) : t("demo.taken_at", values));
    return EXIT.failure;
  }
  lock.release();
  // A state of its own, empty at each start: otherwise the second demo would know all tasks.
  const state = join(folder, "state", "demo");
  await emptyDir(state);
  err(t("demo.starting"));
  const farm = await LocalFarm.start({
    folder,
    port: 5000,
    workers: [{ id: "worker-01", port: 5001 }, { id: "worker-02", port: 5002 }],
    workersFile: join(state, "config_workers.json"),
    env: { STATE_DIR: state },
  });
  let interrupted = false;
  const onInterrupt = () => {
    interrupted = true;
  };
  Deno.addSignalListener("SIGINT", onInterrupt);
  parentEnd().then(onInterrupt);
  try {
    const workers = farm.workers.map((worker) => worker.url).join(", ");
    err(t("demo.started", { url: farm.url, workers }));
    const text = withRecordings(await Deno.readTextFile(join(folder, EXAMPLE)));
    const path = await writeNewFileAtomically(join(queue, EXAMPLE), text);
    err(t("demo.dropped", { file: EXAMPLE }));
    return await follow(farm, path.slice(queue.length + 1), () => interrupted);
  } finally {
    Deno.removeSignalListener("SIGINT", onInterrupt);
    await farm.stop();
    err(t("demo.stopped", { url: farm.url }));
  }
}

/** They follow their results; the demo must not end the programs that still carry them. */
async function waitForTrajectories(client: FarmClient, count: number): Promise<void> {
  const endMs = performance.now() + TRAJECTORIES_MS;
  while (performance.now() < endMs) {
    const tasks = await client.tasks({ limit: String(count) });
    if (tasks.every(({ artefacts }) => artefacts.length > 0)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The example, to be watched on the dashboard: a recording is no part of a task's content. */
function withRecordings(text: string): string {
  const file: { tasks: Record<string, unknown>[] } = JSON.parse(text);
  const tasks = file.tasks.map((task) => ({ ...task, record: { every: 2 } }));
  return JSON.stringify({ ...file, tasks }, null, 2);
}

async function follow(farm: LocalFarm, file: string, stopped: () => boolean): Promise<number> {
  const client = new FarmClient(farm.url, clientToken(undefined, readSettings(Deno.cwd())));
  const batch = await showProgress(client, file, { stopped });
  if (batch === null) return EXIT.interrupted;
  if (batch.state === "rejected") {
    for (const error of batch.errors) err(`${error.path}: ${error.message}`);
    return EXIT.failure;
  }
  const results = await client.results(batch.id);
  await waitForTrajectories(client, results.length);
  const style = styler();
  const header = [
    t("heading.task"),
    t("heading.algorithm"),
    t("heading.particles"),
    t("heading.steps"),
    t("heading.collisions"),
    t("heading.walls"),
    t("heading.seconds"),
  ];
  const rows = results.map(({ task_id, algorithm, parameters, result, execution_time, status }) => {
    const metrics = result?.metrics ?? {};
    return [
      task_id,
      algorithm,
      String(parameters.num_particles),
      String(parameters.num_steps),
      String(metrics.particle_collisions ?? t(`status.${status}`).toLowerCase()),
      String(metrics.wall_collisions ?? ""),
      execution_time === null ? "" : execution_time.toFixed(3),
    ];
  });
  out(table(header, rows, { right: [2, 3, 4, 5, 6] }));
  const { completed, failed, cancelled } = batch.counts;
  const done = t("demo.completed", { completed, total: rows.length });
  err(style(completed === rows.length ? "green" : "red", done));
  err(t("demo.where"));
  return failed + cancelled > 0 || completed < rows.length ? EXIT.failure : EXIT.ok;
}

const COMMAND: WordedCommand<Record<never, never>> = {
  command: "deno task demo",
  summary: "cli.demo",
  examples: ["deno task demo"],
  flags: {},
};

if (import.meta.main) await runProgram(COMMAND, demo);
