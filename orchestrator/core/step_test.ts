import { assertEquals, assertGreater, assertMatch } from "@std/assert";
import { BATCH_MAX } from "../../contract/wire.ts";
import {
  cancelled,
  completed,
  CoreUnderTest,
  dispatched,
  failed,
  persisted,
  ref,
  statusOf,
  taskRow,
} from "./testing.ts";
import { waitingReason } from "./waiting.ts";

Deno.test("step() hands a claimed task to a connected worker and persists it first", () => {
  const core = new CoreUnderTest();
  core.configure("a");
  core.hello("a");
  const effects = core.claim(taskRow("t1"));
  assertEquals(effects.map((effect) => effect.kind), ["persist", "dispatch"]);
  assertEquals(persisted(effects), ["t1: pending > assigned"]);
  assertEquals(dispatched(effects), ["a: t1#1"]);
});

Deno.test("step() goes round the workers and never beyond a capacity", () => {
  const core = new CoreUnderTest();
  core.configure("a", "b");
  core.hello("a", { capacity: 2 });
  core.hello("b", { capacity: 1 });
  const effects = core.claim(...["t1", "t2", "t3", "t4"].map((id) => taskRow(id)));
  assertEquals(dispatched(effects), ["a: t1#1", "b: t2#1", "a: t3#1"]);
  assertEquals(dispatched(core.end("b", completed(ref("t2")))), ["b: t4#1"]);
});

Deno.test("step() takes the smaller capacity and the common algorithms of file and worker", () => {
  const core = new CoreUnderTest();
  core.configure({ id: "a", capacity: 1, algorithms: ["cython"], weight: 1, address: "a:1" });
  core.hello("a", { capacity: 8 });
  assertEquals(dispatched(core.claim(taskRow("t1"))), []);
  const reason = waitingReason(core.state, taskRow("t1"), { wall: 0, mono: 0 });
  assertEquals(reason, 'no connected worker runs algorithm "python"');
  const two = ["t2", "t3"].map((id) => taskRow(id, { algorithm: "cython" }));
  assertEquals(dispatched(core.claim(...two)), ["a: t2#1"]);
});

Deno.test("step() serves the higher priority first, within one in order of arrival", () => {
  const core = new CoreUnderTest();
  core.configure("a");
  core.claim(taskRow("t1", { priority: 2 }), taskRow("t2"), taskRow("t3", { priority: 8 }));
  assertEquals(dispatched(core.hello("a")), ["a: t3#1"]);
  assertEquals(dispatched(core.end("a", completed(ref("t3")))), ["a: t2#1"]);
  assertEquals(dispatched(core.end("a", completed(ref("t2")))), ["a: t1#1"]);
});

Deno.test("step() lets a low priority overtake when it has waited long enough", () => {
  const core = new CoreUnderTest({ ageingMs: 1000 });
  core.configure("a");
  core.claim(taskRow("t1", { priority: 2 }));
  core.mono = 7000;
  core.claim(taskRow("t2", { priority: 8, created_at: taskRow("x").created_at + 7000 }));
  assertEquals(dispatched(core.hello("a")), ["a: t1#1"]);
});

Deno.test("step() respects the farm's own limit of concurrent tasks", () => {
  const core = new CoreUnderTest({ concurrentMax: 1 });
  core.configure("a");
  core.hello("a", { capacity: 4 });
  assertEquals(dispatched(core.claim(taskRow("t1"), taskRow("t2"))), ["a: t1#1"]);
});

Deno.test("step() sends tiny tasks ahead once their time is known, long ones never", () => {
  const core = new CoreUnderTest({ prefetchMs: 50 });
  core.configure("a");
  core.hello("a");
  core.claim(...Array.from({ length: 30 }, (_, at) => taskRow(`t${at}`)));
  const tiny = dispatched(core.end("a", completed(ref("t0"), 10)));
  assertEquals(tiny, ["a: t1#1 t2#1 t3#1 t4#1 t5#1 t6#1"]);
  const long = new CoreUnderTest({ prefetchMs: 50 });
  long.configure("a");
  long.hello("a");
  long.claim(taskRow("t0"), taskRow("t1"), taskRow("t2"));
  assertEquals(dispatched(long.end("a", completed(ref("t0"), 5000))), ["a: t1#1"]);
});

