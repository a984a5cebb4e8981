import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { completedOutcome, failedOutcome, task } from "../listeners/testing.ts";
import { apiTest, type Json } from "./testing.ts";

const kindsOf = (events: Json) => events.map((event: Json) => event.kind);

apiTest("GET /events/log tells what happened, newest first, by any filter", {
  script: (ref) => ref.task_id === "bad" ? failedOutcome(ref) : completedOutcome(ref),
}, async (api) => {
  // From here on the store alone tells: what the log adds comes a moment later.
  await api.listeners.eventLog.stop();
  await api.farm.drop("a.json", [task("good"), task("bad")]);
  await api.farm.untilCount("failed", 1);
  await api.farm.untilCount("completed", 1);
  await api.farm.dropText("broken.json", "{");
  const all = await api.get("/events/log");
  assertEquals(kindsOf(all), [
    "batch_rejected",
    "batch_finished",
    "task_failed",
    "batch_accepted",
    "orchestrator_stopped",
    "worker_connected",
  ]);
  assertEquals(all[2].task_id, "bad");
  assertMatch(all[2].at, /^\d{4}-.*T.*[+-]\d\d:\d\d$/);
  assertStringIncludes(all[2].details.message, "It broke");
  assertEquals(kindsOf(await api.get("/events/log?kind=task_failed,divergence")), ["task_failed"]);
  assertEquals(kindsOf(await api.get("/events/log?task=bad")), ["task_failed"]);
  assertEquals(kindsOf(await api.get("/events/log?worker=worker-02")), []);
  const batch = all[3].batch;
  assertEquals((await api.get(`/events/log?batch=${batch}`)).length, 3);
  const since = encodeURIComponent(all[1].at);
  assertEquals(
    kindsOf(await api.get(`/events/log?since=${since}`)).includes("batch_rejected"),
    true,
  );
  assertEquals(await api.get("/events/log?since=2199-01-01T00:00:00 01:00"), []);

  const first = await api.request("/events/log?limit=3");
  assertEquals(kindsOf(await first.json()), kindsOf(all).slice(0, 3));
  const next = /<(.*)>; rel="next"/.exec(first.headers.get("link")!)![1]!;
  assertEquals(kindsOf(await api.get(next)), kindsOf(all).slice(3));
});

apiTest("GET /events/log tells of workers and of the orchestrator itself", {
  connected: [],
}, async (api) => {
  const { eventLog } = api.listeners;
  eventLog.start();
  api.farm.connect("worker-02");
  const connected = () => api.farm.scheduler.state.workers.get("worker-02")?.connected === true;
  await api.farm.until(connected);
  api.farm.scheduler.submit({ kind: "worker_lost", worker: "worker-02", reason: "died" });
  await api.farm.until(() => !connected());
  await eventLog.stop();
  const told = await api.get("/events/log");
  assertEquals(kindsOf(told), [
    "orchestrator_stopped",
    "worker_lost",
    "worker_connected",
    "orchestrator_started",
  ]);
  assertEquals([told[1].worker, told[1].details], ["worker-02", { reason: "died", tasks: 0 }]);
});

apiTest("GET /events/log refuses what it does not know", { connected: [] }, async (api) => {
  for (const query of ["kind=task_done", "since=yesterday", "limit=0", "tusk=a"]) {
    assertEquals((await api.problem(`/events/log?${query}`)).status, 400, query);
  }
});
