import { assertEquals, assertThrows } from "@std/assert";
import { QueueLock } from "../orchestrator/queue_lock.ts";
import { UsageError } from "../platform/arguments.ts";
import { LOCAL_ORCHESTRATOR, orchestratorUrl } from "./orchestrator_url.ts";

Deno.test("orchestratorUrl() is what was asked for, and no other thing than an address", () => {
  assertEquals(orchestratorUrl("http://far:1", "/nowhere"), "http://far:1");
  assertThrows(() => orchestratorUrl("far:1", "/nowhere"), UsageError, "far:1");
});

Deno.test("orchestratorUrl() finds the orchestrator of the folder wherever it listens", async () => {
  const folder = await Deno.makeTempDir({ prefix: "url_" });
  try {
    assertEquals(orchestratorUrl(undefined, folder), LOCAL_ORCHESTRATOR);
    const lock = QueueLock.take(`${folder}/task_queues`)!;
    assertEquals(orchestratorUrl(undefined, folder), LOCAL_ORCHESTRATOR);
    lock.note("http://127.0.0.1:31558");
    assertEquals(orchestratorUrl(undefined, folder), "http://127.0.0.1:31558");
    lock.release();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
