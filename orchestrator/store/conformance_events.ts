/**
 * What a store promises of the story of the farm: it is told with what it tells of, newest first, and
 * stays within its bounds.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { RegisterTest } from "./conformance_bed.ts";
import {
  type EventQuery,
  EVENTS_A_MINUTE,
  EVENTS_MAX,
  type NewEventRecord,
  type Store,
} from "./store.ts";
import {
  accept,
  apply,
  assigned,
  completed,
  failed,
  fileOf,
  requeued,
  tasksOf,
} from "./store_testing.ts";

async function kinds(store: Store, query: EventQuery = {}): Promise<string[]> {
  return (await store.events(query, { limit: 100 })).events.map(({ kind }) => kind);
}

const cameAndWent: readonly NewEventRecord[] = [
  { at: 1_000, kind: "worker_connected", worker: "w1", details: { again: false } },
  { at: 2_000, kind: "worker_lost", worker: "w1", details: { reason: "silent", tasks: 3 } },
  { at: 3_000, kind: "worker_connected", worker: "w2" },
];

export function eventsConformance(test: RegisterTest): void {
  commits(test);
  pages(test);
  bounds(test);
}

function commits(test: RegisterTest): void {
  test("tells of files and of tasks that failed for good, and of no success", async (given) => {
    const { store } = given;
    await accept(store, "b", tasksOf(["a", "b"]));
    await store.reject(fileOf("bad"), [{}, {}], 2);
    await apply(store, ["a", "b"], assigned);
    await apply(store, ["a"], completed);
    await apply(store, ["b"], failed);
    const { events } = await (await given.reopen()).events({}, { limit: 9 });
    assertEquals(events.map(({ kind, at, batch }) => [kind, at, batch]), [
      ["batch_finished", 4_000, "b"],
      ["task_failed", 4_000, "b"],
      ["batch_rejected", 1_000, "bad"],
      ["batch_accepted", 2_000, "b"],
    ]);
    assertEquals(events[0]!.details, { file: "b.json", completed: 1, failed: 1, cancelled: 0 });
    assertEquals([events[1]!.task_id, events[1]!.worker], ["b", "worker-01"]);
    assertEquals(events[1]!.details, {
      attempt: 1,
      kind: "task",
      code: "thrown",
      message: "It threw",
    });
    assertEquals(events[2]!.details, { file: "bad.json", errors: 2 });
    assertEquals(events[3]!.details, { file: "b.json", accepted: 2, known: 0, requeued: 0 });
  });

  test("tells nothing of a commit that was refused", async ({ store }) => {
    await accept(store, "b", tasksOf(["a", "b"]));
    const [a, b] = await apply(store, ["a", "b"], assigned);
    const stray = requeued({ ...b!, status: "cancelled" });
    await store.commit([failed(a!), stray]).catch(() => {});
    assertEquals(await kinds(store), ["batch_accepted"]);
  });
}

function pages(test: RegisterTest): void {
  test("gives events by every filter, newest first, in pages of any size", async (given) => {
    await given.store.addEvents(cameAndWent);
    await accept(given.store, "b", tasksOf(["t"]));
    const store = await given.reopen();
    const expected: [EventQuery, string[]][] = [
      [{}, ["batch_accepted", "worker_connected", "worker_lost", "worker_connected"]],
      [{ kinds: ["worker_connected", "worker_lost"], worker: "w1" }, [
        "worker_lost",
        "worker_connected",
      ]],
      [{ kinds: [] }, []],
      [{ worker: "w2" }, ["worker_connected"]],
      [{ batch: "b" }, ["batch_accepted"]],
      [{ task_id: "t" }, []],
      [{ since: 2_000 }, ["batch_accepted", "worker_connected", "worker_lost"]],
    ];
    for (const [query, found] of expected) {
      for (const limit of [1, 2, 100]) {
        const listed: string[] = [];
        for (let cursor: string | null | undefined = undefined; cursor !== null;) {
          const more = cursor === undefined ? {} : { cursor };
          const page = await store.events(query, { limit, ...more });
          listed.push(...page.events.map(({ kind }) => kind));
          cursor = page.next;
        }
        assertEquals(listed, found, `${JSON.stringify(query)} in pages of ${limit}`);
      }
    }
    const [latest] = (await store.events({ worker: "w1" }, { limit: 1 })).events;
    const { id: _, ...rest } = latest!;
    assertEquals(rest, {
      at: 2_000,
      kind: "worker_lost",
      worker: "w1",
      task_id: null,
      batch: null,
      details: { reason: "silent", tasks: 3 },
      more: 0,
    });
  });
}

function bounds(test: RegisterTest): void {
  test("counts a flood of one kind after the first of a minute", async ({ store }) => {
    const flood = Array.from({ length: EVENTS_A_MINUTE + 50 }, (_, i): NewEventRecord => {
      return { at: 120_000 + i, kind: "worker_refused", worker: `w${i}` };
    });
    await store.addEvents(flood.slice(0, 120));
    await store.addEvents([{ at: 121_000, kind: "worker_lost", worker: "w1" }]);
    await store.addEvents(flood.slice(120));
    const page = await store.events({ kinds: ["worker_refused"] }, { limit: 1_000 });
    assertEquals(page.events.length, EVENTS_A_MINUTE + 1);
    assertEquals([page.events[0]!.more, page.events[0]!.worker], [50, null]);
    assertEquals(page.events.slice(1).every(({ more }) => more === 0), true);
    await store.addEvents([{ at: 181_000, kind: "worker_refused", worker: "later" }]);
    assertEquals((await store.events({}, { limit: 1 })).events[0]!.worker, "later");
  });

  test("keeps the latest events when there are too many", async ({ store }) => {
    const [chunk, beyond] = [20_000, 10];
    for (let from = 0; from < EVENTS_MAX + beyond; from += chunk) {
      const count = Math.min(chunk, EVENTS_MAX + beyond - from);
      await store.addEvents(Array.from({ length: count }, (_, i): NewEventRecord => {
        return { at: (from + i) * 60_000, kind: "worker_refused", worker: `w${from + i}` };
      }));
    }
    const oldest = await store.events({ worker: `w${beyond}` }, { limit: 1 });
    assertEquals(oldest.events.map(({ worker }) => worker), [`w${beyond}`]);
    assertEquals((await store.events({ worker: `w${beyond - 1}` }, { limit: 1 })).events, []);
    const page = await store.events({}, { limit: EVENTS_MAX + beyond });
    assertEquals([page.events.length, page.next], [EVENTS_MAX, null]);
  });

  test("removes old events, never the latest, and gives no id twice", async (given) => {
    await given.store.addEvents(cameAndWent);
    const [latest] = (await given.store.events({}, { limit: 1 })).events;
    assertEquals(await given.store.removeEvents({ before: 1_500 }), 1);
    assertEquals(await kinds(given.store), ["worker_connected", "worker_lost"]);
    assertEquals(await given.store.removeEvents({ before: 9_000, limit: 1 }), 1);
    assertEquals(await given.store.removeEvents({ before: 9_000 }), 0);
    const store = await given.reopen();
    assertEquals((await store.events({}, { limit: 9 })).events, [latest!]);
    await store.addEvents([{ at: 9_500, kind: "disk_low" }]);
    assertEquals((await store.events({}, { limit: 1 })).events[0]!.id > latest!.id, true);
  });
}