Deno.test("step() acknowledges an outcome only beside the change that stores it", () => {
  const core = new CoreUnderTest();
  core.configure("a");
  core.hello("a");
  core.claim(taskRow("t1"));
  const effects = core.end("a", completed(ref("t1")));
  assertEquals(persisted(effects), ["t1: assigned > completed"]);
  assertEquals(effects.at(-1), { kind: "acknowledge", worker: "a", attempts: [ref("t1")] });
  assertEquals(statusOf(core, "t1"), "gone");
});

Deno.test("step() acknowledges the same outcome again and stores it once", () => {
  const core = new CoreUnderTest();
  core.configure("a");
  core.hello("a");
  core.claim(taskRow("t1"));
  core.end("a", completed(ref("t1")));
  const again = core.end("a", completed(ref("t1")));
  assertEquals(persisted(again), []);
  assertEquals(again.map((effect) => effect.kind), ["compare", "notify", "acknowledge"]);
});

Deno.test("step() retries a failure on another worker after a backoff, three times at most", () => {
  const core = new CoreUnderTest();
  core.configure("a", "b");
  core.hello("a", { capacity: 4 });
  core.hello("b", { capacity: 4 });
  core.claim(taskRow("t1"));
  const ran: string[] = ["a: t1#1"];
  for (let attempt = 1; attempt <= 4; attempt++) {
    const worker = core.state.window.get("t1")!.row.worker!;
    assertEquals(dispatched(core.end(worker, failed(ref("t1", attempt)))), []);
    if (attempt === 4) break;
    for (let beat = 0; beat < 12; beat++) {
      const effects = core.pass(1000);
      core.beat("a", [], 4);
      core.beat("b", [], 4);
      ran.push(...dispatched(effects));
    }
  }
  assertEquals(ran.slice(0, 2), ["a: t1#1", "b: t1#2"]);
  assertEquals(ran.length, 4);
  assertEquals(statusOf(core, "t1"), "gone");
});

Deno.test("step() never retries a parameter error", () => {
  const core = new CoreUnderTest();
  core.configure("a");
  core.hello("a");
  core.claim(taskRow("t1"));
  assertEquals(persisted(core.end("a", failed(ref("t1"), "permanent"))), [
    "t1: assigned > failed",
  ]);
});

Deno.test("step() quarantines a task that took three threads down", () => {
  const core = new CoreUnderTest();
  core.configure("a");
  core.hello("a");
  core.claim(taskRow("t1"));
  for (let attempt = 1; attempt <= 3; attempt++) {
    const effects = core.end("a", failed(ref("t1", attempt), "crash"));
    if (attempt === 3) {
      assertEquals(persisted(effects), ["t1: assigned > failed"]);
      const change = effects.find((effect) => effect.kind === "persist")!.change;
      assertMatch(change.kind === "task" ? change.task.error!.message : "", /^Quarantined after 3/);
    }
    for (let second = 0; second < 5; second++) {
      core.pass(1000);
      core.beat("a", [...core.state.active].map((id) => ref(id, attempt + 1)));
    }
  }
});

Deno.test("step() redistributes the tasks of a silent worker within its lease", () => {
  const core = new CoreUnderTest();
  core.configure("a", "b");
  core.hello("a");
  core.claim(taskRow("t1"));
  core.hello("b");
  for (let second = 0; second < 5; second++) {
    assertEquals(persisted(core.pass(1000)), []);
    core.beat("b");
  }
  core.pass(1000);
  core.beat("b");
  const effects = core.pass(500);
  assertEquals(persisted(effects), [
    "t1: assigned > redistributed",
    "t1: redistributed > assigned",
  ]);
  assertEquals(dispatched(effects), ["b: t1#2"]);
});

Deno.test("step() redistributes at once when the worker's process is gone", () => {
  const core = new CoreUnderTest();
  core.configure("a", "b");
  core.hello("a");
  core.claim(taskRow("t1"));
  core.hello("b");
  core.send({ kind: "worker_disconnected", worker: "a" });
  assertEquals(dispatched(core.send({ kind: "worker_lost", worker: "a", reason: "died" })), [
    "b: t1#2",
  ]);
});

Deno.test("step() leaves tasks with a worker that reconnects and still has them", () => {
  const core = new CoreUnderTest();
  core.configure("a");
  core.hello("a");
  core.claim(taskRow("t1"));
  core.send({ kind: "worker_disconnected", worker: "a" });
  const effects = core.hello("a", { holds: [ref("t1")] });
  assertEquals(persisted(effects), []);
  assertEquals(cancelled(effects), []);
  assertEquals(statusOf(core, "t1"), "assigned");
});

