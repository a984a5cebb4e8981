/**
 * What goes with removed tasks, and what must stay: results that are in no file yet, receipts that
 * still say something, sums that only grow.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { RegisterTest } from "./conformance_bed.ts";
import { assertAddsUp, endingAt, LATER, removeAll } from "./conformance_removal.ts";
import type { Store } from "./store.ts";
import {
  accept,
  apply,
  assigned,
  completed,
  failed,
  fileOf,
  idsOf,
  listAll,
  lost,
  requeued,
  tasksOf,
} from "./store_testing.ts";

export function forgettingConformance(test: RegisterTest): void {
  results(test);
  receipts(test);
  sums(test);
}

async function complete(store: Store, ids: readonly string[], at = 4_000): Promise<void> {
  await apply(store, ids, assigned);
  await apply(store, ids, endingAt(at));
}

async function writeFile(store: Store, name: string, limit = 100): Promise<void> {
  const file = await store.planResultFile(() => name, { at: 1, limit });
  await store.resultFileWritten(file!.name);
}

function results(test: RegisterTest): void {
  test("keeps tasks whose results are in no written file", async (given) => {
    const { store } = given;
    await accept(store, "b", tasksOf(["a", "b", "c"]));
    await complete(store, ["a", "b"]);
    assertEquals((await removeAll(store)).tasks, 0);
    const file = await store.planResultFile(() => "one", { at: 1, limit: 9 });
    assertEquals((await removeAll(store)).tasks, 0);
    await complete(store, ["c"]);
    const texts = JSON.stringify(await store.results(file!.from, file!.to));
    await store.resultFileWritten("one");
    assertEquals((await removeAll(store)).tasks, 2);
    assertEquals((await store.task("c"))?.result?.output, "Done: c");
    assertEquals(texts.includes("Done: a"), true);
    const again = await given.reopen();
    assertEquals((await removeAll(again)).tasks, 0);
    await writeFile(again, "two");
    assertEquals((await removeAll(again)).tasks, 1);
    assertEquals(await again.results(1, 99), []);
    await assertAddsUp(again);
  });

  test("keeps a failed task whose earlier result is in no written file", async ({ store }) => {
    await accept(store, "b", tasksOf(["a", "b"]));
    await complete(store, ["b"]);
    await complete(store, ["a"], 999_999);
    const file = await store.planResultFile(() => "one", { at: 1, limit: 9 });
    await apply(store, ["a"], requeued);
    await apply(store, ["a"], assigned);
    await apply(store, ["a"], failed);
    assertEquals((await removeAll(store)).tasks, 0);
    assertEquals((await store.results(file!.from, file!.to)).length, 2);
    await store.resultFileWritten("one");
    assertEquals((await removeAll(store)).tasks, 2);
    await assertAddsUp(store);
  });

  test("goes on numbering results where it was", async (given) => {
    await accept(given.store, "b", tasksOf(["a", "b"]));
    await complete(given.store, ["a"]);
    await writeFile(given.store, "one");
    await removeAll(given.store);
    const store = await given.reopen();
    assertEquals(await store.planResultFile(() => "none", { at: 1, limit: 9 }), null);
    await complete(store, ["b"]);
    const file = await store.planResultFile(() => "two", { at: 2, limit: 9 });
    assertEquals([file!.from, file!.to], [2, 2]);
    assertEquals((await store.results(1, 9)).map(({ task_id }) => task_id), ["b"]);
    assertEquals((await store.counts()).results_total, 2);
  });

  test("removes old results of tasks that ran again, and keeps the tasks", async ({ store }) => {
    await accept(store, "b", tasksOf(["a"]));
    await complete(store, ["a"]);
    await apply(store, ["a"], requeued);
    await complete(store, ["a"], LATER + 1);
    await writeFile(store, "one");
    assertEquals((await removeAll(store)).tasks, 0);
    assertEquals((await store.results(1, 9)).map(({ number }) => number), [2]);
    assertEquals((await store.task("a"))?.attempts.length, 2);
    await assertAddsUp(store);
  });
}

function receipts(test: RegisterTest): void {
  test("counts in its receipt what has left a batch", async ({ store }) => {
    await accept(store, "b", tasksOf(["a", "b"]));
    await apply(store, ["a"], assigned);
    await apply(store, ["a"], failed);
    assertEquals(await removeAll(store), { tasks: 1, batches: 0, steps: 6 });
    const batch = (await store.batch("b"))!;
    assertEquals([batch.accepted, batch.removed, batch.counts.pending], [2, 1, 1]);
    assertEquals([batch.counts.failed, batch.finished_at], [0, null]);
    assertEquals(idsOf((await store.batchTasks("b", { limit: 9 })).tasks), ["b"]);
    assertEquals(idsOf(await listAll(store, { batch: "b" })), ["b"]);
  });

  test("removes receipts that have nothing left, refused ones by age", async (given) => {
    await accept(given.store, "one", tasksOf(["a"]));
    await given.store.reject(fileOf("bad"), [], 0);
    await given.store.reject(fileOf("young", { received_at: LATER }), [], 0);
    await accept(given.store, "two", tasksOf(["b", "a"]));
    await apply(given.store, ["a", "b"], assigned);
    await apply(given.store, ["a"], failed);
    await apply(given.store, ["b"], endingAt(LATER, failed));
    assertEquals((await removeAll(given.store)).batches, 2);
    const store = await given.reopen();
    const { batches } = await store.batches({ limit: 9 });
    assertEquals(batches.map(({ id }) => id), ["two", "young"]);
    const { files_accepted, files_rejected, files_removed } = await store.counts();
    assertEquals([files_accepted, files_rejected, files_removed], [2, 2, 2]);
    await assertAddsUp(store);
    await removeAll(store, { before: 9_000 });
    assertEquals((await store.batches({ limit: 9 })).batches, []);
    await assertAddsUp(store);
    // The names may come again.
    await accept(store, "one", tasksOf(["a"]));
    assertEquals(idsOf((await store.batchTasks("one", { limit: 9 })).tasks), ["a"]);
    assertEquals((await store.batch("one"))?.counts.pending, 1);
    await assertAddsUp(store);
  });

  test("keeps a receipt while a task that it found known is there", async ({ store }) => {
    const ids = ["a", "b", "c"];
    await accept(store, "first", tasksOf(ids));
    await accept(store, "again", tasksOf(ids));
    await apply(store, ids, assigned);
    await apply(store, ["a", "b"], failed);
    await removeAll(store, { limit: 1 });
    assertEquals((await store.batch("again"))?.known, 3);
    assertEquals(idsOf((await store.batchTasks("again", { limit: 9 })).tasks), ["c"]);
    await apply(store, ["c"], failed);
    assertEquals((await removeAll(store, { limit: 1 })).batches, 2);
    assertEquals(await store.batch("again"), null);
    await assertAddsUp(store);
  });
}

function sums(test: RegisterTest): void {
  test("lets no sum go back", async (given) => {
    const { store } = given;
    const ids = ["a", "b", "c"];
    await accept(store, "b", tasksOf(ids));
    await apply(store, ids, assigned);
    await apply(store, ["a"], lost);
    await apply(store, ["a"], assigned);
    await apply(store, ["a", "b"], completed);
    await apply(store, ["c"], failed);
    await writeFile(store, "one");
    const [counts, times] = [await store.counts(), await store.executionTimes()];
    const workers = await store.workerTotals();
    assertEquals((await removeAll(store)).tasks, 3);
    const again = await given.reopen();
    const after = await again.counts();
    assertEquals(
      [after.accepted_total, after.results_total, after.redistributed_total, after.files_accepted],
      [
        counts.accepted_total,
        counts.results_total,
        counts.redistributed_total,
        counts.files_accepted,
      ],
    );
    assertEquals(await again.executionTimes(), times);
    assertEquals(await again.workerTotals(), workers);
    assertEquals((await again.errorGroups({ limit: 9 })).groups, []);
    assertEquals(await again.spans({ since: 3_000, limit: 9 }).then(({ spans }) => spans), []);
    await assertAddsUp(again);
  });

  test("keeps groups of errors that say something of a task that is there", async ({ store }) => {
    await accept(store, "b", tasksOf(["a", "b"]));
    await apply(store, ["a", "b"], assigned);
    await apply(store, ["a"], failed);
    await apply(store, ["b"], endingAt(LATER, failed));
    await removeAll(store);
    const { groups } = await store.errorGroups({ limit: 9 });
    assertEquals(groups.map(({ count, total }) => [count, total]), [[1, 2]]);
    assertEquals(idsOf(await listAll(store, { error: groups[0]!.id })), ["b"]);
  });
}
