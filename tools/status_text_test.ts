import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { duration, type FarmStatus, type StatsShown, statusLines } from "./status_text.ts";
import { runningTask, statsAnswer, workerAnswer } from "./testing/farm_status.ts";

const NOW = Date.parse("2026-01-02T03:04:05Z");

function lines(status: Partial<FarmStatus>): string[] {
  return statusLines({ stats: statsAnswer({}), workers: [], running: [], ...status }, {
    url: "http://127.0.0.1:5000",
    now: NOW,
    runningMax: 2,
    style: (_style, text) => text,
  });
}

function lineOf(status: Partial<FarmStatus>, start: string): string {
  const line = lines(status).find((candidate) => candidate.startsWith(start));
  assert(line !== undefined, start);
  return line;
}

Deno.test("statusLines() shows the counts of /stats with a bar", () => {
  const stats = statsAnswer({ total_tasks: 1000, completed: 990, failed: 7, cancelled: 2 });
  const line = lineOf({ stats }, "Tasks");
  assertStringIncludes(line, "999 of 1000 ended: 990 completed, 7 failed, 2 cancelled");
  assertEquals([...line].filter((character) => character === "█").length, 29);
  const whole = lineOf({ stats: statsAnswer({ total_tasks: 5, completed: 5 }) }, "Tasks");
  assertEquals([...whole].filter((character) => character === "█").length, 30);
});

Deno.test("statusLines() says a dash where a figure cannot be known", () => {
  const open = statsAnswer({ total_tasks: 1, pending: 1 });
  const stats: StatsShown = { ...open, eta_seconds: null, success_rate: null };
  assertEquals(lineOf({ stats }, "Pace"), "Pace     0 tasks/s, done in -, - succeed");
  const idle: StatsShown = { ...statsAnswer({}), eta_seconds: 0, success_rate: 1 };
  assertEquals(
    lineOf({ stats: idle }, "Pace"),
    "Pace     0 tasks/s, nothing left to do, 100 % succeed",
  );
});

Deno.test("statusLines() lists the workers with what they do", () => {
  const shown = lineOf({ workers: [workerAnswer("w-1")] }, "w-1");
  assertEquals(shown.split(/ {2,}/), [
    "w-1",
    "active",
    "1 of 4",
    "50 %",
    "100 MB",
    "3",
    "0",
    "2 ms",
  ]);
  assertStringIncludes(lines({}).join("\n"), "No worker is configured");
});

Deno.test("statusLines() lists the tasks that run longest, and how many there are", () => {
  const stats = statsAnswer({ total_tasks: 7, running: 7 });
  const running = [1, 30, 90].map((seconds) => runningTask(`t${seconds}`, NOW - seconds * 1000));
  const text = lines({ stats, running }).join("\n");
  assertStringIncludes(text, "running (2 of 7)");
  assert(text.indexOf("t90") < text.indexOf("t30"));
  assert(!text.includes("t1 "));
  assertStringIncludes(lineOf({ stats, running }, "t90"), "███░░░░░░░░░  25 %  1 min 30 s");
});

Deno.test("statusLines() lets no task move the cursor", () => {
  const running = [runningTask("a\x1b[2Jb", NOW)];
  assert(!lines({ running }).join("\n").includes("\x1b"));
});

Deno.test("duration() chooses the unit", () => {
  assertEquals([0.0021, 5, 61, 3700, 90_000, null].map(duration), [
    "2 ms",
    "5.0 s",
    "1 min 1 s",
    "1 h 1 min",
    "1 d 1 h",
    "-",
  ]);
});
