import { assert, assertEquals, assertMatch } from "@std/assert";
import { completedOutcome, failedOutcome, task } from "../listeners/testing.ts";
import { apiTest, type Json } from "./testing.ts";

const ids = (rows: Json) => rows.map((row: Json) => row.task_id);
const numbered = (count: number) => Array.from({ length: count }, (_, i) => task(`t${i}`));

apiTest("GET /tasks is an array, as the seed's jq lines want it", {
  script: (ref) => ref.task_id === "bad" ? failedOutcome(ref) : completedOutcome(ref),
}, async (api) => {
  await api.farm.drop("a.json", [task("good"), task("bad", { priority: "high" })]);
  await api.farm.untilStatus("good", "completed");
  await api.farm.untilStatus("bad", "failed");
  const rows = await api.get("/tasks");
  // .[] | select(.status=="failed")
  const [failed, ...others] = rows.filter((row: Json) => row.status === "failed");
  assertEquals(others, []);
  assertEquals(failed.task_id, "bad");
  assertEquals(failed.error, { kind: "permanent", code: "broken", message: "It broke" });
  // .[] | select(.status=="redistributed")
  assertEquals(rows.filter((row: Json) => row.status === "redistributed"), []);
});

apiTest("GET /tasks/:id tells the whole story, as it was written in the file", {
  script: (ref) => completedOutcome(ref, 1234.5678),
}, async (api) => {
  const written = { algorithm: "benchmark_cython.py", priority: 9, description: "d", lab: "x" };
  await api.farm.drop("a.json", [task("one", { ...written, status: "mine", timeout: 60 })]);
  await api.farm.untilStatus("one", "completed");
  const found = await api.get("/tasks/one");
  const local = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d$/;
  for (const name of ["created_at", "assigned_at", "started_at", "completed_at"]) {
    assertMatch(found[name], local);
  }
  const { created_at: _1, assigned_at: _2, started_at: _3, completed_at: _4, ...rest } = found;
  const { attempts, batch, ...fields } = rest;
  assertMatch(batch, /^\d{8}_\d{6}_a$/);
  assertEquals(attempts.map((one: Json) => [one.attempt, one.worker, one.outcome]), [
    [1, "worker-01", "completed"],
  ]);
  assertEquals(fields, {
    task_id: "one",
    algorithm: "benchmark_cython.py",
    parameters: { num_particles: 10, num_steps: 20, seed: 1 },
    priority: 9,
    description: "d",
    // The farm's own word, not the key of the same name in the file.
    status: "completed",
    assigned_worker: "worker-01",
    file: "a.json",
    timeout: 60,
    execution_time: 1.234568,
    progress: null,
    attempt: 1,
    retry_count: 0,
    redistributions: 0,
    waiting_reason: null,
    error: null,
    artefacts: [],
    result: {
      status: "completed",
      output: "Simulation completed",
      metrics: { particles_processed: 10, steps_completed: 20, memory_peak: "67.2 MB" },
    },
    lab: "x",
  });
});

apiTest("GET /tasks/:id says why a task waits, and how far a running one is", {
  connected: [],
}, async (api) => {
  await api.farm.drop("a.json", [task("one")]);
  assertEquals((await api.get("/tasks/one")).waiting_reason, "no worker is connected");
  api.farm.connect("worker-01");
  await api.farm.until(() => api.farm.kept.length === 1);
  const progress = {
    task_id: "one",
    attempt: 1,
    started_at: 5,
    steps_completed: 3,
    steps_total: 20,
  };
  api.farm.scheduler.submit({
    kind: "worker_progressed",
    worker: "worker-01",
    running: [progress],
  });
  await api.farm.untilStatus("one", "running");
  const found = await api.get("/tasks/one");
  assertEquals(found.progress, { steps_completed: 3, steps_total: 20 });
  assertEquals([found.status, found.waiting_reason], ["running", null]);
});

