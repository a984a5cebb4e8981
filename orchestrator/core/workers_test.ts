import { assertEquals } from "@std/assert";
import {
  completed,
  CoreUnderTest,
  dispatched,
  failed,
  persisted,
  ref,
  statusOf,
  taskRow,
} from "./testing.ts";

/** A restart: the tasks of the store are known, the list of workers is not. */
function restarted(): CoreUnderTest {
  const core = new CoreUnderTest();
  const at = { attempt: 1, worker: "a", assigned_at: 1 };
  core.send({ kind: "unfinished_loaded", tasks: [taskRow("t1", { status: "assigned", ...at })] });
  assertEquals(persisted(core.pass(2000)), [], "nobody is known yet, so nobody is missing");
  core.configure("a", "b");
  return core;
}

Deno.test("step() keeps a task for its worker that is listed after the restart", () => {
  const core = restarted();
  assertEquals(dispatched(core.hello("b")), []);
  assertEquals(persisted(core.hello("a", { holds: [ref("t1")] })), []);
  assertEquals(statusOf(core, "t1"), "assigned");
});

Deno.test("step() takes up what a worker brings back also beyond the farm's limit", () => {
  const core = new CoreUnderTest({ concurrentMax: 1 });
  core.configure("a", "b");
  core.hello("a");
  core.claim(taskRow("t1"));
  core.send({ kind: "worker_lost", worker: "a", reason: "silent" });
  core.claim(taskRow("t2", { priority: 9 }));
  assertEquals(dispatched(core.hello("b")), ["b: t2#1"]);
  assertEquals(persisted(core.hello("a", { holds: [ref("t1")], capacity: 2 })), [
    "t1: redistributed > assigned",
  ]);
  assertEquals(dispatched(core.claim(taskRow("t3"))), [], "nothing new beyond it");
});

Deno.test("step() keeps a worker whose long line is still arriving", () => {
  const core = new CoreUnderTest();
  core.configure("a");
  core.hello("a");
  core.claim(taskRow("t1"));
  for (let second = 0; second < 60; second++) {
    assertEquals(persisted(core.pass(1000)), []);
    core.send({ kind: "worker_heard", worker: "a" });
  }
  assertEquals(persisted(core.pass(10_000)), ["t1: assigned > redistributed"]);
});

Deno.test("step() quarantines a task that kills its workers before it is seen running", () => {
  const core = new CoreUnderTest();
  core.configure("a");
  const ends: string[] = [];
  core.claim(taskRow("t1"), taskRow("t2"));
  for (let life = 1; life <= 6; life++) {
    core.mono += 1000;
    const [, first] = dispatched(core.hello("a", { epoch: `life ${life}` }))[0]?.split(" ") ?? [];
    const [id, attempt] = first?.split("#") ?? [];
    if (id === "t2") core.end("a", completed(ref("t2", Number(attempt))));
    if (id !== "t1") continue;
    const accepted = [ref("t1", Number(attempt))];
    core.send({ kind: "dispatch_answered", worker: "a", accepted, refused: [] });
    ends.push(...persisted(core.send({ kind: "worker_lost", worker: "a", reason: "died" })));
  }
  assertEquals(ends.at(-1), "t1: assigned > failed");
  assertEquals(ends.length, 3);
});

Deno.test("step() loses a worker that is listed after the restart and never comes", () => {
  const core = restarted();
  core.hello("b");
  const given: string[] = [];
  for (let second = 0; second < 7; second++) {
    given.push(...dispatched(core.pass(1000)));
    core.beat("b", given.length > 0 ? [ref("t1", 2)] : []);
  }
  assertEquals(given, ["b: t1#2"]);
});

/** Lets worker "a" die with all it has; returns what it came back to. */
function die(core: CoreUnderTest, life: number): string[] {
  core.send({ kind: "worker_lost", worker: "a", reason: "died" });
  core.pass(1000);
  return dispatched(core.hello("a", { capacity: 4, epoch: `life ${life}` }));
}

Deno.test("step() runs a task alone before the crash that would be its last", () => {
  const core = new CoreUnderTest();
  core.configure("a");
  core.hello("a", { capacity: 4 });
  core.claim(taskRow("t1"), taskRow("t2"), taskRow("t3"));
  assertEquals(die(core, 1), ["a: t1#2 t2#2 t3#2"]);
  assertEquals(die(core, 2), ["a: t1#3"]);
  assertEquals(dispatched(core.claim(taskRow("t4"))), [], "nothing beside it");
  assertEquals(die(core, 3).length, 1);
  assertEquals(statusOf(core, "t1"), "gone");
  for (let ended = 0; ended < 3; ended++) {
    const [[id, held] = []] = core.state.workers.get("a")!.held;
    core.end("a", completed(ref(id!, held!.attempt)));
    core.pass(250);
  }
  assertEquals(core.state.window.size, 0);
});

Deno.test("step() empties a worker for a task that has to run alone", () => {
  const core = new CoreUnderTest({ backoffBaseMs: 1 });
  core.configure("a");
  core.hello("a", { capacity: 2 });
  core.claim(taskRow("t1"), taskRow("t2"));
  core.end("a", failed(ref("t1"), "crash"));
  core.pass(250);
  core.end("a", failed(ref("t1", 2), "crash"));
  core.claim(taskRow("t3"), taskRow("t4"));
  core.pass(250);
  core.end("a", completed(ref("t3")));
  assertEquals(dispatched(core.claim(taskRow("t5"))), [], "t1 is due");
  assertEquals(dispatched(core.end("a", completed(ref("t2")))), ["a: t1#3"]);
});
