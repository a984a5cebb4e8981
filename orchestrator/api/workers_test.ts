import { assertEquals, assertMatch } from "@std/assert";
import { completedOutcome, task } from "../listeners/testing.ts";
import { apiTest, type Json } from "./testing.ts";

apiTest("GET /workers is an array with everything about each", {
  script: (ref) => ref.task_id === "a" ? completedOutcome(ref, 3000) : null,
}, async (api) => {
  await api.farm.drop("a.json", [task("a"), task("b")]);
  await api.farm.untilCount("completed", 1);
  await api.farm.until(() => api.farm.kept.length === 1);
  const progress = { task_id: "b", attempt: 1, started_at: 5, steps_completed: 3, steps_total: 20 };
  api.farm.scheduler.submit({
    kind: "worker_progressed",
    worker: "worker-01",
    running: [progress],
  });
  await api.farm.untilCount("running", 1);
  const workers = await api.get("/workers");
  // .[] | select(.status=="active")
  const [active, ...others] = workers.filter((worker: Json) => worker.status === "active");
  assertEquals(others, []);
  const { last_ping, ...fields } = active;
  assertMatch(last_ping, /^\d{4}-.*[+-]\d\d:\d\d$/);
  assertEquals(fields, {
    id: "worker-01",
    ip: "127.0.0.1",
    port: 5001,
    status: "active",
    capacity: 4,
    algorithms: ["python", "cython"],
    running_tasks: 1,
    running_task_ids: ["b"],
    assigned_tasks: 0,
    completed: 1,
    failed: 0,
    success_rate: 1,
    mean_task_time: 3,
    response_time: 0.0025,
    consecutive_failures: 0,
    cpu: 0.25,
    memory_bytes: 1000,
    region: null,
    version: "0.1.0",
    clock_skew: 0,
    problem: null,
  });
  const silent = workers.find((worker: Json) => worker.id === "worker-02");
  assertEquals([silent.status, silent.capacity, silent.algorithms], ["inactive", null, null]);
});

apiTest("GET /workers shows no load when PERFORMANCE_MONITORING is off", {
  environment: { PERFORMANCE_MONITORING: "false" },
}, async (api) => {
  const [worker] = await api.get("/workers");
  assertEquals([worker.cpu, worker.memory_bytes], [null, null]);
});

apiTest("POST /workers/:id/drain takes a worker out of service and back", {}, async (api) => {
  const drained = await api.post("/workers/worker-01/drain", {});
  assertEquals([drained.id, drained.status], ["worker-01", "draining"]);
  await api.farm.drop("a.json", [task("a")]);
  assertMatch((await api.get("/tasks/a")).waiting_reason, /draining/);
  const back = await api.post("/workers/worker-01/drain", { drain: false });
  assertEquals(back.status, "active");
  await api.farm.until(() => api.farm.kept.length === 1);
  const unknown = await api.problem("/workers/nobody/drain", { method: "POST" });
  assertEquals([unknown.status, unknown.code], [404, "worker_not_found"]);
  const wrong = await api.post("/workers/worker-01/drain", { drain: "yes" });
  assertEquals(wrong.detail, 'drain is "yes" but takes true or false');
});
