import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { BatchRecord } from "../store/store.ts";
import type { Channel } from "./channel.ts";
import { Digest, LISTED_MAX } from "./digest.ts";
import { type FarmEvent, NOTIFIED_EVENTS } from "./farm_event.ts";
import { composeMessage, type Message } from "./message.ts";
import { Notifier } from "./notifier.ts";
import type { NotifySettings } from "./notify_settings.ts";
import { failedTask } from "./testing/messages.ts";

const STORE = { batch: () => Promise.resolve(null) };

function notifier(
  settings: Partial<NotifySettings> = {},
  batch: Partial<BatchRecord> | null = null,
) {
  const sent: Message[] = [];
  const channel: Channel = {
    name: "test",
    send(message) {
      sent.push(message);
      return Promise.resolve();
    },
  };
  const made = new Notifier({
    settings: {
      channels: [channel],
      events: NOTIFIED_EVENTS,
      digestMs: 0,
      stuckMinutes: 0,
      diskLowMb: 0,
      language: "en",
      ...settings,
    },
    store: batch === null ? STORE : { batch: () => Promise.resolve(batch as BatchRecord) },
  });
  return { notifier: made, sent };
}

function digestOf(events: readonly FarmEvent[]): Digest {
  const digest = new Digest();
  for (const event of events) digest.add(event);
  return digest;
}

Deno.test("Digest tells a thing once, and of many things how many", () => {
  const failures = Array.from({ length: 1000 }, (_, i) => failedTask(`t${i}`));
  const digest = digestOf([...failures, failedTask("t3", "again"), failedTask("t900")]);
  const { events, more } = digest.take();
  assertEquals(events.length, LISTED_MAX);
  assertEquals(more.get("task_failed"), 1000 - LISTED_MAX);
  assertEquals((events.at(-1) as { message?: string }).message, "again");
  assert(digest.isEmpty);
  assertEquals(digest.take().more.size, 0);
});

Deno.test("composeMessage() says it in English and in Spanish", () => {
  const content = digestOf([{ kind: "worker_lost", at: 0, worker: "w-1", tasks: 3 }]).take();
  const title = (language: "en" | "es") => composeMessage(content, { language, now: 0 }).title;
  assertEquals(title("en"), "Enjambre: Worker w-1 is lost; 3 tasks were taken back from it");
  assertEquals(title("es"), "Enjambre: Se perdió el worker w-1; se le retiraron 3 tareas");
});

Deno.test("composeMessage() lets an error text bring no lines of its own", () => {
  const content = digestOf([failedTask("a\r\nSubject: x", "m".repeat(5000))]).take();
  const { title, lines } = composeMessage(content, { language: "en", now: 0 });
  assertEquals(lines.length, 1);
  assert(!/[\r\n]/.test(title + lines[0]));
  assert([...lines[0]!].length <= 300 && [...title].length <= 150);
});

Deno.test("Notifier tells of a lost worker once, and of its return", async () => {
  const { notifier: told, sent } = notifier();
  const lost = { kind: "worker_lost", worker: "w", reason: "silent", tasks: 2 } as const;
  told.noticed({ kind: "worker_connected", worker: "w", again: false });
  told.noticed(lost);
  told.noticed(lost);
  told.noticed({ kind: "worker_connected", worker: "w", again: true });
  told.noticed({ ...lost, worker: "gone", reason: "removed" });
  await told.stop();
  assertEquals(sent.map(({ events }) => events.map(({ kind }) => kind)), [[
    "worker_lost",
    "worker_back",
  ]]);
});

Deno.test("Notifier gathers what happens together, and sends it without being stopped", async () => {
  const first = Promise.withResolvers<Message>();
  const { notifier: base } = notifier();
  await base.stop();
  const channel: Channel = {
    name: "test",
    send: (message) => Promise.resolve(first.resolve(message)),
  };
  const settings = { events: NOTIFIED_EVENTS, digestMs: 0, stuckMinutes: 0, diskLowMb: 0 };
  const told = new Notifier({
    settings: { ...settings, channels: [channel], language: "en" },
    store: STORE,
    gatherMs: 1,
  });
  told.tell({ kind: "queue_stuck", waiting: 3, minutes: 15 });
  told.tell({ kind: "disk_low", free_mb: 7 });
  assertEquals((await first.promise).lines, [
    "The queue is stuck: 3 tasks wait and none has ended for 15 minutes",
    "The disk is nearly full: 7 MB are free",
  ]);
  await told.stop();
});

Deno.test("Notifier sums a finished batch up", async () => {
  const counts = { completed: 8, failed: 1, cancelled: 1 } as BatchRecord["counts"];
  const batch = {
    id: "b",
    file: "b.json",
    accepted: 10,
    received_at: 0,
    finished_at: 90_000,
    counts,
  };
  const { notifier: told, sent } = notifier({}, batch);
  told.committed([], ["b"]);
  await told.stop();
  assertStringIncludes(
    sent[0]!.title,
    "Batch b.json finished in 2 min: 8 of 10 tasks completed, 1 failed, 1 cancelled",
  );
  assert(sent[0]!.bad);
});

Deno.test("Notifier says nothing that nobody wants", async () => {
  const { notifier: told, sent } = notifier({ events: ["task_failed"] });
  told.tell({ kind: "disk_low", free_mb: 1 });
  await told.stop();
  assertEquals(sent, []);
});
