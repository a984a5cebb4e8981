import { assertEquals, assertMatch } from "@std/assert";
import { completedOutcome, failedOutcome, task } from "../listeners/testing.ts";
import { apiTest } from "./testing.ts";

const numbered = (count: number) => Array.from({ length: count }, (_, i) => task(`t${i}`));

apiTest("POST /tasks/bulk cancels all that match and have not finished", {}, async (api) => {
  await api.farm.drop("a.json", numbered(1300));
  await api.farm.drop("b.json", [task("other")]);
  const answer = await api.post("/tasks/bulk", { action: "cancel", filter: { batch: "a.json" } });
  assertEquals(answer, { status: 200, action: "cancel", matched: 1300, changed: 1300 });
  const { tasks_summary } = await api.get("/stats");
  assertEquals(tasks_summary.cancelled, 1300);
  const again = await api.post("/tasks/bulk", { action: "cancel", filter: { batch: "a.json" } });
  assertEquals([again.matched, again.changed], [1300, 0]);
});

apiTest("POST /tasks/bulk runs again what has finished", {
  script: (ref) => ref.task_id === "t0" ? completedOutcome(ref) : failedOutcome(ref),
}, async (api) => {
  await api.farm.drop("a.json", numbered(1100));
  await api.farm.untilCount("failed", 1099);
  api.farm.script = completedOutcome;
  const answer = await api.post("/tasks/bulk", { action: "retry", filter: { status: "failed" } });
  assertEquals([answer.matched, answer.changed], [1099, 1099]);
  await api.farm.untilCount("completed", 1100);
  const all = await api.post("/tasks/bulk", { action: "retry", filter: {} });
  assertEquals([all.matched, all.changed], [1100, 1100]);
});

apiTest("POST /tasks/bulk refuses what it does not understand", { connected: [] }, async (api) => {
  const detail = async (body: string) =>
    (await api.problem("/tasks/bulk", { method: "POST", body })).detail;
  assertEquals(await detail('{"action": "stop"}'), 'action is "stop" but takes cancel | retry');
  assertEquals(
    await detail('{"action": "retry"}'),
    'filter is an object but takes an object such as {"status": "failed"}; {} is all',
  );
  assertEquals(
    await detail('{"action": "retry", "filter": {"state": "failed"}}'),
    'Unknown parameter "state": did you mean status?',
  );
  assertMatch(await detail('{"action": '), /^The body is no JSON: .* \(line 1, column 12\)$/);
  assertEquals(await detail("[]"), "The body must be a JSON object");
});
