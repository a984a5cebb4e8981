/**
 * What a store promises to the scheduler: order of the queues, all-or-nothing commits, what a
 * restart finds, counters that agree with the rows.
 *
 * @module
 */
import { assertEquals, assertRejects } from "@std/assert";
import type { RegisterTest } from "./conformance_bed.ts";
import { type Store, StoreError } from "./store.ts";
import {
  accept,
  apply,
  assigned,
  changeTo,
  completed,
  failed,
  freshIds,
  held,
  idsOf,
  lost,
  PYTHON,
  requeued,
  running,
  tasksOf,
} from "./store_testing.ts";

export function schedulingConformance(test: RegisterTest): void {
  queues(test);
  commits(test);
  restarts(test);
  counters(test);
}

function queues(test: RegisterTest): void {
  test("gives the fresh tasks of each queue in order of arrival", async ({ store }) => {
    await accept(store, "one", tasksOf(["a", "b", "c"]));
    await accept(store, "two", tasksOf(["h"], { priority: 8 }));
    await accept(store, "three", tasksOf(["x"], { algorithm: "cython" }));
    await accept(store, "four", tasksOf(["d"]));
    const first = await store.claim(PYTHON, 0, 2);
    assertEquals(idsOf(first.tasks), ["a", "b"]);
    const second = await store.claim(PYTHON, first.position, 9);
    assertEquals(idsOf(second.tasks), ["c", "d"]);
    const end = await store.claim(PYTHON, second.position, 9);
    assertEquals(end, { tasks: [], position: second.position });
    assertEquals(await freshIds(store, { priority: 8, algorithm: "python" }), ["h"]);
    assertEquals(await freshIds(store, { priority: 5, algorithm: "cython" }), ["x"]);
    assertEquals(await freshIds(store, { priority: 1, algorithm: "python" }), []);
    const found = (await store.queues()).sort((a, b) => b.count - a.count);
    assertEquals(found[0], { ...PYTHON, count: 4 });
    assertEquals(found.length, 3);
  });

  test("keeps from claim what the scheduler holds, and brings requeued tasks last", async ({ store }) => {
    await accept(store, "b", tasksOf(["a", "b", "c", "d"]));
    await apply(store, ["a", "b", "c"], assigned);
    await apply(store, ["a"], (row) => held(row, 9_000));
    await apply(store, ["b"], (row) => held(row, null));
    await apply(store, ["c"], lost);
    assertEquals(await freshIds(store), ["d"]);
    assertEquals(await store.queues(), [{ ...PYTHON, count: 1 }]);
    const { position } = await store.claim(PYTHON, 0, 9);
    await apply(store, ["a"], failed);
    await apply(store, ["a"], requeued);
    assertEquals(idsOf((await store.claim(PYTHON, position, 9)).tasks), ["a"]);
    assertEquals(await freshIds(store), ["d", "a"]);
    assertEquals(await store.recount(), await store.counts());
  });
}

function commits(test: RegisterTest): void {
  test("keeps nothing of a commit of which one task was not in its state", async ({ store }) => {
    await accept(store, "b", tasksOf(["a", "b"]));
    const [a, b] = await store.load(["a", "b"]);
    await apply(store, ["b"], assigned);
    const before = await everything(store);
    await assertRejects(() => store.commit([assigned(a!), assigned(b!)]), StoreError, "not there");
    assertEquals(await everything(store), before);
    await store.commit([assigned(a!)]);
    assertEquals((await store.task("a"))?.status, "assigned");
  });

  test("refuses changes that cannot be", async ({ store }) => {
    await accept(store, "b", tasksOf(["a"]));
    const [row] = await apply(store, ["a"], assigned);
    const refuse = async (change: ReturnType<typeof assigned>) => {
      const error = await assertRejects(() => store.commit([change]), StoreError);
      assertEquals(error.code, "misuse");
    };
    await refuse(changeTo(row!, { status: "completed", completed_at: 1 }));
    await refuse({ ...completed(row!), task: { ...row!, status: "failed" } });
    await refuse(changeTo(row!, { status: "pending", not_before: 5 }, { requeued: true }));
    await refuse(changeTo(row!, { status: "running" }, { requeued: true }));
    await refuse(changeTo(row!, { status: "running", attempt: 0 }));
    await refuse(changeTo(row!, { status: "running", seq: 999 }));
    const [again] = await apply(store, ["a"], lost);
    await refuse(changeTo(again!, { status: "failed", redistributions: 0 }));
    assertEquals((await store.counts()).redistributed_total, 1);
  });

  test("remembers the latest of each worker", async (given) => {
    const worker = { kind: "worker", id: "worker-02", address: "127.0.0.1:5002", at: 5 } as const;
    await given.store.commit([
      { ...worker, epoch: "first" },
      { ...worker, epoch: "second", at: 6 },
      { ...worker, id: "worker-01", epoch: "only" },
    ]);
    const store = await given.reopen();
    assertEquals(await store.workers(), [
      { id: "worker-01", epoch: "only", address: "127.0.0.1:5002", at: 5 },
      { id: "worker-02", epoch: "second", address: "127.0.0.1:5002", at: 6 },
    ]);
  });

  test("tells when the last task of a batch has ended, and forgets it when one runs again", async ({ store }) => {
    await accept(store, "b", tasksOf(["a", "b"]));
    await accept(store, "other", tasksOf(["c"]));
    const commit = async (id: string, change: typeof assigned) => {
      const rows = await store.load([id]);
      return (await store.commit(rows.map((row) => change(row)))).finished;
    };
    assertEquals(await commit("a", assigned), []);
    assertEquals(await commit("a", (row) => completed(row)), []);
    assertEquals(await commit("b", assigned), []);
    assertEquals(await commit("b", failed), ["b"]);
    assertEquals((await store.batch("b"))?.finished_at, 4_000);
    assertEquals(await commit("b", requeued), []);
    assertEquals((await store.batch("b"))?.finished_at, null);
    const cancelled = (row: Parameters<typeof assigned>[0]) => {
      return changeTo(row, { status: "cancelled", completed_at: 5_000 });
    };
    assertEquals(await commit("b", cancelled), ["b"]);
    assertEquals((await store.batch("b"))?.finished_at, 5_000);
  });
}

