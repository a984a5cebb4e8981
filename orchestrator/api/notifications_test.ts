import { assertEquals, assertStringIncludes } from "@std/assert";
import { Listeners } from "../listeners/listeners.ts";
import { failedOutcome, ScriptedFarm } from "../listeners/testing.ts";
import { withWebhookSink } from "../notify/testing/sinks.ts";
import { apiTest, ApiUnderTest } from "./testing.ts";

apiTest("POST /notifications/test says that no channel is configured", {}, async (api) => {
  assertEquals(await api.get("/notifications"), { channels: [] });
  const problem = await api.problem("/notifications/test", { method: "POST" });
  assertEquals([problem.status, problem.code], [409, "no_notifications"]);
});

Deno.test("a failed task and its finished batch reach a webhook; no answer shows the secret", () =>
  withWebhookSink([() => new Response("ok")], async (host, received) => {
    const { farm, prepared: listeners } = await ScriptedFarm.start({
      environment: { NOTIFY_URLS: `slack+http://${host}/s3cret`, NOTIFY_DIGEST_SECONDS: "0" },
      script: (ref) => failedOutcome(ref, "It broke"),
    }, (made) => new Listeners(made));
    const api = new ApiUnderTest(farm, listeners);
    assertEquals((await api.post("/notifications/test", {})).status, 202);
    const button = await api.request("/ui/notify/test", { method: "POST" });
    assertEquals([button.status, button.headers.get("location")], [303, "/ui/errors?done=notify"]);
    await farm.drop("b.json", [{ task_id: "t-1", algorithm: "python", parameters: {} }]);
    await farm.untilStatus("t-1", "failed");
    await listeners.stop();
    const shown = JSON.stringify(await api.get("/notifications"));
    assertStringIncludes(shown, `slack (${host})`);
    const page = await (await api.request("/ui/errors")).text();
    assertStringIncludes(page, `slack (${host})`);
    assertEquals((shown + page).includes("s3cret"), false);
    await farm.stop();
    const texts = received.map(({ text }) => text).join("\n");
    assertStringIncludes(texts, "This is a test");
    assertStringIncludes(texts, "Task t-1 failed for good");
    assertStringIncludes(texts, "Batch b.json finished");
  }));
