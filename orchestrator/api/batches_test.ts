import { assertEquals, assertMatch } from "@std/assert";
import { completedOutcome, failedOutcome, task } from "../listeners/testing.ts";
import { apiTest, type Json } from "./testing.ts";

apiTest("GET /batches lists receipts, accepted and rejected ones", {
  script: (ref) => ref.task_id === "b" ? null : completedOutcome(ref),
}, async (api) => {
  await api.farm.drop("uno.json", [task("a"), task("b")]);
  await api.farm.untilCount("completed", 1);
  await api.farm.dropText("dos.json", '{"tasks": 3}');
  const response = await api.request("/batches?limit=1");
  assertEquals(response.headers.get("x-total-count"), "2");
  assertMatch(response.headers.get("link")!, /cursor=.*rel="next"/);
  const [dos, uno] = await api.get("/batches");
  assertEquals([dos.file, dos.state, dos.errors_total], ["dos.json", "rejected", 1]);
  assertEquals([uno.file, uno.state, uno.tasks, uno.progress], ["uno.json", "accepted", 2, 0.5]);
  assertEquals(uno.finished_at, null);

  const detail = await api.get("/batches/dos.json");
  assertMatch(detail.receipt, /^Rejected: 1 error, nothing queued$/);
  assertEquals(detail.errors[0].path, "tasks");
  assertEquals((await api.get(`/batches/${uno.id}`)).receipt, "2 of 2 accepted");
  assertEquals((await api.get(`/batches/${uno.archived_as}`)).id, uno.id);
  const problem = await api.problem("/batches/tres");
  assertEquals([problem.status, problem.code], [404, "batch_not_found"]);
});

apiTest("GET /batches/:id tells of a file whose tasks are all known", {
  script: completedOutcome,
}, async (api) => {
  await api.farm.drop("a.json", [task("a"), task("b")]);
  await api.farm.untilCount("completed", 2);
  await api.farm.drop("again.json", [task("b"), task("a")]);
  const batch = await api.get("/batches/again.json");
  assertEquals(batch.receipt, "2 of 2 already completed");
  assertEquals([batch.known, batch.progress], [2, 1]);
});

apiTest("GET /batches/:id/results follows the file, whatever became of each task", {
  script: (ref) => {
    if (ref.task_id === "bad") return failedOutcome(ref);
    return ref.task_id === "open" ? null : completedOutcome(ref);
  },
}, async (api) => {
  await api.farm.drop("a.json", [
    task("z", { description: "d", lab: "x" }),
    task("bad", { priority: "high" }),
    task("open"),
  ]);
  await api.farm.untilCount("completed", 1);
  await api.farm.untilCount("failed", 1);
  const response = await api.request("/batches/a.json/results");
  assertEquals(response.headers.get("x-total-count"), "3");
  const results = await response.json();
  assertEquals(
    results.map((row: Json) => [row.task_id, row.status, row.error?.code ?? null]),
    [["z", "completed", null], ["bad", "failed", "broken"], ["open", "assigned", null]],
  );
  assertEquals([results[0].lab, results[0].description, results[0].execution_time], [
    "x",
    "d",
    1.5,
  ]);
  assertEquals([results[1].result, results[1].priority], [null, "high"]);
});
