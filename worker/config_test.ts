import { assertEquals, assertThrows } from "@std/assert";
import { join } from "node:path";
import { parseCommand, UsageError } from "../platform/arguments.ts";
import { Settings } from "../platform/settings.ts";
import { WORKER_COMMAND, workerConfig } from "./config.ts";

function config(args: string[], environment: Record<string, string> = {}) {
  const { flags } = parseCommand(args, WORKER_COMMAND);
  return workerConfig(flags, { settings: new Settings(environment), folder: "/farm" });
}

Deno.test("workerConfig() has a default for everything", () => {
  assertEquals(config([]), {
    workerId: "worker-01",
    host: "127.0.0.1",
    port: 5001,
    capacity: navigator.hardwareConcurrency,
    threadsPerTask: navigator.hardwareConcurrency,
    drainMs: 30_000,
    historySize: 100,
    monitoring: true,
    logFolder: join("/farm", "logs"),
    logLevel: "INFO",
    logMaxBytes: 10 * 1024 * 1024,
    logOldFiles: 5,
  });
});

Deno.test("workerConfig() takes flags and settings", () => {
  const args = ["--worker-id", "worker-07", "--port", "0", "--host", "0.0.0.0", "--capacity", "3"];
  const environment = {
    DRAIN_TIMEOUT: "0.5",
    TASK_HISTORY_SIZE: "7",
    PERFORMANCE_MONITORING: "false",
    LOG_LEVEL: "debug",
  };
  const { workerId, port, host, capacity, drainMs, historySize, monitoring, logLevel } = config(
    args,
    environment,
  );
  assertEquals({ workerId, port, host, capacity }, {
    workerId: "worker-07",
    port: 0,
    host: "0.0.0.0",
    capacity: 3,
  });
  assertEquals({ drainMs, historySize, monitoring, logLevel }, {
    drainMs: 500,
    historySize: 7,
    monitoring: false,
    logLevel: "DEBUG",
  });
});

Deno.test("workerConfig() refuses an id that is no part of a file name", () => {
  for (const id of ["../x", "a b", "..", "ñ"]) {
    assertThrows(() => config(["--worker-id", id]), UsageError, `--worker-id is "${id}"`, id);
  }
});

Deno.test("workerConfig() names a setting that does not parse", () => {
  assertThrows(() => config([], { DRAIN_TIMEOUT: "soon" }), UsageError, "DRAIN_TIMEOUT");
});
