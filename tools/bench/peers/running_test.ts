/**
 * Tests of stopping what was started.
 *
 * @module
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { runCommand, startServer } from "./child.ts";
import { Running } from "./running.ts";

const deno = (code: string) => ({ command: Deno.execPath(), args: ["eval", code] });

Deno.test("stopAll() stops the youngest first, each once, and all in spite of an error", async () => {
  const running = new Running();
  const stopped: string[] = [];
  const stop = (name: string) => {
    stopped.push(name);
    return name === "second" ? Promise.reject(new Error("It hangs")) : Promise.resolve();
  };
  await running.start(() => Promise.resolve("first"), stop);
  await running.start(() => Promise.resolve("second"), stop);
  const third = await running.start(() => Promise.resolve("third"), stop);
  await third.stop();
  const error = await assertRejects(() => running.stopAll(), AggregateError);
  assertEquals(error.errors.map(String), ["Error: It hangs"]);
  assertEquals(stopped, ["third", "second", "first"]);
});

Deno.test("stopAll() stops what was still starting, and nothing starts after it", async () => {
  const running = new Running();
  const starting = Promise.withResolvers<string>();
  const stopped: string[] = [];
  const stop = (name: string) => Promise.resolve(void stopped.push(name));
  const started = running.start(() => starting.promise, stop);
  const ending = running.stopAll();
  starting.resolve("late");
  await Promise.all([started, ending]);
  assertEquals(stopped, ["late"]);
  await assertRejects(() => running.start(() => starting.promise, stop), Error, "is ending");
});

Deno.test("runCommand() returns what was written, and says what a failed command wrote", async () => {
  const running = new Running();
  const text = await runCommand(running, deno("console.error(1); console.log(2)"), 60_000);
  assertEquals(text, "2");
  const failing = deno("console.error('no disk'); Deno.exit(3)");
  await assertRejects(() => runCommand(running, failing, 60_000), Error, "exit code 3: no disk");
});

Deno.test("startServer() resolves when the server is ready; stopAll() ends its process", async () => {
  const running = new Running();
  const code = "console.log('ready ' + Deno.pid); setInterval(() => {}, 1000)";
  let line = "";
  const ready = { test: (text: string) => (line = text).startsWith("ready") };
  await startServer(running, deno(code), ready);
  const pid = Number(line.split(" ")[1]);
  assert(pid > 0);
  await running.stopAll();
  // Asking for a signal that does nothing: refused when there is no such process.
  await assertRejects(
    () => Promise.resolve().then(() => Deno.kill(pid, "SIGCONT")),
    Deno.errors.NotFound,
  );
});

Deno.test("startServer() says why a server ended before it was ready", async () => {
  const failing = deno("console.error('port taken'); Deno.exit(1)");
  await assertRejects(
    () => startServer(new Running(), failing, /ready/),
    Error,
    "exit code 1: port taken",
  );
});
