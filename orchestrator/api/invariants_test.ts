import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { completedOutcome, failedOutcome, task } from "../listeners/testing.ts";
import { apiTest } from "./testing.ts";

apiTest("GET /invariants recounts the ledger", {
  script: (ref) => ref.task_id === "bad" ? failedOutcome(ref) : completedOutcome(ref),
}, async (api) => {
  await api.farm.drop("a.json", [task("good"), task("bad"), task("late")]);
  await api.farm.untilCount("completed", 2);
  await api.farm.untilCount("failed", 1);
  const answer = await api.get("/invariants");
  assertEquals(answer.holds, true);
  assertEquals([answer.ledger.accepted, answer.ledger.completed, answer.ledger.failed], [3, 2, 1]);
  assertEquals(answer.invariants.map((one: { id: string }) => one.id), ["I1", "I11", "core"]);
});

apiTest("GET /invariants says what is broken, with status 500", {
  script: completedOutcome,
}, async (api) => {
  await api.farm.drop("a.json", [task("one"), task("two")]);
  await api.farm.untilCount("completed", 2);
  // No program can write beside the store, so the counters are falsified here.
  const counts = await api.farm.store.counts();
  const wrong = { ...counts, status: { ...counts.status, completed: 3 } };
  Object.assign(api.farm.store, { counts: () => Promise.resolve(wrong) });
  const response = await api.request("/invariants");
  const { holds, invariants } = await response.json();
  assertEquals([response.status, holds], [500, false]);
  const [, counters] = invariants;
  assertMatch(counters.broken.join("; "), /completed: counted 3, found 2/);
});

apiTest("a late result that differs is counted, logged and shown", {
  connected: ["worker-01", "worker-02"],
}, async (api) => {
  await api.farm.drop("a.json", [task("one")]);
  await api.farm.until(() => api.farm.kept.length === 1);
  const { worker } = api.farm.kept[0]!;
  api.farm.end("one", completedOutcome);
  await api.farm.untilStatus("one", "completed");
  const late = completedOutcome({ task_id: "one", attempt: 1 });
  assertEquals(await api.listeners.divergences.compare("worker-02", late), null);
  if (late.status !== "completed") throw new Error("it is completed");
  late.result.metrics["steps_completed"] = 19;
  const found = await api.listeners.divergences.compare("worker-02", late);
  assertEquals([found?.figure, found?.recorded_by, found?.late], ["steps_completed", worker, 19]);
  assertStringIncludes((await api.get("/health")).warnings.join("; "), "computes wrongly");
  assertMatch(await (await api.request("/metrics")).text(), /farm_divergences_total 1/);
  await api.listeners.eventLog.stop();
  const [event] = await api.get("/events/log?kind=divergence");
  assertEquals([event.task_id, event.worker, event.details], ["one", "worker-02", {
    recorded_by: worker,
    figure: "steps_completed",
    recorded: 20,
    late: 19,
  }]);
});

apiTest("the books hold, and no figure goes back, when old tasks have been removed", {
  script: (ref) => ref.task_id === "bad" ? failedOutcome(ref) : completedOutcome(ref),
}, async (api) => {
  const { store } = api.farm;
  await api.farm.drop("a.json", [task("good"), task("bad")]);
  await api.farm.drop("b.json", [task("bad"), task("other")]);
  await api.farm.untilCount("completed", 2);
  await api.farm.untilCount("failed", 1);
  await api.listeners.results.stop();
  const before = await api.get("/stats");
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const options = cursor === undefined ? {} : { cursor };
    cursor = (await store.removeEnded({ before: Infinity, limit: 1, ...options })).next;
    assertEquals(await api.farm.store.recount(), await api.farm.store.counts());
  }
  const { holds, ledger } = await api.get("/invariants");
  assertEquals([holds, ledger.accepted, ledger.removed, ledger.completed], [true, 3, 3, 0]);
  const stats = await api.get("/stats");
  assertEquals([stats.tasks_summary.total_tasks, stats.tasks_summary.removed_total], [0, 3]);
  assertEquals(stats.execution_time, before.execution_time);
  assertEquals(stats.ingestion, before.ingestion);
  assertEquals((await api.request("/batches")).headers.get("x-total-count"), "0");
  const metrics = await (await api.request("/metrics")).text();
  assertMatch(metrics, /farm_tasks_total\{status="completed"\} 2/);
  assertMatch(metrics, /farm_tasks_removed 3/);
  await api.farm.drop("a.json", [task("good"), task("bad")]);
  await api.farm.untilCount("completed", 1);
  // A file that is forgotten is a new one.
  const again = await store.counts();
  assertEquals([again.accepted_total, again.removed_total, again.total], [5, 3, 2]);
  assertEquals(await store.recount(), again);
});