Deno.test("step() takes tasks back from a worker that restarted", () => {
  const core = new CoreUnderTest();
  core.configure("a");
  core.hello("a");
  core.claim(taskRow("t1"));
  const effects = core.hello("a", { epoch: "second" });
  assertEquals(dispatched(effects), ["a: t1#2"]);
  assertEquals(core.state.window.get("t1")!.row.redistributions, 1);
});

Deno.test("step() takes up again what a lost worker still runs, if nobody else has begun", () => {
  const core = new CoreUnderTest();
  core.configure("a");
  core.hello("a");
  core.claim(taskRow("t1"));
  core.pass(7000);
  assertEquals(statusOf(core, "t1"), "redistributed");
  assertEquals(persisted(core.hello("a", { holds: [ref("t1")] })), [
    "t1: redistributed > assigned",
  ]);
  assertEquals(core.state.window.get("t1")!.row.attempt, 1);
  assertEquals(persisted(core.end("a", completed(ref("t1")))), ["t1: assigned > completed"]);
});

/** Worker a was lost with t1, b has it now; a comes back. */
function givenAway(): CoreUnderTest {
  const core = new CoreUnderTest();
  core.configure("a", "b");
  core.hello("a");
  core.claim(taskRow("t1"));
  core.send({ kind: "worker_lost", worker: "a", reason: "silent" });
  assertEquals(dispatched(core.hello("b")), ["b: t1#2"]);
  return core;
}

Deno.test("step() cancels an old attempt that a worker brings back", () => {
  assertEquals(cancelled(givenAway().hello("a", { holds: [ref("t1")] })), ["a: t1#1"]);
});

Deno.test("step() lets a late result win when it comes first, and stops the other attempt", () => {
  const core = givenAway();
  core.hello("a", { ended: [ref("t1")] });
  const effects = core.end("a", completed(ref("t1", 1)));
  assertEquals(persisted(effects), ["t1: assigned > completed"]);
  assertEquals(cancelled(effects), ["b: t1#2"]);
  const late = core.end("b", completed(ref("t1", 2)));
  assertEquals(persisted(late), []);
  assertEquals(late.some((effect) => effect.kind === "compare"), true);
});

Deno.test("step() ignores a late failure of an old attempt", () => {
  const core = givenAway();
  core.hello("a");
  assertEquals(persisted(core.end("a", failed(ref("t1", 1)))), []);
  assertEquals(statusOf(core, "t1"), "assigned");
});

Deno.test("step() ignores results of attempts that were never handed out, or to somebody else", () => {
  const core = new CoreUnderTest();
  core.configure("a", "b");
  core.hello("a");
  core.hello("b");
  core.claim(taskRow("t1"));
  assertEquals(persisted(core.end("b", completed(ref("t1", 1)))), []);
  assertEquals(persisted(core.end("a", completed(ref("t1", 7)))), []);
  assertEquals(persisted(core.end("a", completed(ref("t9", 1)))), []);
  assertEquals(statusOf(core, "t1"), "assigned");
  core.send({ kind: "worker_lost", worker: "a", reason: "silent" });
  core.configure("a", "b", "c");
  core.hello("c");
  assertEquals(core.state.window.get("t1")!.row.attempt, 2);
  assertEquals(persisted(core.end("c", completed(ref("t1", 1)))), [], "c never had attempt 1");
});

Deno.test("step() believes a missing attempt only after the worker has listed it once", () => {
  const core = new CoreUnderTest();
  core.configure("a");
  core.hello("a");
  core.claim(taskRow("t1"));
  core.send({
    kind: "dispatch_answered",
    worker: "a",
    accepted: [ref("t1")],
    refused: [],
  });
  assertEquals(persisted(core.beat("a", [])), [], "the line may be older than the dispatch");
  core.beat("a", [ref("t1")]);
  assertEquals(persisted(core.beat("a", []))[0], "t1: assigned > redistributed");
});

Deno.test("step() cancels a running task at once and keeps its slot until the worker lets go", () => {
  const core = new CoreUnderTest();
  core.configure("a");
  core.hello("a");
  const row = taskRow("t1");
  core.claim(row, taskRow("t2"));
  const effects = core.send({ kind: "cancel_requested", tasks: [{ ...row }] });
  assertEquals(persisted(effects), ["t1: assigned > cancelled"]);
  assertEquals(cancelled(effects), ["a: t1#1"]);
  assertEquals(dispatched(effects), []);
  assertEquals(dispatched(core.end("a", completed(ref("t1")))), ["a: t2#1"]);
});

