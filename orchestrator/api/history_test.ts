import { assertEquals } from "@std/assert";
import { completedOutcome, failedOutcome, task } from "../listeners/testing.ts";
import { apiTest, type Json } from "./testing.ts";

apiTest("GET /stats/history answers columns of equal length for each window", {
  script: completedOutcome,
}, async (api) => {
  await api.listeners.start();
  for (const [window, step] of [["hour", 10], ["day", 60], ["week", 600]] as const) {
    const history = await api.get(`/stats/history?window=${window}`);
    assertEquals([history.window, history.step_seconds, history.monitoring], [window, step, true]);
    const lengths = Object.values<Json>(history).filter(Array.isArray).map(({ length }) => length);
    assertEquals(lengths, new Array(10).fill(history.at.length));
    assertEquals(history.waiting.at(-1), 0);
  }
  const problem = await api.problem("/stats/history?window=year");
  assertEquals([problem.status, problem.code], [400, "invalid_parameter"]);
});

apiTest("GET /errors groups failures, and a group can be run again as a whole", {
  script: (ref) => failedOutcome(ref, `Particle ${ref.task_id.length} of "${ref.task_id}" is gone`),
}, async (api) => {
  await api.farm.drop("two.json", [task("abc"), task("defg")]);
  await api.farm.untilCount("failed", 2);
  const groups = await api.get("/errors");
  assertEquals(groups.length, 1);
  const [{ id, message, count, samples, code }] = groups;
  assertEquals([message, count, code], ["Particle N of “…” is gone", 2, "broken"]);
  assertEquals(samples.sort(), ["abc", "defg"]);
  assertEquals((await api.get(`/tasks?error=${id}`)).length, 2);
  api.farm.script = completedOutcome;
  const answer = await api.post("/tasks/bulk", { action: "retry", filter: { error: id } });
  assertEquals([answer.matched, answer.changed], [2, 2]);
  await api.farm.untilCount("completed", 2);
  assertEquals((await api.get("/errors"))[0].count, 0);
  const problem = await api.problem("/tasks?error=x");
  assertEquals(problem.code, "invalid_parameter");
});
