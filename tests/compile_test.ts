/**
 * The compiled worker as a user of another machine meets it: one file, an empty environment, no
 * Deno, no configuration.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DispatchReply, type Outcome, StreamLine } from "../contract/wire.ts";
import { readJsonLines } from "../platform/json_lines.ts";
import { bundle } from "../tools/compile/bundle.ts";
import { TextLineStream } from "../tools/text_lines.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Why there is nothing to test here; undefined where there is. */
async function obstacle(): Promise<string | undefined> {
  if (Deno.build.os === "windows") return "self-extracting files need sh";
  try {
    await bundle("contract/version.ts", ROOT);
  } catch (error) {
    return (error as Error).message;
  }
}
const reason = await obstacle();
const ignore = reason !== undefined;
const suffix = ignore ? ` (skipped: ${reason})` : "";

/** A folder for one test, with the worker built into it once for all of them. */
class Bench implements AsyncDisposable {
  static #executable: Promise<string> | undefined;
  readonly folder: string;
  readonly #workers: CompiledWorker[] = [];

  constructor() {
    this.folder = Deno.makeTempDirSync({ prefix: "enjambre compile " });
  }

  get executable(): Promise<string> {
    return Bench.#executable ??= build();
  }

  path(name: string): string {
    const path = join(this.folder, name);
    Deno.mkdirSync(path, { recursive: true });
    return path;
  }

  async command(args: string[], env: Record<string, string>): Promise<Deno.Command> {
    return new Deno.Command(await this.executable, {
      args,
      env,
      clearEnv: true,
      cwd: this.path("its own folder"),
      stdout: "piped",
      stderr: "piped",
    });
  }

  async start(id: string, env: Record<string, string> = {}): Promise<CompiledWorker> {
    const args = ["--worker-id", id, "--port", "0", "--capacity", "2"];
    const worker = new CompiledWorker((await this.command(args, env)).spawn());
    this.#workers.push(worker);
    return worker;
  }

  async run(args: string[], env: Record<string, string> = {}) {
    const { code, stdout, stderr } = await (await this.command(args, env)).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, stdout: text(stdout), stderr: text(stderr) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.stop("SIGKILL")));
    await Deno.remove(this.folder, { recursive: true });
  }
}

const shared = Deno.makeTempDirSync({ prefix: "enjambre_compile_" });
globalThis.addEventListener("unload", () => Deno.removeSync(shared, { recursive: true }));

async function build(): Promise<string> {
  const script = join(ROOT, "tools", "compile.ts");
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", script, "--only", "worker", "--self-extracting", "--output", shared],
    cwd: shared,
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  return join(shared, "worker");
}

class CompiledWorker {
  readonly #process: Deno.ChildProcess;
  readonly #lines: string[] = [];
  readonly #reading: Promise<unknown>;
  readonly #url = Promise.withResolvers<string>();

  constructor(process: Deno.ChildProcess) {
    this.#process = process;
    const outputs = [process.stdout, process.stderr].map((output) => this.#read(output));
    this.#reading = Promise.all(outputs);
    this.#url.promise.catch(() => {});
  }

  /** Where it answers; rejects with its last words when it ends before. */
  get url(): Promise<string> {
    return this.#url.promise;
  }

  async #read(output: ReadableStream<Uint8Array>): Promise<void> {
    for await (const line of output.pipeThrough(new TextLineStream())) {
      this.#lines.push(line);
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
      if (url !== undefined) this.#url.resolve(url);
    }
    this.#url.reject(new Error(`The worker ended: ${this.#lines.join("\n")}`));
  }

  /** Its exit code after `signal`. */
  async stop(signal: Deno.Signal): Promise<number> {
    try {
      this.#process.kill(signal);
    } catch {
      // It has ended already.
    }
    await this.#reading;
    return (await this.#process.status).code;
  }
}

/** Hands tasks to a worker as an orchestrator does, and collects their outcomes. */
async function outcomesOf(url: string, tasks: readonly Record<string, unknown>[]) {
  const stream = await fetch(`${url}/stream?farm=test`);
  const reply = await post(`${url}/dispatch`, { farm: "test", tasks });
  assertEquals(DispatchReply.parse(reply).refused, []);
  const outcomes = new Map<string, Outcome>();
  for await (const value of readJsonLines(stream.body!, { lengthMax: 1_000_000 })) {
    const line = StreamLine.parse(value);
    if (line.type !== "outcomes") continue;
    for (const outcome of line.outcomes) outcomes.set(outcome.task_id, outcome);
    if (outcomes.size === tasks.length) break;
  }
  // Otherwise the worker would keep them, and its stop would wait for somebody to collect them.
  await post(`${url}/acknowledge`, { farm: "test", attempts: tasks });
  return outcomes;
}

async function post(url: string, body: unknown): Promise<unknown> {
  const headers = { "content-type": "application/json" };
  return await (await fetch(url, { method: "POST", headers, body: JSON.stringify(body) })).json();
}

function collisions(outcome: Outcome | undefined): unknown[] {
  assert(outcome?.status === "completed", JSON.stringify(outcome));
  const { particle_collisions, wall_collisions } = outcome.result.metrics;
  return [particle_collisions, wall_collisions];
}

/** What lies in a folder; null when there is none. */
function namesIn(folder: string): string[] | null {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  } catch {
    return null;
  }
}