Deno.test("step() cancels a waiting task, in the window or not, and ignores a finished one", () => {
  const core = new CoreUnderTest();
  core.configure("a");
  core.claim(taskRow("t1"));
  const tasks = [taskRow("t1"), taskRow("t2"), taskRow("t3", { status: "completed" })];
  assertEquals(persisted(core.send({ kind: "cancel_requested", tasks })), [
    "t1: pending > cancelled",
    "t2: pending > cancelled",
  ]);
  assertEquals(dispatched(core.hello("a")), []);
});

Deno.test("step() sends a retried task to the end of its queue with a clean record", () => {
  const core = new CoreUnderTest();
  const row = taskRow("t1", { status: "failed", attempt: 4, retry_count: 3, tried: ["a"] });
  const effects = core.send({ kind: "retry_requested", tasks: [row] });
  const change = effects[0]!.kind === "persist" ? effects[0]!.change : null;
  assertEquals(change?.kind === "task" && change.requeued, true);
  assertEquals([row.status, row.attempt, row.retry_count], ["pending", 4, 0]);
  core.configure("a");
  assertEquals(
    effects.concat(core.hello("a")).filter((effect) => effect.kind === "claim").length,
    1,
  );
});

Deno.test("step() asks again when tasks were accepted while a claim was under way", () => {
  const core = new CoreUnderTest();
  const key = { priority: 5, algorithm: "python" };
  const claims = core.send({ kind: "queues_found", queues: [key] });
  assertEquals(claims.map((effect) => effect.kind), ["claim"]);
  core.send({ kind: "batch_accepted", batch: "b", queues: [key], requeue: [] });
  const next = core.send({ kind: "tasks_claimed", key, tasks: [], position: 0, more: false });
  assertEquals(next.map((effect) => effect.kind), ["claim"]);
});

Deno.test("step() waits for the workers after a restart before it gives tasks away", () => {
  const core = new CoreUnderTest();
  core.configure("a", "b");
  const row = taskRow("t1", { status: "running", attempt: 2, worker: "a", assigned_at: 1 });
  core.send({ kind: "unfinished_loaded", tasks: [row] });
  assertEquals(dispatched(core.hello("b")), []);
  assertEquals(persisted(core.hello("a", { holds: [ref("t1", 2)] })), []);
  assertEquals(persisted(core.end("a", completed(ref("t1", 2)))), ["t1: running > completed"]);
});

Deno.test("step() gives tasks of a restart away when their worker does not come, or is unknown", () => {
  const core = new CoreUnderTest();
  core.configure("a", "b");
  const tasks = [
    taskRow("t1", { status: "assigned", attempt: 1, worker: "a", assigned_at: 1 }),
    taskRow("t2", { status: "running", attempt: 1, worker: "nobody", assigned_at: 1 }),
  ];
  core.send({ kind: "unfinished_loaded", tasks });
  core.hello("b", { capacity: 2 });
  const given: string[] = [];
  for (let second = 0; second < 8; second++) {
    given.push(...dispatched(core.pass(1000)));
    core.beat(
      "b",
      [...core.state.active].filter((id) => core.state.window.get(id)!.row.worker === "b").map((
        id,
      ) => ref(id, 2)),
      2,
    );
  }
  assertEquals(given, ["b: t2#2", "b: t1#2"]);
});

Deno.test("step() loses nobody by its own absence", () => {
  const core = new CoreUnderTest();
  core.configure("a");
  core.hello("a");
  core.claim(taskRow("t1"));
  core.pass(1000);
  core.mono += 60_000;
  const effects = core.send({ kind: "ticked" });
  assertEquals(effects.map((effect) => effect.kind), ["notify"]);
  assertEquals(persisted(core.pass(1000)), []);
});

Deno.test("step() times nobody out for the time of its own absence", () => {
  const core = new CoreUnderTest();
  core.configure("a");
  core.hello("a");
  core.claim(taskRow("t1", { timeout_ms: 5000 }));
  const running = { ...ref("t1"), started_at: 0, steps_completed: 1, steps_total: 9 };
  core.send({ kind: "worker_progressed", worker: "a", running: [running] });
  core.pass(1000);
  core.mono += 60_000;
  core.send({ kind: "ticked" });
  assertEquals(persisted(core.pass(1000)), []);
});

