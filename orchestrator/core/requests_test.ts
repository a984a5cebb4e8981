import { assert, assertEquals } from "@std/assert";
import { CoreUnderTest, failed, persisted, ref, taskRow } from "./testing.ts";

Deno.test("step() cancels once what two requests want cancelled in one turn", () => {
  const core = new CoreUnderTest();
  const cancel = () => ({ kind: "cancel_requested" as const, tasks: [taskRow("t1")] });
  assertEquals(persisted(core.sendAll(cancel(), cancel())), ["t1: pending > cancelled"]);
  core.claim(taskRow("t2"));
  const again = { kind: "cancel_requested" as const, tasks: [taskRow("t2")] };
  assertEquals(persisted(core.sendAll(again, again)), ["t2: pending > cancelled"]);
});

Deno.test("step() revives once what two requests want to run again in one turn", () => {
  const core = new CoreUnderTest();
  const row = () => taskRow("t1", { status: "failed", attempt: 4 });
  const effects = core.sendAll(
    { kind: "retry_requested", tasks: [row()] },
    { kind: "batch_accepted", batch: "b", queues: [], requeue: [row()] },
    { kind: "retry_requested", tasks: [row()] },
  );
  assertEquals(persisted(effects), ["t1: failed > pending"]);
});

Deno.test("step() gives no old failure as the reason of a cancelled task", () => {
  const core = new CoreUnderTest();
  core.configure("a", "b");
  core.hello("a");
  core.hello("b");
  core.claim(taskRow("t1"));
  core.end("a", failed(ref("t1")));
  const effects = core.send({ kind: "cancel_requested", tasks: [taskRow("t1")] });
  const [change] = effects.flatMap((effect) => effect.kind === "persist" ? [effect.change] : []);
  assert(change?.kind === "task");
  assertEquals([change.task.status, change.task.error], ["cancelled", null]);
});
