import { assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { closeLogging, configureLogging, formatRecord, getLogger, localTime } from "./log.ts";

function logged(level: "DEBUG" | "WARNING", write: () => void): string[] {
  const folder = Deno.makeTempDirSync();
  const file = join(folder, "farm.log");
  try {
    configureLogging({ program: "orchestrator", level, file });
    write();
    closeLogging();
    return Deno.readTextFileSync(file).trimEnd().split("\n");
  } finally {
    closeLogging();
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("getLogger() writes one line a record, from its level up", () => {
  const lines = logged("WARNING", () => {
    const log = getLogger("inbox");
    log.info("Not wanted");
    log.warning("File refused", { file: "a b.json", errors: 3 });
    getLogger().critical("Braces {stay} as they are");
  });
  assertEquals(lines.length, 2);
  assertMatch(
    lines[0]!,
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d WARNING orchestrator\.inbox: File refused file="a b\.json" errors=3$/,
  );
  assertMatch(lines[1]!, / CRITICAL orchestrator: Braces \{stay\} as they are$/);
});

Deno.test("getLogger() is silent before logging is configured", () => {
  getLogger("inbox").error("Nobody listens");
});

Deno.test("configureLogging() outlives a log file that cannot be written", () => {
  const folder = Deno.makeTempDirSync();
  try {
    Deno.writeTextFileSync(join(folder, "taken"), "");
    configureLogging({ program: "worker", level: "INFO", file: join(folder, "taken", "a.log") });
    getLogger().info("Lost");
  } finally {
    closeLogging();
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("formatRecord() keeps whatever it is given on one line", () => {
  const circular: Record<string, unknown> = {};
  circular["self"] = circular;
  const line = formatRecord({
    category: ["farm"],
    level: "error",
    timestamp: 0,
    message: ["Broken\nmessage"],
    properties: {
      error: new RangeError("too large"),
      list: [1, 2],
      circular,
      absent: undefined,
      escape: "\x1b[2J\n2024-01-01 INFO forged",
    },
  }, "worker");
  assertEquals(
    line.slice(line.indexOf("ERROR")),
    'ERROR worker: Broken\\u000amessage error="RangeError: too large" list=[1,2] ' +
      'circular="[object Object]" escape="\\u001b[2J\\n2024-01-01 INFO forged"',
  );
});

Deno.test("localTime() is right for moments in any order, also before 1970", () => {
  for (const ms of [0, 999, 1000, 1, 1_720_000_000_123, 1_720_000_000_124.9, -1, -1000, -1001]) {
    assertEquals(new Date(localTime(ms)).getTime(), Math.floor(ms), String(ms));
  }
});

Deno.test("localTime() carries the offset and names the same moment", () => {
  const epochMs = Date.UTC(2024, 6, 8, 18, 30, 0, 123);
  assertMatch(localTime(epochMs), /^2024-07-0\dT\d\d:\d\d:00\.123[+-]\d\d:\d\d$/);
  assertEquals(new Date(localTime(epochMs)).getTime(), epochMs);
});