/** Takes away what a start with an empty environment unpacked, and nothing older. */
function unpackedFolder(): AsyncDisposable {
  const folder = `/tmp/enjambre-${Deno.uid()}`;
  const before = namesIn(folder);
  return {
    async [Symbol.asyncDispose]() {
      const fresh = (namesIn(folder) ?? []).filter((name) => !before?.includes(name));
      for (const name of fresh) await Deno.remove(join(folder, name), { recursive: true });
      if (before === null) await Deno.remove(folder);
    },
  };
}

Deno.test({
  name: `dist/worker runs tasks with an empty environment, and ends on SIGTERM${suffix}`,
  ignore,
  async fn() {
    await using _unpacked = unpackedFolder();
    await using bench = new Bench();
    const worker = await bench.start("worker-01");
    const outcomes = await outcomesOf(await worker.url, [
      {
        task_id: "manual_001",
        attempt: 1,
        algorithm: "python",
        parameters: { num_particles: 50, num_steps: 300, seed: 123 },
      },
      {
        task_id: "manual_002",
        attempt: 1,
        algorithm: "cython",
        parameters: { num_particles: 100, num_steps: 500, seed: 456 },
      },
    ]);
    assertEquals(collisions(outcomes.get("manual_001")), [28, 36]);
    assertEquals(collisions(outcomes.get("manual_002")), [172, 120]);
    assertEquals(await worker.stop("SIGTERM"), 143);
    assertEquals(namesIn(bench.folder), ["its own folder"]);
    assert(namesIn(join(bench.folder, "its own folder", "logs"))!.includes("worker_service.log"));
  },
});

Deno.test({
  name: `dist/worker started twice at once unpacks safely, for its user alone${suffix}`,
  ignore,
  async fn() {
    await using bench = new Bench();
    const env = { HOME: bench.path("home") };
    const workers = await Promise.all([bench.start("a", env), bench.start("b", env)]);
    for (const worker of workers) {
      const health = await (await fetch(`${await worker.url}/health`)).json();
      assertEquals(health.status, "healthy");
    }
    const cache = join(env.HOME, ".cache", "enjambre");
    assertEquals(Deno.statSync(cache).mode! & 0o777, 0o700);
    const kinds = namesIn(cache)!.map((name) => name.replace(/-[0-9a-f]{16}$/, ""));
    assertEquals(kinds, [`deno-${Deno.version.deno}`, "deno_dir", "worker"]);
    assertEquals(await Promise.all(workers.map((worker) => worker.stop("SIGTERM"))), [143, 143]);
  },
});

Deno.test({
  name: `dist/worker runs nothing that was changed or cut short${suffix}`,
  ignore,
  async fn() {
    await using bench = new Bench();
    const env = { TMPDIR: bench.path("tmp") };
    // An argument arrives as it was written, and the exit code of the program is that of the file.
    const wrong = await bench.run(["--port", `a "b'  $HOME *`], env);
    assertEquals(wrong.code, 2);
    assertStringIncludes(wrong.stderr, `"a "b'  $HOME *"`);

    const cache = join(env.TMPDIR, `enjambre-${Deno.uid()}`);
    const folder = join(cache, namesIn(cache)!.find((name) => name.startsWith("worker-"))!);
    const thread = await Deno.readTextFile(join(folder, "thread.js"));
    await Deno.writeTextFile(join(folder, "main.js"), "Deno.exit(99);\n");
    await Deno.writeTextFile(join(folder, "thread.js"), thread.slice(0, 1000));
    const help = await bench.run(["--help"], { ...env, LANG: "es_CL.UTF-8" });
    assertEquals(help.code, 0);
    // As it was started, in the language of the machine; there is no deno task here.
    assertStringIncludes(help.stdout, `Uso: ${await bench.executable} [opciones]`);
    assert(!help.stdout.includes("deno task"), help.stdout);
    assertEquals(await Deno.readTextFile(join(folder, "thread.js")), thread);

    const cut = join(bench.folder, "cut");
    await Deno.copyFile(await bench.executable, cut);
    await Deno.truncate(cut, 3_000_000);
    const started = await new Deno.Command(cut, {
      env: { TMPDIR: bench.path("other tmp") },
      clearEnv: true,
    }).output();
    assertEquals(started.code, 1);
    assertStringIncludes(new TextDecoder().decode(started.stderr), "this file is not whole");
  },
});