function restarts(test: RegisterTest): void {
  test("finds everything again after it was closed", async (given) => {
    const { store } = given;
    await accept(store, "one", tasksOf(["a", "b", "c", "d", "e", "f"]));
    await accept(store, "two", tasksOf(["g"], { algorithm: "cython", priority: 8 }));
    await apply(store, ["a", "b", "c", "d", "e"], assigned);
    await apply(store, ["a", "b"], running);
    await apply(store, ["a"], completed);
    await apply(store, ["c"], lost);
    await apply(store, ["d"], (row) => held({ ...row, retry_count: 1, crashes: 1 }, 7_000));
    await apply(store, ["e"], failed);
    await store.planResultFile(() => "file", { at: 1, limit: 9 });
    const before = await everything(store);
    assertEquals(await everything(await given.reopen()), before);
  });

  test("loads what a restart needs, and only that", async (given) => {
    const { store } = given;
    await accept(store, "b", tasksOf(["a", "b", "c", "d", "e", "f", "g"]));
    await apply(store, ["b", "c", "d", "e", "f", "g"], assigned);
    await apply(store, ["c"], running);
    await apply(store, ["d"], lost);
    await apply(store, ["e"], (row) => held(row, null));
    await apply(store, ["f"], failed);
    await apply(store, ["g"], completed);
    const again = await given.reopen();
    const unfinished = await again.unfinished();
    assertEquals(idsOf(unfinished), ["b", "c", "d", "e"]);
    assertEquals(unfinished, await again.load(["b", "c", "d", "e"]));
    assertEquals(again.farm, store.farm);
  });

  test("loads tasks in the order asked for and passes over unknown ones", async ({ store }) => {
    await accept(store, "b", tasksOf(["a", "b", "c"]));
    assertEquals(idsOf(await store.load(["c", "nobody", "a"])), ["c", "a"]);
  });
}

function counters(test: RegisterTest): void {
  test("counts tasks, redistributions and results as a recount does", async ({ store }) => {
    await accept(store, "b", tasksOf(["a", "b", "c", "d"]));
    await apply(store, ["a", "b", "c"], assigned);
    await apply(store, ["a"], completed);
    await apply(store, ["b"], lost);
    await apply(store, ["b"], assigned);
    await apply(store, ["b"], lost);
    await apply(store, ["c"], (row) => ({ ...failed({ ...row, redistributions: 1 }) }));
    const counts = await store.counts();
    assertEquals(counts, {
      status: {
        pending: 1,
        assigned: 0,
        running: 0,
        redistributed: 1,
        completed: 1,
        failed: 1,
        cancelled: 0,
      },
      total: 4,
      accepted_total: 4,
      removed_total: 0,
      redistributed_total: 3,
      files_accepted: 1,
      files_rejected: 0,
      files_removed: 0,
      results_total: 1,
    });
    assertEquals(await store.recount(), counts);
    assertEquals((await store.batch("b"))?.counts, counts.status);
  });
}

/** All a store shows, to compare two moments. */
async function everything(store: Store): Promise<unknown> {
  const listed = (await store.page({}, { limit: 1_000 })).tasks;
  return {
    listed,
    details: await Promise.all(listed.map(({ task_id }) => store.task(task_id))),
    fresh: await freshIds(store),
    queues: (await store.queues()).sort((a, b) => a.priority - b.priority),
    unfinished: await store.unfinished(),
    counts: await store.counts(),
    times: await store.executionTimes(),
    totals: await store.workerTotals(),
    batches: await store.batches({ limit: 1_000 }),
    files: await store.unwrittenResultFiles(),
    results: await store.results(1, 1_000),
  };
}
