import { assertEquals, assertRejects } from "@std/assert";
import { apiTest } from "../orchestrator/api/testing.ts";
import { completedOutcome, task } from "../orchestrator/listeners/testing.ts";
import { FarmClient, FarmProblem, Unreachable } from "./farm_client.ts";
import { nobodysUrl } from "./testing/fake_orchestrator.ts";

/** Everything that means something in a query, and the name that the queue makes of it. */
const NAME = "ñ a+b&c#100%.json";
const QUEUED = "ñ a_b_c_100_.json";

apiTest("FarmClient asks the API itself, by names of any characters", {
  connected: ["worker-01"],
  script: (ref) => completedOutcome(ref),
}, async (api) => {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, api.fetch);
  try {
    const client = new FarmClient(`http://127.0.0.1:${server.addr.port}/`);
    const handed = await client.submit(NAME, JSON.stringify({ tasks: [task("a/b"), task("c")] }));
    assertEquals(handed, { file: QUEUED, tasks: 2 });
    await api.farm.untilCount("completed", 2);
    const batch = await client.batch(QUEUED);
    assertEquals([batch?.state, batch?.counts.completed], ["accepted", 2]);
    const results = await client.results(QUEUED);
    assertEquals(results.map(({ task_id, status }) => [task_id, status]), [
      ["a/b", "completed"],
      ["c", "completed"],
    ]);
    assertEquals((await client.stats()).tasks_summary.total_tasks, 2);
    assertEquals((await client.workers())[0]?.id, "worker-01");
    const [found] = await client.tasks({ status: "completed", text: "a/b", limit: "5" });
    assertEquals(found?.task_id, "a/b");
    assertEquals(await client.batch("nobody's"), null);
    const refused = await assertRejects(() => client.submit("x.json", "{"), FarmProblem);
    assertEquals([refused.status, refused.problem["code"]], [400, "invalid_task_file"]);
  } finally {
    await server.shutdown();
  }
});

Deno.test("FarmClient says how to get to an orchestrator when nobody answers", async () => {
  const client = new FarmClient(nobodysUrl());
  await assertRejects(() => client.stats(), Unreachable, 'start it with "deno task start"');
});
