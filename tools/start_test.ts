import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "./ports.ts";
import { inFolder } from "./testing/run_tool.ts";
import { TextLineStream } from "./text_lines.ts";

const ROOT = new URL("../", import.meta.url);

/** `deno task start` in `folder`, and what it says on stderr, line by line. */
function start(folder: string) {
  const path = (name: string) => fileURLToPath(new URL(name, ROOT));
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--config", path("deno.json"), path("tools/start.ts")],
    cwd: folder,
    env: { FARM_LANGUAGE: "en" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const lines = process.stderr.pipeThrough(new TextLineStream());
  return { process, reader: lines.getReader() };
}

async function lineWith(
  reader: ReadableStreamDefaultReader<string>,
  text: string,
): Promise<string> {
  const seen: string[] = [];
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`It ended without saying "${text}", but: ${seen.join("\n")}`);
    if (value.includes(text)) return value;
    seen.push(value);
  }
}

/** Waits until a log says this: its writer may be a moment behind. */
async function logged(folder: string, file: string, what: RegExp): Promise<RegExpExecArray> {
  for (;;) {
    const log = await Deno.readTextFile(join(folder, "logs", file)).catch(() => "");
    const found = what.exec(log);
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function writeWorkers(folder: string): Promise<void> {
  const workers = [{ id: "worker-01", ip: "127.0.0.1", port: freePort(0) }];
  await Deno.writeTextFile(join(folder, "config_workers.json"), JSON.stringify({ workers }));
}

Deno.test({
  name: "start starts a worker again that was killed, and ends at a signal",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder(async (folder) => {
      await writeWorkers(folder);
      const { process, reader } = start(folder);
      try {
        await lineWith(reader, "The farm runs");
        const [, pid] = await logged(folder, "worker_service.log", /Worker started .*pid=(\d+)/);
        Deno.kill(Number(pid), "SIGKILL");
        await lineWith(reader, "worker-01 ended with exit code 137; it is started again");
        await lineWith(reader, "Worker worker-01 listens on");
      } finally {
        // Twice, as a terminal's Ctrl-C comes that `deno task` passes on as well.
        process.kill("SIGINT");
        process.kill("SIGINT");
      }
      await lineWith(reader, "Stopping; once more to stop at once");
      await lineWith(reader, "Stopping: running tasks stay");
      while (!(await reader.read()).done);
      assertEquals((await process.status).code, 130);
    }),
});

Deno.test({
  name: "what start started stops in order when start is killed",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder(async (folder) => {
      await writeWorkers(folder);
      const { process, reader } = start(folder);
      await lineWith(reader, "The farm runs");
      process.kill("SIGKILL");
      await process.status;
      await logged(folder, "worker_service.log", /program that started this one has ended/);
      await logged(folder, "worker_service.log", /Worker stopped/);
      await logged(folder, "elastic_orchestrator.log", /program that started this one has ended/);
      await logged(folder, "elastic_orchestrator.log", /\bStopped\b/);
      await reader.cancel();
    }),
});
