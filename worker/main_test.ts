import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { VERSION } from "../contract/version.ts";
import { StreamLine } from "../contract/wire.ts";
import farmJson from "../deno.json" with { type: "json" };
import { runWorker, WorkerProcess } from "./testing/worker_process.ts";

const FARM = "farm";

function task(task_id: string, num_particles: number, num_steps: number) {
  const parameters = { num_particles, num_steps, seed: 123 };
  return { task_id, attempt: 1, algorithm: "python", parameters };
}

const ref = (task_id: string) => ({ task_id, attempt: 1 });

Deno.test("a worker process runs a task, reports it until acknowledged, and stops", async () => {
  await using worker = await WorkerProcess.start(["--worker-id", "w-1", "--capacity", "1"]);
  {
    await using stream = await worker.stream(FARM);
    const hello = await stream.next("hello");
    assertEquals(StreamLine.parse(hello), hello);
    assertEquals([hello?.worker_id, hello?.version, hello?.capacity], ["w-1", VERSION, 1]);
    assertEquals(hello?.algorithms, ["python", "cython"]);
    await worker.dispatch(FARM, task("a", 50, 300));
    await worker.dispatch(FARM, task("a", 50, 300));
    const outcome = (await stream.next("outcomes"))?.outcomes[0];
    assert(outcome?.status === "completed");
    assertEquals(outcome.result.metrics["particle_collisions"], 28);
    assertEquals(outcome.result.metrics["wall_collisions"], 36);
  }
  // Nobody has acknowledged it: the next stream brings it again.
  await using stream = await worker.stream(FARM);
  assertEquals((await stream.next("hello"))?.ended, [ref("a")]);
  const again = (await stream.next("outcomes"))?.outcomes;
  assertEquals(again?.map(({ task_id }) => task_id), ["a"]);
  await worker.acknowledge(FARM, ref("a"));
  const history = await worker.get("/history");
  assertEquals((history["task_history"] as unknown[]).length, 1, "it ran once");
  assertEquals((await stream.next("heartbeat"))?.holds, []);
  worker.signal("SIGTERM");
  assertEquals(await stream.next("hello"), undefined, "the stream ends in order");
  const { code } = await worker.ended();
  assertEquals(code, 143);
  assertStringIncludes(worker.log(), "INFO worker: Worker stopped signal=SIGTERM");
});

Deno.test("a worker process cancels a huge simulation and shows its progress", async () => {
  await using worker = await WorkerProcess.start(["--capacity", "1"]);
  await using stream = await worker.stream(FARM);
  await worker.dispatch(FARM, task("huge", 2000, 1_000_000_000), task("next", 1, 0));
  const progress = (await stream.next("progress"))?.running[0];
  assertEquals([progress?.task_id, progress?.steps_total], ["huge", 1_000_000_000]);
  const status = await worker.get("/status");
  assertEquals([status["status"], status["waiting"]], ["busy", 1]);
  const [running] = status["running"] as Record<string, unknown>[];
  assertEquals(running?.["task_id"], "huge");
  await worker.post("/cancel", { farm: FARM, attempts: [ref("huge")] });
  const cancelled = (await stream.next("outcomes"))?.outcomes[0];
  assertEquals([cancelled?.task_id, cancelled?.status], ["huge", "cancelled"]);
  const completed = (await stream.next("outcomes"))?.outcomes[0];
  assertEquals([completed?.task_id, completed?.status], ["next", "completed"]);
});

Deno.test({
  name: "a worker process drains on SIGTERM and gives outcomes time to be collected",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using worker = await WorkerProcess.start(["--capacity", "1"], { DRAIN_TIMEOUT: "0.3" });
    await using stream = await worker.stream(FARM);
    await worker.dispatch(FARM, task("huge", 2000, 1_000_000_000), task("waits", 1, 0));
    await stream.next("progress");
    worker.signal("SIGTERM");
    const outcomes = [];
    while (outcomes.length < 2) {
      outcomes.push(...(await stream.next("outcomes"))?.outcomes ?? []);
    }
    assertEquals(outcomes.map(({ task_id, status }) => `${task_id} ${status}`), [
      "waits returned",
      "huge returned",
    ]);
    await worker.acknowledge(FARM, ref("huge"), ref("waits"));
    assertEquals(await stream.next("hello"), undefined, "the stream ends");
    const { code, stderr } = await worker.ended();
    assertEquals(code, 143);
    assertMatch(stderr, /finishing within 0.3 s; once more to stop at once/);
  },
});

Deno.test({
  name: "a worker process stops at once on the second signal",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using worker = await WorkerProcess.start(["--capacity", "1"]);
    await using stream = await worker.stream(FARM);
    await worker.dispatch(FARM, task("huge", 2000, 1_000_000_000));
    await stream.next("progress");
    worker.signal("SIGINT");
    while (!(await stream.next("heartbeat"))?.draining);
    // Two more: what comes at once after the first signal is taken for its echo.
    await stream.next("heartbeat");
    await stream.next("heartbeat");
    worker.signal("SIGINT");
    assertEquals((await worker.ended()).code, 130);
  },
});

Deno.test("a worker that cannot start says why in one sentence", async () => {
  const folder = await Deno.makeTempDir();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  try {
    const taken = await runWorker(["--port", String(port)], folder);
    assertEquals(taken.code, 1);
    const line = taken.stderr.trimEnd().split("\n").at(-1);
    assertMatch(line ?? "", new RegExp(`^Port ${port} on 127.0.0.1 is taken: .* another --port$`));
    const wrong = await runWorker(["--prot", "1"], folder);
    assertEquals([wrong.code, wrong.stdout], [2, ""]);
    assertEquals(wrong.stderr, "Unknown flag --prot; did you mean --port?\n");
    Deno.writeTextFileSync(`${folder}/.env`, "DRAIN_TIMEOUT=soon\n");
    const setting = await runWorker([], folder);
    assertEquals(setting.code, 2);
    assertStringIncludes(setting.stderr, 'DRAIN_TIMEOUT in .env is "soon"');
    const help = await runWorker(["--help"], folder);
    assertEquals([help.code, help.stderr], [0, ""]);
    assertStringIncludes(help.stdout, "Examples:");
  } finally {
    listener.close();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("VERSION is the version in deno.json", () => {
  assertEquals(VERSION, farmJson.version);
});