apiTest("GET /tasks gives pages with a cursor, and always the total", {
  connected: [],
}, async (api) => {
  await api.farm.drop("a.json", numbered(25));
  const seen: string[] = [];
  let path: string | undefined = "/tasks?limit=10&status=pending";
  let pages = 0;
  while (path !== undefined) {
    const response = await api.request(path);
    assertEquals(response.headers.get("x-total-count"), "25");
    seen.push(...ids(await response.json()));
    path = /^<(.+)>; rel="next"$/.exec(response.headers.get("link") ?? "")?.[1];
    pages++;
  }
  assertEquals(seen.length, 25);
  assertEquals(new Set(seen).size, 25);
  assert(pages <= 4);
  const all = await api.request("/tasks");
  assertEquals(all.headers.get("x-total-count"), "25");
  assertEquals(ids(await all.json()).sort(), seen.sort());
});

apiTest("GET /tasks streams thousands, each once, also while they change", {}, async (api) => {
  await api.farm.drop("a.json", numbered(4500));
  const reader = (await api.request("/tasks")).body!.getReader();
  const decoder = new TextDecoder();
  let text = decoder.decode((await reader.read()).value);
  // Four slots: as each task ends, others of the listing's tail move to its head.
  api.farm.script = completedOutcome;
  for (const { task_id } of [...api.farm.kept]) api.farm.end(task_id, completedOutcome);
  await api.farm.untilStatus("t1500", "completed");
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  const found = ids(JSON.parse(text));
  assertEquals(found.length, 4500);
  assertEquals(new Set(found).size, 4500);
});

apiTest("GET /tasks reads no further when the reader goes away", {
  connected: [],
}, async (api) => {
  await api.farm.drop("a.json", numbered(3000));
  let pages = 0;
  const { store } = api.farm;
  const read = store.page.bind(store);
  store.page = (...args) => {
    pages++;
    return read(...args);
  };
  const body = (await api.request("/tasks")).body!;
  assertEquals(pages, 0);
  const reader = body.getReader();
  await reader.read();
  await reader.cancel();
  assertEquals(pages, 1);
});

apiTest("GET /tasks filters by what tasks are", {
  script: (ref) => ref.task_id.startsWith("a") ? completedOutcome(ref) : null,
}, async (api) => {
  await api.farm.drop("x.json", [
    task("a1", { priority: "high" }),
    task("a2", { algorithm: "benchmark_cython.py", description: "Larga Órbita" }),
    task("b1", { priority: 8 }),
  ]);
  await api.farm.drop("y.json", [task("a3")]);
  await api.farm.untilStatus("a3", "completed");
  await api.farm.untilStatus("a2", "completed");
  const list = async (query: string) => ids(await api.get(`/tasks?${query}`)).sort();
  assertEquals(await list("status=completed"), ["a1", "a2", "a3"]);
  assertEquals(await list("status=completed,assigned"), ["a1", "a2", "a3", "b1"]);
  assertEquals(await list("status=completed&status=assigned"), ["a1", "a2", "a3", "b1"]);
  assertEquals(await list("priority=high"), ["a1", "b1"]);
  assertEquals(await list("priority=8"), ["a1", "b1"]);
  assertEquals(await list("algorithm=cython"), ["a2"]);
  assertEquals(await list("algorithm=benchmark_cython.py"), ["a2"]);
  assertEquals(await list("worker=worker-01"), ["a1", "a2", "a3", "b1"]);
  assertEquals(await list("worker=worker-02"), []);
  assertEquals(await list("batch=y.json"), ["a3"]);
  assertEquals(await list("text=LARGA"), ["a2"]);
  assertEquals(await list("text=larga&limit=5"), ["a2"]);
  assertEquals(await list("status="), ["a1", "a2", "a3", "b1"]);
});

