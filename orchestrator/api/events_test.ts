import { assertEquals, assertStringIncludes } from "@std/assert";
import { completedOutcome, task } from "../listeners/testing.ts";
import { apiTest } from "./testing.ts";

apiTest("GET /events begins at once and tells how a task gets on", {
  script: completedOutcome,
}, async (api) => {
  const response = await api.request("/events?topics=tasks,batches");
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = (await reader.read()).value!;
  await api.farm.drop("one.json", [task("a")]);
  while (!text.includes('"event":"finished"')) text += (await reader.read()).value;
  assertStringIncludes(text, "event: hello");
  assertStringIncludes(text, '"event":"accepted"');
  assertStringIncludes(text, '"task_id":"a","from":"assigned","status":"completed"');
  await reader.cancel();
});

apiTest("GET /events names a topic it does not know, and HEAD opens no stream", {
  connected: [],
}, async (api) => {
  const problem = await api.problem("/events?topics=tasks,nothing");
  assertEquals([problem.status, problem.code], [400, "invalid_parameter"]);
  const head = await api.request("/events", { method: "HEAD" });
  assertEquals([head.status, await head.text()], [200, ""]);
  assertEquals(api.listeners.events.readers, 0);
});

apiTest("GET /metrics counts readers of events", { connected: [] }, async (api) => {
  const response = await api.request("/events");
  const text = await (await api.request("/metrics")).text();
  assertStringIncludes(text, "farm_event_readers 1\n");
  assertStringIncludes(text, "farm_event_readers_dropped 0\n");
  await response.body!.cancel();
});
