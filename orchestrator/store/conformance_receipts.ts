/**
 * What a store promises of files that were taken or refused: which tasks were known, what is kept.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { RegisterTest } from "./conformance_bed.ts";
import {
  accept,
  apply,
  assigned,
  changeTo,
  completed,
  failed,
  fileOf,
  freshIds,
  idsOf,
  listAll,
  PYTHON,
  tasksOf,
} from "./store_testing.ts";

export function receiptsConformance(test: RegisterTest): void {
  knownTasks(test);
  receipts(test);
}

function knownTasks(test: RegisterTest): void {
  test("tells known tasks from new ones, in the order of the file", async ({ store }) => {
    await accept(store, "old", tasksOf(["a", "b", "c"]));
    const report = await accept(store, "new", tasksOf(["c", "x", "a", "b", "y"]));
    assertEquals([report.accepted, report.known, report.requeue.length], [2, 3, 0]);
    const listed: string[] = [];
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const page = await store.batchTasks("new", {
        limit: 2,
        ...(cursor === undefined ? {} : { cursor }),
      });
      listed.push(...idsOf(page.tasks));
      cursor = page.next;
    }
    assertEquals(listed, ["c", "x", "a", "b", "y"]);
    assertEquals((await store.task("a"))?.batch, "old");
    assertEquals(idsOf(await listAll(store, { batch: "new" })).sort(), ["x", "y"]);
    const record = (await store.batch("new"))!;
    assertEquals([record.accepted, record.known, record.requeued], [2, 3, 0]);
    assertEquals(record.counts.pending, 2);
  });

  test("names failed and cancelled tasks to run again, with rerun completed ones, too", async ({ store }) => {
    const ids = ["waits", "done", "broken", "dropped"];
    await accept(store, "old", tasksOf(ids));
    await apply(store, ["done", "broken"], assigned);
    await apply(store, ["done"], completed);
    await apply(store, ["broken"], failed);
    await apply(store, ["dropped"], (row) => changeTo(row, { status: "cancelled" }));
    const again = await accept(store, "again", tasksOf(ids));
    assertEquals(idsOf(again.requeue), ["broken", "dropped"]);
    assertEquals([again.accepted, again.known, again.queues], [0, 2, []]);
    assertEquals(await freshIds(store), ["waits", "broken", "dropped"]);
    assertEquals((await store.task("broken"))?.batch, "old");
    const rerun = await accept(store, "rerun", tasksOf(ids), { rerun: true });
    assertEquals(idsOf(rerun.requeue), ["done"]);
    assertEquals((await store.batch("rerun"))?.requeued, 1);
    assertEquals((await store.batch("old"))?.counts.pending, 4);
    assertEquals(await store.recount(), await store.counts());
  });

  test("says in which queues the new tasks of a file are going to wait", async ({ store }) => {
    const intake = await store.receive(fileOf("b"));
    await intake.add([...tasksOf(["a"]), ...tasksOf(["b"], { priority: 8, priority_written: 8 })]);
    const { queues } = await intake.finish({ rerun: false });
    assertEquals(queues, [PYTHON, { priority: 8, algorithm: "python" }]);
  });
}

function receipts(test: RegisterTest): void {
  test("keeps what was written in the file", async (given) => {
    const [task] = tasksOf(["a"], {
      priority: 8,
      priority_written: "high",
      description: "Una descripción",
      timeout: 1.5,
      extra: { owner: "Ana", tags: [1, 2] },
    });
    await accept(given.store, "b", [task!]);
    const store = await given.reopen();
    const { seq: _, ...row } = (await store.page({}, { limit: 1 })).tasks[0]!;
    assertEquals(row, {
      task_id: "a",
      batch: "b",
      algorithm: "python",
      content: '["python",{"num_particles":10,"num_steps":0,"seed":42}]',
      priority: 8,
      created_at: 1_000,
      timeout_ms: 1_500,
      status: "pending",
      attempt: 0,
      worker: null,
      assigned_at: null,
      started_at: null,
      completed_at: null,
      execution_ms: null,
      retry_count: 0,
      redistributions: 0,
      crashes: 0,
      not_before: null,
      error: null,
      tried: [],
      algorithm_written: "benchmark.py",
      priority_written: "high",
      description: "Una descripción",
      extra: { owner: "Ana", tags: [1, 2] },
      file: "b.json",
      result: null,
    });
  });

  test("keeps receipts of accepted and refused files, newest first", async (given) => {
    await accept(given.store, "first", tasksOf(["a"]));
    const errors = [{ path: "tasks[0]", code: "missing", message: "Not there" }];
    await given.store.reject(fileOf("second", { file: "first.json" }), errors, 7);
    await accept(given.store, "third", tasksOf(["a"]));
    const store = await given.reopen();
    const pages = [await store.batches({ limit: 2 })];
    pages.push(await store.batches({ limit: 2, cursor: pages[0]!.next! }));
    assertEquals(pages.map((page) => page.batches.map(({ id }) => id)), [
      ["third", "second"],
      ["first"],
    ]);
    assertEquals(pages[1]!.next, null);
    const refused = (await store.batch("20240708_143000_second.json"))!;
    assertEquals([refused.state, refused.errors, refused.errors_total], ["rejected", errors, 7]);
    assertEquals((await store.batch("first.json"))?.id, "second");
    assertEquals((await store.batch("first"))?.metadata, { source: "first" });
    assertEquals((await store.batch("third"))?.finished_at, 2_000);
    assertEquals(await store.batch("fourth"), null);
    const counts = await store.counts();
    assertEquals([counts.files_accepted, counts.files_rejected], [2, 1]);
  });
}
