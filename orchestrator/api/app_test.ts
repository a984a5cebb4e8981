import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { VERSION } from "../../contract/version.ts";
import { StoreError } from "../store/store.ts";
import { completedOutcome, failedOutcome, task } from "../listeners/testing.ts";
import { apiTest, type Json } from "./testing.ts";

apiTest("GET / lists the calls, and HEAD works wherever GET does", {
  connected: [],
}, async (api) => {
  const index = await api.get("/");
  assertEquals(index.version, VERSION);
  for (const call of ["GET /health", "POST /tasks", "POST /tasks/bulk", "DELETE /tasks/:id"]) {
    assert(index.calls.includes(call), call);
  }
  for (const path of ["/", "/health", "/stats", "/tasks", "/workers", "/batches"]) {
    const response = await api.request(path, { method: "HEAD" });
    assertEquals([response.status, await response.text()], [200, ""]);
  }
});

apiTest("Unknown paths and wrong methods are problems", { connected: [] }, async (api) => {
  const unknown = await api.problem("/nothing");
  assertEquals([unknown.status, unknown.code, unknown.title], [404, "not_found", "Not Found"]);
  for (
    const [path, method, allow] of [
      ["/stats", "POST", "GET, HEAD"],
      ["/tasks", "DELETE", "GET, HEAD, POST"],
      ["/tasks/x", "PUT", "GET, HEAD, DELETE"],
      ["/tasks/x/retry", "GET", "POST"],
      ["/", "POST", "GET, HEAD"],
    ] as const
  ) {
    const response = await api.request(path, { method });
    assertEquals([response.status, response.headers.get("allow")], [405, allow], path);
    assertEquals((await response.json()).code, "method_not_allowed");
  }
});

apiTest("An unexpected error is a problem without a stack", { connected: [] }, async (api) => {
  api.farm.store.counts = () => Promise.reject(new TypeError("secret of the house"));
  const problem = await api.problem("/stats");
  assertEquals([problem.status, problem.code], [500, "internal"]);
  assert(!JSON.stringify(problem).includes("secret"));
});

apiTest("GET /health is 200 with warnings, and 503 with what is wrong", {
  connected: ["worker-01"],
}, async (api) => {
  const healthy = await api.get("/health");
  assertEquals([healthy.status, healthy.version], ["healthy", VERSION]);
  assertEquals(healthy.warnings, [
    "Worker worker-02 (127.0.0.1:5002) is inactive: Connection refused",
  ]);
  assertEquals(healthy.workers, {
    total: 2,
    active: 1,
    unstable: 0,
    inactive: 1,
    draining: 0,
    unknown: 0,
    slots: 4,
    slots_busy: 0,
  });
  assertEquals([healthy.tasks.total, healthy.tasks.pending], [0, 0]);

  const { store } = api.farm;
  const { counts } = store;
  store.counts = () => Promise.reject(new StoreError("io", "The disk is gone"));
  const response = await api.request("/health");
  const unhealthy = await response.json();
  assertEquals([response.status, unhealthy.status, unhealthy.tasks], [503, "unhealthy", null]);
  assertEquals(unhealthy.problems, ["The store fails: The disk is gone"]);
  assertEquals((await api.problem("/stats")).code, "store_unavailable");
  store.counts = counts;
});

apiTest("GET /health warns when no worker is active", { connected: [] }, async (api) => {
  const { status, warnings } = await api.get("/health");
  assertEquals(status, "healthy");
  assertEquals(warnings[0], "No worker is active: tasks wait until one is");
});

apiTest("GET /stats has the seed's summary and the figures beside it", {
  script: (ref) => {
    if (ref.task_id === "bad") return failedOutcome(ref);
    return ref.task_id === "long" ? null : completedOutcome(ref, 2000);
  },
}, async (api) => {
  const empty = await api.get("/stats");
  assertEquals([empty.success_rate, empty.eta_seconds, empty.execution_time.mean], [null, 0, null]);
  await api.farm.drop("a.json", [task("a"), task("b"), task("bad"), task("long")]);
  await api.farm.untilCount("completed", 2);
  await api.farm.untilCount("failed", 1);
  await api.farm.dropText("broken.json", "{");
  const stats = await api.get("/stats");
  assertEquals(stats.tasks_summary, {
    total_tasks: 4,
    pending: 0,
    assigned: 1,
    running: 0,
    redistributed: 0,
    completed: 2,
    failed: 1,
    cancelled: 0,
    removed_total: 0,
    redistributed_total: 0,
  });
  assertEquals(stats.orchestrator_stats, {
    total_tasks: 4,
    completed_tasks: 2,
    failed_tasks: 1,
    pending_tasks: 1,
    active_workers: 1,
    total_execution_time: 4,
  });
  assertEquals(stats.ingestion, { files_processed: 1, files_rejected: 1, files_pending: 0 });
  assertEquals(stats.success_rate, 0.6667);
  assertEquals([stats.execution_time.count, stats.execution_time.mean], [2, 2]);
  assert(stats.throughput > 0);
  assert(stats.eta_seconds > 0);
});

