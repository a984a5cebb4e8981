import { assertEquals } from "@std/assert";
import { EVENTS_MAX, type NewEventRecord, StoreError } from "../store/store.ts";
import { EventLog } from "./event_log.ts";

/** A store that fails when it is told to; resolves when it was asked. */
function scripted() {
  const written: NewEventRecord[] = [];
  const given = { failing: false, written, asked: Promise.withResolvers<void>() };
  const log = new EventLog({
    addEvents: (events) => {
      given.asked.resolve();
      if (given.failing) return Promise.reject(new StoreError("full", "No space"));
      written.push(...events);
      return Promise.resolve();
    },
  });
  return { ...given, given, log };
}

Deno.test("EventLog writes what happens to workers and to the orchestrator, in order", async () => {
  const { log, written } = scripted();
  log.start();
  log.noticed({ kind: "worker_connected", worker: "w1", again: false });
  log.noticed({ kind: "worker_lost", worker: "w1", reason: "died", tasks: 2 });
  log.noticed({ kind: "worker_refused", worker: "w2", message: "x".repeat(9_999) });
  log.noticed({ kind: "orchestrator_paused", ms: 7_500 });
  log.noticed({ kind: "outcome_ignored", worker: "w1", attempt: { task_id: "a", attempt: 1 } });
  log.warn(["The store is on a network file system"]);
  log.heard({ kind: "queue_stuck", waiting: 3, minutes: 15 });
  log.heard({ kind: "disk_low", free_mb: 5 });
  log.diskChanged("Only 5 MiB are free");
  log.diskChanged(null);
  await log.stop();
  log.tell({ kind: "disk_low" });
  assertEquals(written.map(({ kind, worker }) => [kind, worker]), [
    ["orchestrator_started", undefined],
    ["worker_connected", "w1"],
    ["worker_lost", "w1"],
    ["worker_refused", "w2"],
    ["orchestrator_paused", undefined],
    ["store_warning", undefined],
    ["queue_stuck", undefined],
    ["disk_low", undefined],
    ["disk_ok", undefined],
    ["orchestrator_stopped", undefined],
  ]);
  assertEquals(written[2]!.details, { reason: "died", tasks: 2 });
  assertEquals(String(written[3]!.details!["message"]).length, 500);
  assertEquals(written[4]!.details, { seconds: 7.5 });
});

Deno.test("EventLog keeps events for a store that fails, within bounds", async () => {
  const { log, given, written } = scripted();
  given.failing = true;
  log.storeFailed(new Error("No space"));
  await given.asked.promise;
  for (let i = 0; i < EVENTS_MAX; i++) log.tell({ kind: "worker_refused", worker: `w${i}` });
  given.failing = false;
  log.storeFailed(null);
  await log.stop();
  assertEquals(written.length, 1000);
  assertEquals(written.slice(-2).map(({ kind }) => kind), [
    "store_recovered",
    "orchestrator_stopped",
  ]);
});
