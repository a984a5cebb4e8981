import { assert, assertEquals } from "@std/assert";
import type { Progress, StreamLine } from "../contract/wire.ts";
import { OUTCOMES_MAX } from "../contract/wire.ts";
import { type Attempt, type HeldOutcome, refOf } from "./attempts.ts";
import { Reporter } from "./reporter.ts";

/** A source of which the test says what it holds. */
function setup() {
  const held = new Map<string, Attempt>();
  let running: Progress[] = [];
  const common = { capacity: 1, draining: false };
  const reporter = new Reporter({
    hello: () => ({
      ...common,
      type: "hello",
      contract: 1,
      worker_id: "worker-01",
      epoch: "epoch",
      version: "0.1.0",
      algorithms: [],
      queue_max: 1,
      holds: [],
      ended: [...held.values()].map(refOf),
      at: 0,
    }),
    heartbeat: (_farm, unsent) => ({
      ...common,
      type: "heartbeat",
      holds: unsent.map(refOf),
      cpu: null,
      memory_bytes: null,
    }),
    running: () => running,
    ended: () => [...held.values()],
    isHeld: (_farm, { task_id }) => held.has(task_id),
  });
  const end = (task_id: string) => {
    const attempt = endedAttempt(task_id);
    held.set(task_id, attempt);
    reporter.report(attempt);
  };
  return { reporter, held, end, run: (now: Progress[]) => running = now };
}

function endedAttempt(task_id: string): Attempt {
  const outcome: HeldOutcome = {
    task_id,
    attempt: 1,
    status: "cancelled",
    started_at: null,
    ended_at: 0,
    execution_ms: 0,
  };
  const assignment = { task_id, attempt: 1, algorithm: "python", parameters: {} };
  return { farm: "farm", assignment, state: "ended", outcome };
}

/** Reads a stream line by line; undefined at its end. */
function linesOf(stream: ReadableStream<Uint8Array>) {
  const reader = stream.getReader();
  const next = async (): Promise<StreamLine | undefined> => {
    const { value } = await reader.read();
    return value === undefined ? undefined : JSON.parse(new TextDecoder().decode(value));
  };
  return { next, cancel: () => reader.cancel() };
}

function idsOf(line: StreamLine | undefined): string[] {
  assert(line?.type === "outcomes", `expected outcomes, not ${line?.type}`);
  return line.outcomes.map(({ task_id }) => task_id);
}

Deno.test("Reporter passes a result on as the text that its thread made", async () => {
  const { reporter, held } = setup();
  const lines = linesOf(reporter.open("farm"));
  await lines.next();
  const attempt = endedAttempt("a");
  const result = { status: "completed" as const, output: "Done", metrics: { energy: 0.1 } };
  const times = { started_at: 1, ended_at: 2, execution_ms: 1 };
  const told = { task_id: "a", attempt: 1, ...times, status: "completed" as const };
  attempt.outcome = { ...told, result: JSON.stringify(result) };
  held.set("a", attempt);
  reporter.report(attempt);
  assertEquals(await lines.next(), { type: "outcomes", outcomes: [{ ...told, result }] });
  await lines.cancel();
});

Deno.test("Reporter says hello at once, then outcomes of one turn in one line", async () => {
  const { reporter, end } = setup();
  const lines = linesOf(reporter.open("farm"));
  assertEquals((await lines.next())?.type, "hello");
  for (const id of ["a", "b", "c"]) end(id);
  assertEquals(idsOf(await lines.next()), ["a", "b", "c"]);
  await lines.cancel();
  assertEquals(reporter.streams, 0);
});

Deno.test("Reporter sends unacknowledged outcomes again on every new stream", async () => {
  const { reporter, held, end } = setup();
  end("a");
  end("b");
  for (const expected of [["a", "b"], ["b"]]) {
    const lines = linesOf(reporter.open("farm"));
    await lines.next();
    assertEquals(idsOf(await lines.next()), expected);
    await lines.cancel();
    held.delete("a");
  }
});

Deno.test("Reporter closes the older stream of a farm when a newer one opens", async () => {
  const { reporter, end } = setup();
  const older = linesOf(reporter.open("farm"));
  const other = linesOf(reporter.open("other farm"));
  const newer = linesOf(reporter.open("farm"));
  await Promise.all([older.next(), newer.next(), other.next()]);
  assertEquals(await older.next(), undefined);
  assertEquals(reporter.streams, 2);
  end("a");
  assertEquals(idsOf(await newer.next()), ["a"]);
  reporter.close();
  assertEquals(await newer.next(), undefined);
  assertEquals(await other.next(), undefined);
});

Deno.test("Reporter holds nothing for a slow reader but what it would be sent anyway", async () => {
  const { reporter, end, held } = setup();
  const stream = reporter.open("farm");
  for (let time = 0; time < 100; time++) reporter.heartbeat();
  for (let id = 0; id < OUTCOMES_MAX + 50; id++) end(`t${id}`);
  held.delete("t0");
  await new Promise((resolve) => setTimeout(resolve, 20));
  for (let time = 0; time < 100; time++) reporter.heartbeat();
  const lines = linesOf(stream);
  const read = [];
  while (read.at(-1) !== "outcomes 50") {
    const line = await lines.next();
    read.push(line?.type === "outcomes" ? `outcomes ${line.outcomes.length}` : line?.type);
  }
  assertEquals(read, [
    "hello",
    "heartbeat",
    "heartbeat",
    `outcomes ${OUTCOMES_MAX - 1}`,
    "outcomes 50",
  ]);
  await lines.cancel();
});

Deno.test("Reporter lists an ended attempt in heartbeats until its outcome is written", async () => {
  const { reporter, end } = setup();
  const lines = linesOf(reporter.open("farm"));
  await lines.next();
  end("a");
  reporter.heartbeat();
  const [first, second] = [await lines.next(), await lines.next()];
  assert(first?.type === "heartbeat");
  assertEquals(first.holds, [{ task_id: "a", attempt: 1 }]);
  assertEquals(idsOf(second), ["a"]);
  reporter.heartbeat();
  const third = await lines.next();
  assert(third?.type === "heartbeat");
  assertEquals(third.holds, []);
  await lines.cancel();
});

Deno.test("Reporter reports progress only when something moved", async () => {
  const { reporter, run } = setup();
  const lines = linesOf(reporter.open("farm"));
  await lines.next();
  const progress = { task_id: "a", attempt: 1, started_at: 0, steps_total: 9 };
  for (const steps_completed of [1, 2]) {
    run([{ ...progress, steps_completed }]);
    const line = await lines.next();
    assert(line?.type === "progress", `expected progress, not ${line?.type}`);
    assertEquals(line.running[0]?.steps_completed, steps_completed);
  }
  await lines.cancel();
});
