import { assertEquals } from "@std/assert";
import type { Effect } from "./messages.ts";
import { completed, CoreUnderTest, dispatched, ref, statusOf, taskRow } from "./testing.ts";

/** One slot on "a" that has shown tiny tasks and now got a long one, and others sent after it. */
function behindLongOne(tried: string[] = []): CoreUnderTest {
  const core = new CoreUnderTest();
  core.configure("a", "b");
  core.hello("a");
  core.claim(taskRow("t0"));
  core.end("a", completed(ref("t0"), 1));
  core.claim(taskRow("t1"), taskRow("t2", { tried }), taskRow("t3"));
  const accepted = [ref("t1"), ref("t2"), ref("t3")];
  core.send({ kind: "dispatch_answered", worker: "a", accepted, refused: [] });
  const progress = { ...ref("t1"), started_at: 1, steps_completed: 0, steps_total: 9 };
  core.send({ kind: "worker_progressed", worker: "a", running: [progress] });
  return core;
}

/** Lets a second and a half pass with "a" at work on the long one and "b" alive. */
function passWhileBusy(core: CoreUnderTest): Effect[] {
  const holds = [ref("t1"), ref("t2"), ref("t3")];
  const effects = core.pass(750);
  effects.push(...core.beat("a", holds), ...core.beat("b"));
  effects.push(...core.pass(750));
  return effects;
}

function recalled(effects: readonly Effect[]): string[] {
  return effects.flatMap((effect) =>
    effect.kind === "cancel"
      ? effect.attempts.map(({ task_id }) => `${effect.worker}: ${task_id} ${effect.unstarted}`)
      : []
  );
}

Deno.test("recallUnstarted() calls back what lies behind a long task once another worker is idle", () => {
  const core = behindLongOne();
  assertEquals(recalled(passWhileBusy(core)), [], "nobody else is there");
  core.hello("b");
  assertEquals(recalled(passWhileBusy(core)), ["a: t2 true", "a: t3 true"], "and only once");
  const returned = { ...completed(ref("t2")), status: "returned" as const };
  assertEquals(dispatched(core.end("a", returned)), ["b: t2#2"]);
  assertEquals([statusOf(core, "t1"), statusOf(core, "t3")], ["running", "assigned"]);
});

Deno.test("recallUnstarted() leaves everything where it is while tasks wait for the idle worker", () => {
  const core = behindLongOne();
  core.hello("b");
  core.claim(taskRow("t4"), taskRow("t5"));
  assertEquals(recalled(passWhileBusy(core)), []);
});

Deno.test("recallUnstarted() is not in vain for a task that has been on every worker", () => {
  const core = behindLongOne(["a", "b"]);
  core.hello("b");
  assertEquals(recalled(passWhileBusy(core)), ["a: t2 true", "a: t3 true"]);
  core.beat("a", [ref("t1"), ref("t2"), ref("t3")], 9);
  const returned = { ...completed(ref("t2")), status: "returned" as const };
  assertEquals(dispatched(core.end("a", returned)), ["b: t2#2"]);
});
