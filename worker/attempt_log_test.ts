import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { closeLogging, configureLogging } from "../platform/log.ts";
import { AttemptLog } from "./attempt_log.ts";
import type { Attempt } from "./attempts.ts";

function failed(task_id: string): Attempt {
  const failure = { kind: "task" as const, code: "task_error", message: "It threw" };
  const times = { started_at: 0, ended_at: 1, execution_ms: 1500 };
  return {
    farm: "farm",
    assignment: { task_id, attempt: 1, algorithm: "python", parameters: {} },
    state: "ended",
    outcome: { task_id, attempt: 1, ...times, status: "failed", failure },
  };
}

Deno.test("AttemptLog writes single attempts and counts a flood", () => {
  const folder = Deno.makeTempDirSync();
  const file = join(folder, "worker.log");
  try {
    configureLogging({ program: "worker", level: "INFO", file });
    let nowMs = 0;
    const attempts = new AttemptLog(() => nowMs);
    for (let id = 0; id < 1000; id++) attempts.ended(failed(`t${id}`));
    nowMs = 1000;
    attempts.ended(failed("late"));
    closeLogging();
    const lines = Deno.readTextFileSync(file).trimEnd().split("\n");
    assertEquals(lines.length, 12);
    assertStringIncludes(
      lines[0]!,
      "INFO worker.attempts: Attempt failed task_id=t0 attempt=1 algorithm=python seconds=1.500 " +
        'error="It threw"',
    );
    assertStringIncludes(lines[10]!, "More attempts ended count=990");
    assertStringIncludes(lines[11]!, "task_id=late");
  } finally {
    closeLogging();
    Deno.removeSync(folder, { recursive: true });
  }
});
