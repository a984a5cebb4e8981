/**
 * What a store promises to those who look back: groups of errors that count what is failed, the past
 * in steps, the attempts of late.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import type { RegisterTest } from "./conformance_bed.ts";
import type { SeriesSample, Store, TaskRow } from "./store.ts";
import {
  accept,
  apply,
  assigned,
  changeTo,
  completed,
  ended,
  failed,
  idsOf,
  listAll,
  lost,
  requeued,
  running,
  tasksOf,
} from "./store_testing.ts";

export function observationsConformance(test: RegisterTest): void {
  errors(test);
  seriesOfSteps(test);
  spansOfLate(test);
}

async function failWith(store: Store, id: string, message: string, at = 4_000): Promise<void> {
  await apply(store, [id], assigned);
  const error = { kind: "task", code: "thrown", message } as const;
  const change = (row: TaskRow) =>
    changeTo(row, { status: "failed", completed_at: at, error }, {
      ended: ended(row, "failed", error),
    });
  await apply(store, [id], change);
}

function errors(test: RegisterTest): void {
  test("groups failures by what they say, the most frequent first", async (given) => {
    await accept(given.store, "b", tasksOf(["t1", "t2", "t3", "t4"]));
    await failWith(given.store, "t1", "Particle 17 left the box", 5_000);
    await failWith(given.store, "t2", "Out of memory");
    await failWith(given.store, "t3", "Particle 4 left the box", 9_000);
    const store = await given.reopen();
    const { groups, total, next } = await store.errorGroups({ limit: 10 });
    assertEquals([total, next], [2, null]);
    assertEquals(groups.map(({ message, count }) => [message, count]), [
      ["Particle N left the box", 2],
      ["Out of memory", 1],
    ]);
    const [{ id, example, first_seen, last_seen, total: ever }] = groups as [typeof groups[0]];
    assertEquals([example, first_seen, last_seen, ever], [
      "Particle 17 left the box",
      5_000,
      9_000,
      2,
    ]);
    assertEquals(idsOf(await listAll(store, { error: id }, 1)), ["t3", "t1"]);
    assertEquals(await store.count({ error: id }), 2);
    assertEquals(await store.count({ error: id, status: ["completed"] }), 0);
    assertEquals(await store.count({ error: id, text: "t3" }), 1);
    assertEquals(await listAll(store, { error: 99 }), []);
  });

  test("a task that runs again leaves its group, which keeps its history", async ({ store }) => {
    await accept(store, "b", tasksOf(["a", "b"]));
    await failWith(store, "a", "It broke");
    await failWith(store, "b", "It broke");
    await apply(store, ["a"], requeued);
    const [group] = (await store.errorGroups({ limit: 1 })).groups;
    assertEquals([group!.count, group!.total], [1, 2]);
    assertEquals(idsOf(await listAll(store, { error: group!.id })), ["b"]);
    await failWith(store, "a", "It broke");
    assertEquals((await store.errorGroups({ limit: 1 })).groups[0]!.count, 2);
    await apply(store, ["b"], requeued);
    await apply(store, ["b"], assigned);
    await apply(store, ["b"], completed);
    assertEquals((await store.errorGroups({ limit: 1 })).groups[0]!.count, 1);
  });

  test("gives groups of errors in pages", async ({ store }) => {
    const ids = ["a", "b", "c"];
    await accept(store, "b", tasksOf(ids));
    for (const id of ids) await failWith(store, id, `Problem of kind ${id}`);
    const first = await store.errorGroups({ limit: 2 });
    assertEquals([first.groups.length, first.total, first.next], [2, 3, "2"]);
    const second = await store.errorGroups({ limit: 2, cursor: first.next! });
    assertEquals([second.groups.length, second.next], [1, null]);
  });

  test("keeps the number of groups within bounds", async ({ store }) => {
    const ids = Array.from({ length: 1010 }, (_, at) => `t${at}`);
    await accept(store, "b", tasksOf(ids));
    await apply(store, ids, assigned);
    const letters = (at: number) => [...String(at)].map((digit) => "abcdefghij"[Number(digit)]);
    await apply(store, ids, (row) => {
      const message = `Kind ${letters(Number(row.task_id.slice(1))).join("")}`;
      const error = { kind: "task", code: "thrown", message } as const;
      return changeTo(row, { status: "failed", completed_at: 1, error }, {
        ended: ended(row, "failed", error),
      });
    });
    const { groups, total } = await store.errorGroups({ limit: 2000 });
    assert(total <= 1001, String(total));
    assertEquals(groups.reduce((sum, group) => sum + group.count, 0), 1010);
    assertEquals(groups[0]!.message, "…");
  });
}

const SAMPLE: SeriesSample = {
  stepMs: 10_000,
  at: 1_000_000,
  completed: 3,
  failed: 1,
  waiting: 10,
  running: 2,
  workers: 1,
  slots: 4,
  p50: 0.5,
  p95: 1,
  p99: 2,
};

function seriesOfSteps(test: RegisterTest): void {
  test("sums up what was counted and averages what was measured", async (given) => {
    await given.store.addSamples([SAMPLE, { ...SAMPLE, stepMs: 60_000, at: 960_000 }]);
    await given.store.addSamples([
      { ...SAMPLE, waiting: 20, p50: null, p95: null, p99: null },
      { ...SAMPLE, at: 1_010_000, p50: 7 },
    ]);
    const store = await given.reopen();
    const points = await store.series({ stepMs: 10_000, since: 0 });
    assertEquals(points.map(({ at, completed, waiting, p50 }) => [at, completed, waiting, p50]), [
      [1_000_000, 6, 15, 0.5],
      [1_010_000, 3, 10, 7],
    ]);
    assertEquals((await store.series({ stepMs: 10_000, since: 1_005_000 })).length, 1);
    assertEquals((await store.series({ stepMs: 60_000, since: 0 })).length, 1);
  });

  test("forgets steps that are too old, of each length at its time", async ({ store }) => {
    const day = 86_400_000;
    for (const stepMs of [10_000, 60_000, 600_000]) {
      await store.addSamples([{ ...SAMPLE, stepMs, at: 0 }]);
      await store.addSamples([{ ...SAMPLE, stepMs, at: 2 * day }]);
    }
    const kept = async (stepMs: number) => (await store.series({ stepMs, since: 0 })).length;
    assertEquals([await kept(10_000), await kept(60_000), await kept(600_000)], [1, 1, 2]);
    assertEquals((await store.counts()).total, 0);
  });
}

function spansOfLate(test: RegisterTest): void {
  test("tells who worked on what of late, newest first, with their number", async ({ store }) => {
    const ids = ["a", "b", "c", "d"];
    await accept(store, "b", tasksOf(ids));
    await apply(store, ids, assigned);
    await apply(store, ids, running);
    const ending = (at: number) => (row: TaskRow) => {
      const change = completed(row);
      return { ...change, task: { ...change.task, completed_at: at } };
    };
    await apply(store, ["a"], ending(4_000));
    await apply(store, ["b"], ending(5_000));
    await apply(store, ["c"], ending(6_000));
    const { spans, total } = await store.spans({ since: 4_500, limit: 10 });
    assertEquals([spans.map(({ task_id }) => task_id), total], [["c", "b"], 2]);
    assertEquals(spans[0], {
      worker: "worker-01",
      task_id: "c",
      started_at: 3_500,
      ended_at: 6_000,
      outcome: "completed",
    });
    const short = await store.spans({ since: 0, limit: 1 });
    assertEquals([short.spans.length, short.total], [1, 3]);
    assertEquals(await store.spans({ since: 7_000, limit: 5 }), { spans: [], total: 0 });
  });

  test("shows failed and lost attempts among the spans", async ({ store }) => {
    await accept(store, "b", tasksOf(["a", "b"]));
    await apply(store, ["a", "b"], assigned);
    await apply(store, ["a", "b"], running);
    await apply(store, ["a"], failed);
    await apply(store, ["b"], lost);
    const { spans } = await store.spans({ since: 0, limit: 10 });
    assertEquals(spans.map(({ outcome }) => outcome).sort(), ["failed", "lost"]);
  });
}
