import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createApp } from "./app.ts";
import type { HistoryEntry } from "./history.ts";
import { WorkerService } from "./service.ts";
import { CHAOS } from "./testing/chaos.ts";

function service(): WorkerService {
  return new WorkerService({
    workerId: "worker-01",
    capacity: 1,
    historySize: 100,
    monitoring: true,
    program: CHAOS,
  });
}

/** A worker whose threads are not started: what it accepts waits. */
function idleApp() {
  const worker = service();
  const app = createApp(worker);
  const post = (path: string, body: unknown, type = "application/json") =>
    app.request(path, {
      method: "POST",
      headers: { "content-type": type },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  return { worker, app, post };
}

function dispatch(...ids: string[]) {
  const tasks = ids.map((task_id) => ({
    task_id,
    attempt: 1,
    algorithm: "instant",
    parameters: { value: 0 },
  }));
  return { farm: "farm", tasks };
}

async function codeOf(response: Response, status: number): Promise<string> {
  assertEquals(response.status, status);
  assertEquals(response.headers.get("content-type"), "application/problem+json");
  const { status: written, code, detail, title } = await response.json();
  assertEquals(written, status);
  assert(title.length > 0 && detail.length > 0);
  return code;
}

Deno.test("GET /health and /status say who and how busy the worker is", async () => {
  const { app, post } = idleApp();
  const health = await (await app.request("/health")).json();
  assertEquals([health.status, health.worker_id, health.warnings], ["healthy", "worker-01", []]);
  const statusNow = async () => (await (await app.request("/status")).json());
  assertEquals((await statusNow()).status, "idle");
  await post("/dispatch", dispatch("a"));
  const { status, waiting, running, capacity, algorithms } = await statusNow();
  assertEquals({ status, waiting, running, capacity }, {
    status: "busy",
    waiting: 1,
    running: [],
    capacity: 1,
  });
  assertEquals(algorithms, CHAOS.names);
});

Deno.test("POST /dispatch, /cancel and /acknowledge carry an attempt through its life", async () => {
  const { worker, app, post } = idleApp();
  assertEquals(await (await post("/dispatch", dispatch("a"))).json(), {
    accepted: [{ task_id: "a", attempt: 1 }],
    refused: [],
  });
  const attempts = [{ task_id: "a", attempt: 1 }];
  assertEquals((await post("/cancel", { farm: "farm", attempts })).status, 200);
  const { task_history, statistics } = await (await app.request("/history")).json();
  assertEquals(task_history.map((entry: HistoryEntry) => [entry.task_id, entry.status]), [
    ["a", "cancelled"],
  ]);
  assertEquals(statistics.cancelled_tasks, 1);
  const acknowledged = await post("/acknowledge", { farm: "farm", attempts });
  assertEquals(await acknowledged.json(), { unacknowledged: 0 });
  assertEquals(worker.executor.ledger.held, 0);
});

Deno.test("POST /dispatch refuses tasks that were meant for the process before", async () => {
  const { worker, post } = idleApp();
  const meant = (epoch: string) => post("/dispatch", { ...dispatch("a"), epoch });
  assertEquals(await codeOf(await meant("another"), 409), "other_epoch");
  assertEquals(worker.executor.ledger.held, 0);
  assertEquals((await (await meant(worker.epoch)).json()).accepted.length, 1);
});

Deno.test("POST /drain switches drain mode on and off", async () => {
  const { app, post } = idleApp();
  await post("/dispatch", dispatch("a"));
  const drained = await post("/drain", { draining: true });
  assertEquals(await drained.json(), { draining: true, running: 0, waiting: 0 });
  assertEquals((await (await app.request("/status")).json()).status, "draining");
  const { refused } = await (await post("/dispatch", dispatch("b"))).json();
  assertEquals(refused[0].code, "draining");
  const { task_history } = await (await app.request("/history?status=returned&limit=1")).json();
  assertEquals(task_history[0].task_id, "a");
  await post("/drain", { draining: false });
  assertEquals((await (await post("/dispatch", dispatch("b"))).json()).refused, []);
});

Deno.test("GET /metrics answers Prometheus text", async () => {
  const { app, post } = idleApp();
  await post("/dispatch", dispatch("a", "b"));
  await post("/cancel", { farm: "farm", attempts: [{ task_id: "a", attempt: 1 }] });
  const response = await app.request("/metrics");
  assertStringIncludes(response.headers.get("content-type") ?? "", "text/plain; version=0.0.4");
  const text = await response.text();
  assertStringIncludes(text, 'worker_attempts_total{status="cancelled"} 1\n');
  assertStringIncludes(text, "worker_waiting 1\n");
  for (const line of text.trimEnd().split("\n")) {
    assertMatch(line, /^(# (HELP|TYPE) \w+ .+|\w+(\{[^}]*\})? -?[\d.]+(e[+-]?\d+)?)$/, line);
  }
});

Deno.test("the worker answers garbage with problems and stays as it is", async () => {
  const { worker, app, post } = idleApp();
  const bodies: unknown[] = [
    "",
    "{",
    "null",
    "[]",
    "{}",
    { farm: 1, tasks: [] },
    { farm: "farm", tasks: [{ task_id: "a" }] },
    { farm: "farm", tasks: [{ ...dispatch("a").tasks[0], attempt: 0 }] },
    { farm: "farm", tasks: [{ ...dispatch("a").tasks[0], timeout_ms: -1 }] },
    dispatch(...Array.from({ length: 1001 }, (_, id) => `t${id}`)),
    "[".repeat(100_000),
  ];
  for (const body of bodies) {
    assertEquals(await codeOf(await post("/dispatch", body), 400), "invalid_body");
  }
  for (const path of ["/acknowledge", "/cancel", "/drain"]) {
    assertEquals(await codeOf(await post(path, "{}"), 400), "invalid_body");
  }
  const large = await post("/dispatch", `"${"x".repeat(9_000_000)}"`);
  assertEquals(await codeOf(large, 413), "body_too_large");
  const text = await post("/dispatch", dispatch("a"), "text/plain");
  assertEquals(await codeOf(text, 415), "unsupported_media_type");
  for (const query of ["limit=x", "limit=-1", "status=lost"]) {
    assertEquals(await codeOf(await app.request(`/history?${query}`), 400), "invalid_query");
  }
  assertEquals(await codeOf(await app.request("/stream"), 400), "invalid_query");
  assertEquals(await codeOf(await app.request("/nowhere"), 404), "not_found");
  assertEquals(worker.executor.ledger.held, 0);
});

async function running(worker: WorkerService, task_id: string): Promise<void> {
  while (!worker.executor.running().some((one) => one.task_id === task_id)) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

Deno.test("drainToEnd() lets what runs finish and hands back what does not", async () => {
  const worker = service();
  try {
    await worker.start();
    const task = { attempt: 1, algorithm: "slow" };
    worker.dispatch({
      farm: "farm",
      tasks: [
        { ...task, task_id: "short", parameters: { value: 100 } },
        { ...task, task_id: "waits", parameters: { value: 1 } },
      ],
    });
    await running(worker, "short");
    await worker.drainToEnd(3000, 0);
    const statuses = worker.history.list().map(({ task_id, status }) => `${task_id} ${status}`);
    assertEquals(statuses.sort(), ["short completed", "waits returned"]);
    worker.executor.drain(false);
    worker.dispatch({
      farm: "farm",
      tasks: [{ ...task, task_id: "long", parameters: { value: 60_000 } }],
    });
    await running(worker, "long");
    await worker.drainToEnd(50, 0);
    assertEquals(worker.history.list({ limit: 1 })[0]?.status, "returned");
  } finally {
    worker.close();
  }
});
