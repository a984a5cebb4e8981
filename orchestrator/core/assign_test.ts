import { assertEquals } from "@std/assert";
import type { Effect } from "./messages.ts";
import { completed, CoreUnderTest, dispatched, failed, ref, taskRow } from "./testing.ts";

Deno.test("step() does not wait for ever for a worker that a retry has not tried", () => {
  const core = new CoreUnderTest();
  core.configure("a", "b");
  core.hello("a");
  core.claim(taskRow("t1"));
  core.hello("b");
  core.claim(taskRow("t2"));
  core.end("a", failed(ref("t1")));
  const effects: Effect[] = [];
  for (let second = 0; second < 12; second++) {
    if (second === 9) assertEquals(dispatched(effects), [], "b may still become free");
    effects.push(...core.pass(1000));
    core.beat("a", [...core.state.workers.get("a")!.held.keys()].map((id) => ref(id, 2)));
    core.beat("b", [ref("t2")]);
  }
  assertEquals(dispatched(effects), ["a: t1#2"]);
});

Deno.test("step() lets no task wait behind one whose old attempt has not ended", () => {
  const core = new CoreUnderTest();
  core.configure("a");
  core.hello("a", { capacity: 2 });
  const row = taskRow("t1");
  core.claim(row);
  core.send({ kind: "cancel_requested", tasks: [row] });
  const again = taskRow("t1", { attempt: 1 });
  assertEquals(dispatched(core.claim(again, taskRow("t2"))), ["a: t2#1"]);
  assertEquals(dispatched(core.end("a", failed(ref("t2")))), []);
  assertEquals(dispatched(core.end("a", failed(ref("t1")))), ["a: t1#2"]);
});

Deno.test("step() gives a task that failed everywhere to each worker in turn", () => {
  const core = new CoreUnderTest({ strategy: "fastest", retriesMax: 9, backoffBaseMs: 1 });
  core.configure("a", "b", "c");
  for (const worker of ["a", "b", "c"]) core.hello(worker);
  core.claim(taskRow("t1"));
  const workers: string[] = [];
  for (let attempt = 1; attempt <= 7; attempt++) {
    const worker = core.state.window.get("t1")!.row.worker!;
    workers.push(worker);
    core.end(worker, failed(ref("t1", attempt)));
    core.pass(500);
  }
  assertEquals(workers.join(""), "abcabca");
});

Deno.test("step() runs the tasks of several algorithms in one file in the order of the file", () => {
  const core = new CoreUnderTest();
  core.configure("a");
  core.claim(
    ...["t1", "t2", "t3", "t4"].map((id, at) =>
      taskRow(id, { algorithm: at % 2 === 0 ? "python" : "cython" })
    ),
  );
  const order = dispatched(core.hello("a"));
  for (const id of ["t1", "t2", "t3"]) order.push(...dispatched(core.end("a", completed(ref(id)))));
  assertEquals(order, ["a: t1#1", "a: t2#1", "a: t3#1", "a: t4#1"]);
});
