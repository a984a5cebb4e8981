/**
 * What a store promises of results: a log without gaps, files planned before they are written, and
 * sums that agree with the log.
 *
 * @module
 */
import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import type { RegisterTest } from "./conformance_bed.ts";
import { type Store, StoreError } from "./store.ts";
import {
  accept,
  apply,
  assigned,
  completed,
  failed,
  requeued,
  resultOf,
  tasksOf,
} from "./store_testing.ts";

export function resultsConformance(test: RegisterTest): void {
  log(test);
  files(test);
  sums(test);
}

async function complete(store: Store, ids: readonly string[]): Promise<void> {
  await apply(store, ids, assigned);
  await apply(store, ids, completed);
}

function log(test: RegisterTest): void {
  test("numbers results without gaps, in order of completion", async (given) => {
    const { store } = given;
    await accept(store, "b", tasksOf(["a", "b", "c"]));
    await complete(store, ["b"]);
    const [a, c] = await apply(store, ["a", "c"], assigned);
    await store.commit([failed(c!)]);
    await assertRejects(() => store.commit([completed(a!), completed(c!)]), StoreError);
    await store.commit([completed(a!, 7)]);
    const again = await given.reopen();
    const seen = (await again.results(1, 9)).map(({ number, task_id }) => [number, task_id]);
    assertEquals(seen, [[1, "b"], [2, "a"]]);
    assertEquals(await again.results(2, 2), [{
      number: 2,
      task_id: "a",
      algorithm_written: "benchmark.py",
      content: a!.content,
      priority_written: "medium",
      description: null,
      extra: null,
      worker: "worker-01",
      attempt: 1,
      completed_at: 4_000,
      execution_ms: 7,
      batch: "b",
      file: "b.json",
      result: resultOf(a!),
    }]);
  });

  test("keeps every result of a task that ran twice", async ({ store }) => {
    await accept(store, "b", tasksOf(["a"]));
    await complete(store, ["a"]);
    await apply(store, ["a"], requeued);
    await complete(store, ["a"]);
    const attempts = (await store.results(1, 9)).map(({ number, attempt }) => [number, attempt]);
    assertEquals(attempts, [[1, 1], [2, 2]]);
    assertEquals((await store.counts()).results_total, 2);
    assertEquals((await store.counts()).status.completed, 1);
  });
}

function files(test: RegisterTest): void {
  test("plans each result into exactly one file", async (given) => {
    let { store } = given;
    assertEquals(await store.planResultFile(() => "none", { at: 1, limit: 10 }), null);
    await accept(store, "b", tasksOf(["a", "b", "c", "d"]));
    await complete(store, ["a", "b", "c"]);
    const first = await store.planResultFile(() => "one.json", { at: 5, limit: 2 });
    assertEquals(first, { name: "one.json", from: 1, to: 2, written: false, planned_at: 5 });
    store = await given.reopen();
    const second = await store.planResultFile(
      (taken) => ["one.json", "two.json"].find((name) => !taken(name))!,
      { at: 6, limit: 9 },
    );
    assertEquals(second, { name: "two.json", from: 3, to: 3, written: false, planned_at: 6 });
    assertEquals(await store.unwrittenResultFiles(), [first!, second!]);
    await store.resultFileWritten("one.json");
    assertEquals(await (await given.reopen()).unwrittenResultFiles(), [second!]);
    await complete(given.store, ["d"]);
    const plan = () => given.store.planResultFile(() => "two.json", { at: 7, limit: 9 });
    await assertRejects(plan, StoreError, "two.json");
    assertEquals((await given.store.unwrittenResultFiles()).length, 1);
  });
}

function sums(test: RegisterTest): void {
  test("sums up execution times, percentiles within 1 %", async (given) => {
    let { store } = given;
    assertEquals(await store.executionTimes(), {
      count: 0,
      sum: 0,
      min: null,
      mean: null,
      max: null,
      p50: null,
      p95: null,
      p99: null,
    });
    const ids = Array.from({ length: 200 }, (_, i) => `t${i}`);
    await accept(store, "b", tasksOf(ids));
    const rows = await apply(store, ids, assigned);
    const times = rows.map((_, i) => (i * 7919 % 200) ** 3 / 1000);
    await store.commit(rows.slice(0, 150).map((row, i) => completed(row, times[i]!)));
    store = await given.reopen();
    await store.commit(rows.slice(150).map((row, i) => completed(row, times[150 + i]!)));
    const found = await store.executionTimes();
    const sorted = times.map((ms) => ms / 1000).sort((a, b) => a - b);
    assertEquals([found.count, found.min, found.max], [200, sorted[0], sorted[199]]);
    assertAlmostEquals(found.sum, sorted.reduce((sum, s) => sum + s), 1e-9);
    assertAlmostEquals(found.mean!, found.sum / 200, 1e-12);
    for (const [percentile, rank] of [[found.p50, 100], [found.p95, 190], [found.p99, 198]]) {
      const exact = sorted[rank! - 1]!;
      assert(Math.abs(percentile! - exact) <= exact * 0.0101, `${percentile} is not ${exact}`);
    }
    assertEquals(await (await given.reopen()).executionTimes(), found);
  });

  test("sums up what each worker did", async (given) => {
    const { store } = given;
    await accept(store, "b", tasksOf(["a", "b", "c"]));
    await complete(store, ["a", "b"]);
    await apply(store, ["c"], (row) => assigned(row, "worker-02"));
    await apply(store, ["c"], failed);
    assertEquals(await (await given.reopen()).workerTotals(), [
      { worker: "worker-01", completed: 2, failed: 0, execution_ms: 25 },
      { worker: "worker-02", completed: 0, failed: 1, execution_ms: 0 },
    ]);
  });
}