Deno.test("step() gives nobody a longer lease for having been heard during its own absence", () => {
  const core = new CoreUnderTest();
  core.configure("a");
  core.hello("a");
  core.claim(taskRow("t1"));
  core.pass(1000);
  core.mono += 60_000;
  core.beat("a", [ref("t1")]);
  core.send({ kind: "ticked" });
  assertEquals(persisted(core.pass(7000)), ["t1: assigned > redistributed"]);
});

Deno.test("step() rests a worker that refuses and tries the task elsewhere", () => {
  const core = new CoreUnderTest();
  core.configure("a", "b");
  core.hello("a");
  core.claim(taskRow("t1"));
  core.hello("b");
  const effects = core.send({
    kind: "dispatch_answered",
    worker: "a",
    accepted: [],
    refused: [{ ...ref("t1"), code: "queue_full", message: "Full" }],
  });
  assertEquals(dispatched(effects), ["b: t1#2"]);
  assertEquals(core.state.window.get("t1")!.row.retry_count, 0);
  assertGreater(core.state.workers.get("a")!.pausedUntilMono, core.mono);
});

Deno.test("step() takes a running task back that makes no progress", () => {
  const core = new CoreUnderTest({ stallMs: 5000 });
  core.configure("a");
  core.hello("a");
  core.claim(taskRow("t1"));
  const progress = { ...ref("t1"), started_at: 1, steps_completed: 1, steps_total: 9 };
  core.send({ kind: "worker_progressed", worker: "a", running: [progress] });
  assertEquals(statusOf(core, "t1"), "running");
  const effects = [];
  for (let second = 0; second < 6; second++) {
    effects.push(...core.pass(1000));
    core.beat("a", [ref("t1")]);
  }
  assertEquals(persisted(effects), ["t1: running > pending"]);
  assertEquals(cancelled(effects), ["a: t1#1"]);
});

Deno.test("step() takes a task back that its worker does not start", () => {
  const core = new CoreUnderTest({ stallMs: 5000 });
  core.configure("a", "b");
  core.hello("a");
  core.claim(taskRow("t1"));
  core.hello("b");
  const effects = [];
  for (let second = 0; second < 6; second++) {
    core.beat("a", [ref("t1")]);
    core.beat("b", []);
    effects.push(...core.pass(1000));
  }
  assertEquals(persisted(effects), ["t1: assigned > pending", "t1: pending > assigned"]);
  assertEquals(cancelled(effects), ["a: t1#1"]);
  assertEquals(dispatched(effects), ["b: t1#2"]);
  assertEquals(core.state.window.get("t1")!.row.retry_count, 0);
});

Deno.test("step() gives nothing for longer and longer to a worker that starts nothing", () => {
  const core = new CoreUnderTest({ stallMs: 5000 });
  core.configure("a");
  core.hello("a");
  core.claim(taskRow("t1"));
  const given: number[] = [];
  for (let second = 1; second <= 60; second++) {
    const holds = [...core.state.active].map((id) =>
      ref(id, core.state.window.get(id)!.row.attempt)
    );
    core.beat("a", holds);
    for (const _ of dispatched(core.pass(1000))) given.push(second);
  }
  const restsS = given.map((second, at) => second - (given[at - 1] ?? 0));
  assertEquals(restsS, [11, 15, 25], "5 s until it is noticed, then 5, 10 and 20 s of rest");
});

Deno.test("step() gives nothing to a draining worker, and takes back what it hands back", () => {
  const core = new CoreUnderTest();
  core.configure("a", "b");
  core.hello("a");
  core.claim(taskRow("t1"));
  core.send({ kind: "worker_drain_requested", worker: "a", drain: true });
  const returned = {
    ...ref("t1"),
    status: "returned" as const,
    started_at: null,
    ended_at: 1,
    execution_ms: 0,
  };
  assertEquals(persisted(core.end("a", returned)), ["t1: assigned > pending"]);
  assertEquals(dispatched(core.hello("b")), ["b: t1#2"]);
  assertEquals(core.state.window.get("t1")!.row.retry_count, 0);
});

Deno.test("step() puts no more tasks into one dispatch than the wire carries", () => {
  const core = new CoreUnderTest();
  core.configure("a");
  core.claim(...Array.from({ length: BATCH_MAX + 2 }, (_, at) => taskRow(`t${at}`)));
  const sizes = core.hello("a", { capacity: 2000 })
    .filter((effect) => effect.kind === "dispatch").map((effect) => effect.tasks.length);
  assertEquals(sizes, [BATCH_MAX, 2]);
});