apiTest("POST /tasks drops a file into the queue and answers its name", {}, async (api) => {
  const body = JSON.stringify({ tasks: [task("a"), task("b")] });
  const response = await api.request("/tasks?name=lote%20uno.json", { method: "POST", body });
  assertEquals(response.status, 202);
  assertEquals(await response.json(), { file: "lote uno.json", tasks: 2 });
  await api.farm.until(() => api.farm.kept.length === 2);
  assertEquals((await api.get("/tasks/a")).file, "lote uno.json");
});

apiTest("POST /tasks answers all errors of a file, and queues nothing", {
  connected: [],
}, async (api) => {
  const body = JSON.stringify({ tasks: [{ task_id: "a" }, task("b", { priority: 99 })] });
  const problem = await api.problem("/tasks", { method: "POST", body });
  assertEquals([problem.status, problem.code], [400, "invalid_task_file"]);
  assertEquals(problem.errors_total, problem.errors.length);
  assertEquals(
    problem.errors.map((error: Json) => error.path).toSorted(),
    ["tasks[0].algorithm", "tasks[0].parameters", "tasks[1].priority"],
  );
  assertStringIncludes(problem.detail, "Nothing was queued: 3 errors; the first: ");
  assertEquals([...Deno.readDirSync(api.farm.config.queuePath)].filter((e) => e.isFile), []);
});

apiTest("POST /tasks refuses bytes that are not UTF-8", { connected: [] }, async (api) => {
  const body = new Uint8Array([0x7b, 0xff, 0x7d]);
  const problem = await api.problem("/tasks", { method: "POST", body });
  assertEquals([problem.code, problem.errors[0].code], ["invalid_task_file", "encoding"]);
});

apiTest("POST /tasks refuses a body above the limit, announced or not", {
  connected: [],
  environment: { TASK_FILE_MAX_BYTES: "100" },
}, async (api) => {
  const body = new Uint8Array(101);
  const stream = new Blob([body]).stream();
  for (const init of [{ body, headers: { "content-length": "101" } }, { body: stream }]) {
    const problem = await api.problem("/tasks", { method: "POST", ...init });
    assertEquals([problem.status, problem.code, problem.bytes_max], [413, "body_too_large", 100]);
  }
});

apiTest("GET /metrics is Prometheus text of few series", {
  script: completedOutcome,
}, async (api) => {
  await api.farm.drop("a.json", [task("a"), task("b")]);
  await api.farm.untilCount("completed", 2);
  const response = await api.request("/metrics");
  assertMatch(response.headers.get("content-type")!, /^text\/plain; version=0\.0\.4/);
  const text = await response.text();
  for (
    const line of [
      'farm_queue_depth{state="pending"} 0',
      'farm_tasks{state="completed"} 2',
      'farm_tasks_total{status="completed"} 2',
      'farm_tasks_total{status="failed"} 0',
      "farm_task_duration_seconds_count 2",
      "farm_task_wait_seconds_count 2",
      "farm_particles_steps_total 400",
      'farm_workers{state="active"} 1',
      'farm_worker_slots{state="free"} 4',
      'farm_files{verdict="accepted"} 1',
      "farm_store_up 1",
    ]
  ) assert(text.split("\n").includes(line), `${line} is not in\n${text}`);
  assert(!text.includes("task_id"));
});

apiTest("The API answers the same over a port", {
  script: completedOutcome,
  environment: { TASK_FILE_MAX_BYTES: "2000000" },
}, async (api) => {
  await api.farm.drop("a.json", [task("a/b")]);
  await api.farm.untilCount("completed", 1);
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, api.fetch);
  const url = `http://127.0.0.1:${server.addr.port}`;
  assertEquals((await (await fetch(`${url}/tasks/a%2Fb`)).json()).status, "completed");
  for (const path of ["/tasks", "/tasks?limit=5", "/batches"]) {
    assertEquals((await (await fetch(url + path)).json()).length, 1);
  }
  const large = new Uint8Array(api.farm.config.fileLimits.bytesMax + 1);
  const refused = await fetch(`${url}/tasks`, { method: "POST", body: large });
  assertEquals([refused.status, (await refused.json()).code], [413, "body_too_large"]);
  await server.shutdown();
});
