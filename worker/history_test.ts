import { assertEquals } from "@std/assert";
import type { Attempt, HeldOutcome } from "./attempts.ts";
import { History } from "./history.ts";

function ended(task_id: string, status: HeldOutcome["status"], execution_ms = 0): Attempt {
  const base = { task_id, attempt: 1, started_at: 0, ended_at: 1000, execution_ms };
  const outcome = {
    ...base,
    status,
    ...(status === "completed" && { result: "{}" }),
    ...(status === "failed" && { failure: { kind: "task", code: "x", message: "It threw" } }),
  } as HeldOutcome;
  const assignment = { task_id, attempt: 1, algorithm: "python", parameters: { seed: 1 } };
  return { farm: "farm", assignment, state: "ended", outcome };
}

Deno.test("History keeps the last attempts, newest first", () => {
  const history = new History(3);
  for (let id = 0; id < 1000; id++) history.record(ended(`t${id}`, "completed"));
  assertEquals(history.list().map((entry) => entry.task_id), ["t999", "t998", "t997"]);
  assertEquals(history.list({ limit: 1 }).map((entry) => entry.task_id), ["t999"]);
  assertEquals(history.statistics().total_tasks, 1000);
});

Deno.test("History filters by status", () => {
  const history = new History(100);
  history.record(ended("a", "completed"));
  history.record(ended("b", "failed"));
  assertEquals(history.list({ status: "failed" }).map(({ task_id, error }) => [task_id, error]), [
    ["b", "It threw"],
  ]);
});

Deno.test("History of size 0 counts and keeps nothing", () => {
  const history = new History(0);
  history.record(ended("a", "completed"));
  assertEquals(history.list(), []);
  assertEquals(history.count("completed"), 1);
});

Deno.test("History sums up in seconds", () => {
  const history = new History(100);
  assertEquals(history.statistics().success_rate, null);
  assertEquals(history.statistics().average_execution_time, null);
  for (const ms of [1000, 3000]) history.record(ended(`c${ms}`, "completed", ms));
  history.record(ended("f", "failed", 500));
  history.record(ended("x", "cancelled"));
  history.record(ended("r", "returned"));
  assertEquals(history.statistics(), {
    total_tasks: 5,
    completed_tasks: 2,
    failed_tasks: 1,
    cancelled_tasks: 1,
    returned_tasks: 1,
    success_rate: 2 / 3,
    total_execution_time: 4,
    average_execution_time: 2,
    min_execution_time: 1,
    max_execution_time: 3,
  });
});
