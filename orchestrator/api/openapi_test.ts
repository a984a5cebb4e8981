import { assert, assertEquals } from "@std/assert";
import { z } from "zod";
import { completedOutcome, failedOutcome, task } from "../listeners/testing.ts";
import { openApiDocument } from "./openapi.ts";
import { apiTest, type ApiUnderTest, type Json } from "./testing.ts";

const document: Json = openApiDocument();

apiTest("GET /openapi.json describes every call there is, and none that is not", {
  connected: [],
}, async (api) => {
  const { calls } = await api.get("/");
  const described = Object.entries<Json>(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) =>
      `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ":$1")}`
    )
  );
  assertEquals([...new Set<string>(calls)].sort(), described.sort());
  assertEquals(await api.get("/openapi.json"), document);
});

Deno.test("openApiDocument() says of each call what it is for and what it answers", () => {
  for (const [path, methods] of Object.entries<Json>(document.paths)) {
    for (const [method, operation] of Object.entries<Json>(methods)) {
      const where = `${method} ${path}`;
      assert(operation.summary.length > 5, where);
      assert(Object.keys(operation.responses).some((status) => Number(status) < 400), where);
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const inPath = operation.parameters.filter((one: Json) => one.in === "path");
      assertEquals(inPath.map((one: Json) => one.name), named, where);
    }
  }
});

/** Holds a real answer against the schema that the document gives for it. */
async function check(api: ApiUnderTest, call: string, path: string, body?: unknown) {
  const [method, written] = call.split(" ") as [string, string];
  const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
  const response = await api.request(path, init);
  const described = document.paths[written][method.toLowerCase()].responses[response.status];
  assert(described !== undefined, `${call} answered ${response.status}, which is not described`);
  const type = response.headers.get("content-type")!.split(";")[0]!;
  const content = described.content[type];
  assert(content !== undefined, `${call} answered ${type}, which is not described`);
  if (content.schema === undefined) return await response.body?.cancel();
  const checked = z.fromJSONSchema(content.schema).safeParse(await response.json());
  assert(checked.success, `${call}: ${checked.error && z.prettifyError(checked.error)}`);
}

apiTest("Real answers are what the document says they are", {
  connected: ["worker-01"],
  script: (ref) => {
    if (ref.task_id === "kept") return null;
    return ref.task_id === "bad" ? failedOutcome(ref) : completedOutcome(ref);
  },
}, async (api) => {
  await api.farm.drop("one.json", [
    task("good", { description: "One", note: [1], timeout: 5, priority: 7 }),
    task("bad"),
    task("kept"),
  ]);
  await api.farm.dropText("broken.json", "{");
  await api.farm.untilCount("completed", 1);
  await api.farm.untilCount("failed", 1);
  await api.farm.untilStatus("kept", "assigned");
  for (
    const path of [
      "/",
      "/health",
      "/stats",
      "/metrics",
      "/invariants",
      "/tasks",
      "/batches",
      "/workers",
      "/errors",
      "/notifications",
      "/events",
      "/stats/history",
      "/openapi.json",
    ]
  ) {
    await check(api, `GET ${path}`, path);
  }
  for (const id of ["good", "bad", "kept", "nobody"]) {
    await check(api, "GET /tasks/{id}", `/tasks/${id}`);
  }
  for (const id of ["one.json", "broken.json", "nothing"]) {
    await check(api, "GET /batches/{id}", `/batches/${id}`);
    await check(api, "GET /batches/{id}/results", `/batches/${id}/results`);
  }
  await check(api, "POST /tasks/{id}/retry", "/tasks/bad/retry");
  await check(api, "POST /tasks/{id}/retry", "/tasks/kept/retry");
  await check(api, "DELETE /tasks/{id}", "/tasks/good");
  await check(api, "POST /workers/{id}/drain", "/workers/worker-01/drain", { drain: true });
  await check(api, "POST /tasks", "/tasks", { tasks: [task("new")] });
  await check(api, "POST /tasks", "/tasks", { tasks: [{}] });
  await check(api, "POST /tasks/bulk", "/tasks/bulk", { action: "retry", filter: { text: "x" } });
  await check(api, "GET /tasks", "/tasks?status=asleep");
});