for (
  const [query, parameter, detail] of [
    [
      "status=done",
      "status",
      'status is "done" but takes pending | assigned | running | redistributed | completed | ' +
      "failed | cancelled, several separated by commas",
    ],
    ["limit=0", "limit", 'limit is "0" but takes an integer from 1 to 1000'],
    ["limit=ten", "limit", 'limit is "ten" but takes an integer from 1 to 1000'],
    ["cursor=5", "limit", "limit is null but takes a number beside the cursor"],
    [
      "priority=urgent",
      "priority",
      'priority is "urgent" but takes high | medium | low, or an integer from 1 to 10',
    ],
    ["algorithm=fortran", "algorithm", 'algorithm is "fortran" but takes python | cython'],
  ] as const
) {
  apiTest(`GET /tasks?${query} is refused by name`, { connected: [] }, async (api) => {
    const problem = await api.problem(`/tasks?${query}`);
    assertEquals(problem.status, 400);
    assertEquals([problem.code, problem.parameter], ["invalid_parameter", parameter]);
    assertEquals(problem.detail, detail);
  });
}

apiTest("GET /tasks refuses a parameter it does not know", { connected: [] }, async (api) => {
  const problem = await api.problem("/tasks?stauts=failed");
  assertEquals(problem.code, "unknown_parameter");
  assertEquals(problem.detail, 'Unknown parameter "stauts": did you mean status?');
});

for (const id of ["a/b", "../x", "ñ ü?#%", "100%", "a%41", 'q"\\', "bulk", "<b>"]) {
  apiTest(`GET, POST and DELETE find the task ${JSON.stringify(id)}`, {}, async (api) => {
    await api.farm.drop("a.json", [task(id)]);
    const path = `/tasks/${encodeURIComponent(id)}`;
    assertEquals((await api.get(path)).task_id, id);
    const cancelled = await api.request(path, { method: "DELETE" });
    assertEquals([cancelled.status, (await cancelled.json()).task_id], [200, id]);
    const again = await api.post(`${path}/retry`, {});
    assertEquals([again.status, again.task_id], ["pending", id]);
  });
}

apiTest("DELETE /tasks/:id cancels a waiting and a running task", {}, async (api) => {
  await api.farm.drop("a.json", numbered(6));
  await api.farm.until(() => api.farm.kept.length === 4);
  const running = api.farm.kept[0]!.task_id;
  const waiting = ids(await api.get("/tasks?status=pending"))[0];
  for (const id of [running, waiting]) {
    const response = await api.request(`/tasks/${id}`, { method: "DELETE" });
    assertEquals((await response.json()).status, "cancelled");
    const problem = await api.problem(`/tasks/${id}`, { method: "DELETE" });
    assertEquals([problem.status, problem.code], [409, "task_already_finished"]);
  }
  assertEquals(api.farm.cancelled, [running]);
});

apiTest("POST /tasks/:id/retry runs a finished task again, and only that", {
  script: failedOutcome,
}, async (api) => {
  await api.farm.drop("a.json", [task("one")]);
  await api.farm.untilStatus("one", "failed");
  api.farm.script = () => null;
  await api.post("/tasks/one/retry", {});
  await api.farm.until(() => api.farm.kept.length === 1);
  const problem = await api.problem("/tasks/one/retry", { method: "POST" });
  assertEquals([problem.status, problem.code], [409, "task_not_finished"]);
  api.farm.end("one", completedOutcome);
  await api.farm.untilStatus("one", "completed");
  const found = await api.get("/tasks/one");
  assertEquals(found.attempts.map((one: Json) => one.outcome), ["failed", "completed"]);
});

apiTest("Calls about a task that is not there answer 404", { connected: [] }, async (api) => {
  for (const [path, method] of [["/tasks/x", "GET"], ["/tasks/x", "DELETE"]] as const) {
    const problem = await api.problem(path, { method });
    assertEquals([problem.status, problem.code], [404, "task_not_found"]);
    assertEquals(problem.detail, 'There is no task "x"');
  }
  assertEquals((await api.post("/tasks/x/retry", {})).code, "task_not_found");
});
