/**
 * What a store promises of files: invisible until accepted, then all at once; known tasks are told
 * from new ones.
 *
 * @module
 */
import { assertEquals, assertRejects } from "@std/assert";
import type { RegisterTest } from "./store_conformance.ts";
import { StoreError } from "./store.ts";
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
  requeued,
  tasksOf,
} from "./store_testing.ts";

export function intakeConformance(test: RegisterTest): void {
  visibility(test);
  conflicts(test);
  knownTasks(test);
  receipts(test);
}

function visibility(test: RegisterTest): void {
  test("shows nothing of a file before it is accepted, then all of it", async ({ store }) => {
    await accept(store, "old", tasksOf(["a"]));
    const intake = await store.receive(fileOf("new"));
    await intake.add(tasksOf(["b", "c"]));
    await intake.finish({ rerun: false });
    const seen = async () => [
      await freshIds(store),
      idsOf(await listAll(store, {})).sort(),
      idsOf(await listAll(store, { text: "b" })),
      (await store.task("b"))?.task_id,
      idsOf(await store.load(["b"])),
      idsOf((await store.batchTasks("new", { limit: 9 })).tasks),
      await store.queues(),
      (await store.counts()).total,
      await store.count({}),
      await store.count({ text: "b" }),
    ];
    assertEquals(await seen(), [
      ["a"],
      ["a"],
      [],
      undefined,
      [],
      [],
      [{ ...PYTHON, count: 1 }],
      1,
      1,
      0,
    ]);
    assertEquals(await store.recount(), await store.counts());
    await store.commit([{ kind: "batch_accepted", batch: "new", at: 1 }]);
    assertEquals(await seen(), [
      ["a", "b", "c"],
      ["a", "b", "c"],
      ["b"],
      "b",
      ["b"],
      ["b", "c"],
      [{ ...PYTHON, count: 3 }],
      3,
      3,
      1,
    ]);
    assertEquals(await store.recount(), await store.counts());
  });

  test("forgets a file that was not accepted when it is opened again", async (given) => {
    const intake = await given.store.receive(fileOf("lost"));
    await intake.add(tasksOf(["a", "b"]));
    const store = await given.reopen();
    assertEquals(await listAll(store, {}), []);
    assertEquals(await store.batch("lost"), null);
    await accept(store, "lost", tasksOf(["b", "a"]));
    assertEquals(await freshIds(store), ["b", "a"]);
    assertEquals(await store.recount(), await store.counts());
  });

  test("forgets an abandoned file", async ({ store }) => {
    await accept(store, "old", tasksOf(["known"]));
    const intake = await store.receive(fileOf("given-up"));
    await intake.add(tasksOf(["a", "known", "b"]));
    await intake.abandon();
    assertEquals(await store.batch("given-up"), null);
    const { accepted } = await accept(store, "given-up", tasksOf(["a"], { algorithm: "cython" }));
    assertEquals(accepted, 1);
    assertEquals((await store.task("a"))?.batch, "given-up");
    assertEquals(idsOf((await store.batchTasks("given-up", { limit: 9 })).tasks), ["a"]);
    await assertRejects(() => intake.add(tasksOf(["c"])), StoreError, "not being received");
  });

  test("puts a file behind everything that changed while it was received", async ({ store }) => {
    await accept(store, "old", tasksOf(["a"]));
    await apply(store, ["a"], assigned);
    await apply(store, ["a"], failed);
    const intake = await store.receive(fileOf("new"));
    await intake.add(tasksOf(["x"]));
    await apply(store, ["a"], requeued);
    const { tasks, position } = await store.claim(PYTHON, 0, 9);
    assertEquals(idsOf(tasks), ["a"]);
    await intake.add(tasksOf(["y"]));
    await intake.finish({ rerun: false });
    await store.commit([{ kind: "batch_accepted", batch: "new", at: 1 }]);
    assertEquals(idsOf((await store.claim(PYTHON, position, 9)).tasks), ["x", "y"]);
    assertEquals(idsOf(await listAll(store, {})), ["y", "x", "a"]);
  });
}

function conflicts(test: RegisterTest): void {
  test("reports ids with other content and ids that come twice", async ({ store }) => {
    await accept(store, "old", tasksOf(["a", "b"]));
    const intake = await store.receive(fileOf("new"));
    const first = await intake.add(tasksOf(["n", "a", "n"]));
    const other = await intake.add([
      ...tasksOf(["b"], { parameters: { num_particles: 11 } }),
      ...tasksOf(["a"]),
      ...tasksOf(["n"]),
    ].map((task, i) => ({ ...task, index: i + 3 })));
    assertEquals([...first.conflicts, ...other.conflicts], [
      { index: 2, task_id: "n", kind: "twice" },
      { index: 3, task_id: "b", kind: "other_content" },
      { index: 4, task_id: "a", kind: "twice" },
      { index: 5, task_id: "n", kind: "twice" },
    ]);
    await intake.abandon();
    assertEquals((await store.counts()).total, 2);
  });

  test("receives one file at a time, and accepts only a complete one", async ({ store }) => {
    const intake = await store.receive(fileOf("one"));
    await assertRejects(() => store.receive(fileOf("two")), StoreError, "beside another");
    await intake.add(tasksOf(["a"]));
    const accepting = (batch: string) => store.commit([{ kind: "batch_accepted", batch, at: 1 }]);
    await assertRejects(() => accepting("one"), StoreError, "before finish");
    await assertRejects(() => accepting("two"), StoreError, "not being received");
    await intake.finish({ rerun: false });
    await assertRejects(() => intake.add(tasksOf(["b"])), StoreError, "complete");
    await accepting("one");
    await assertRejects(() => accepting("one"), StoreError, "not being received");
    await assertRejects(() => intake.abandon(), StoreError, "not being received");
    await assertRejects(() => store.receive(fileOf("one")), StoreError, "exists already");
    assertEquals(await freshIds(store), ["a"]);
  });
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
