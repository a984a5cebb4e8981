/**
 * What a store promises of a file being received: invisible until accepted, then all at once.
 *
 * @module
 */
import { assertEquals, assertRejects } from "@std/assert";
import type { RegisterTest } from "./conformance_bed.ts";
import { StoreError } from "./store.ts";
import {
  accept,
  apply,
  assigned,
  changeTo,
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

  test("keeps that order however much changes while a file is received", async ({ store }) => {
    const ids = Array.from({ length: 600 }, (_, i) => `old-${i}`);
    await accept(store, "old", tasksOf(ids));
    await apply(store, ids, assigned);
    await apply(store, ids, failed);
    const intake = await store.receive(fileOf("new"));
    await intake.add(tasksOf(["x"]));
    await apply(store, ids.slice(1), requeued);
    await apply(store, ids.slice(1), assigned);
    await intake.add(tasksOf(["y"]));
    await apply(store, ids.slice(1), failed);
    await apply(store, ids.slice(1), requeued);
    const { position } = await store.claim(PYTHON, 0, 1_000);
    await intake.add(tasksOf(["z"]));
    await intake.finish({ rerun: false });
    const row = (await store.load(["old-0"]))[0]!;
    await store.commit([{ kind: "batch_accepted", batch: "new", at: 1 }, requeued(row)]);
    const { tasks } = await store.claim(PYTHON, position, 1_000);
    assertEquals(idsOf(tasks), ["x", "y", "z", "old-0"]);
    const [latest, ...rest] = idsOf(await listAll(store, {}));
    assertEquals([latest, ...rest.slice(0, 3)], ["old-0", "z", "y", "x"]);
    assertEquals(await store.recount(), await store.counts());
  });

  test("gives up a file whose acceptance failed without a trace", async ({ store }) => {
    await accept(store, "old", tasksOf(["a"]));
    const [row] = await store.load(["a"]);
    const intake = await store.receive(fileOf("bad"));
    await intake.add(tasksOf(["b", "c"]));
    await intake.finish({ rerun: false });
    const accepting = { kind: "batch_accepted", batch: "bad", at: 1 } as const;
    const stray = changeTo({ ...row!, status: "running" }, { status: "failed" });
    await assertRejects(() => store.commit([accepting, stray]), StoreError, "not there");
    assertEquals(idsOf(await listAll(store, {})), ["a"]);
    await intake.abandon();
    await accept(store, "good", tasksOf(["c"]));
    assertEquals((await store.task("c"))?.file, "good.json");
    assertEquals((await store.batch("good"))?.counts.pending, 1);
    assertEquals(await store.recount(), await store.counts());
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
