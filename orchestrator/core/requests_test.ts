import { assertEquals } from "@std/assert";
import { CoreUnderTest, persisted, taskRow } from "./testing.ts";

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
