import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { TASK_STATUSES } from "../../contract/task.ts";
import { openSqliteStore } from "./sqlite.ts";
import type { QueueKey, Store, TaskChange, TaskRow } from "./store.ts";
import * as given from "./store_testing.ts";

/** The simplest thing that could keep the promises: everything in a map, counted when asked. */
class Model {
  readonly tasks = new Map<string, { row: TaskRow; fresh: boolean; changed: number }>();
  readonly results: string[] = [];
  redistributed = 0;
  files = 0;
  #clock = 0;

  add(id: string, row: TaskRow): void {
    this.tasks.set(id, { row, fresh: true, changed: ++this.#clock });
  }

  apply(change: TaskChange): void {
    const known = this.tasks.get(change.task.task_id)!;
    this.redistributed += change.task.redistributions - known.row.redistributions;
    this.tasks.set(change.task.task_id, {
      row: structuredClone(change.task),
      fresh: change.requeued === true,
      changed: ++this.#clock,
    });
    if (change.result !== undefined) this.results.push(change.task.task_id);
  }

  ids(fits: (task: { row: TaskRow; fresh: boolean }) => boolean): string[] {
    return [...this.tasks.values()].filter(fits).sort((a, b) => a.changed - b.changed)
      .map(({ row }) => row.task_id);
  }
}

/** What can happen to a task, by the state it is in. */
const MOVES: Record<string, ((row: TaskRow) => TaskChange)[]> = {
  pending: [
    (row) => given.assigned(row),
    (row) => given.changeTo(row, { status: "cancelled", completed_at: 1 }),
  ],
  assigned: [
    given.running,
    (row) => given.completed(row),
    given.lost,
    (row) => given.held(row, null),
    given.failed,
  ],
  running: [
    (row) => given.completed(row, 3),
    given.failed,
    given.lost,
    (row) => given.held(row, 9_000),
  ],
  redistributed: [(row) => given.assigned(row, "worker-02"), given.failed],
  completed: [given.requeued],
  failed: [given.requeued],
  cancelled: [given.requeued],
};

type Step =
  | { kind: "file"; ids: number[]; priority: number; abandoned: boolean; during: Step[] }
  | { kind: "changes"; picks: number[] }
  | { kind: "reopen" };

const changes = fc.record({
  kind: fc.constant("changes" as const),
  picks: fc.array(fc.nat(), { minLength: 1, maxLength: 8 }),
});
const file = fc.record({
  kind: fc.constant("file" as const),
  ids: fc.uniqueArray(fc.nat(40), { maxLength: 10 }),
  priority: fc.constantFrom(2, 5),
  abandoned: fc.boolean(),
  during: fc.array(changes as fc.Arbitrary<Step>, { maxLength: 2 }),
});
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: file as fc.Arbitrary<Step> },
    { weight: 6, arbitrary: changes as fc.Arbitrary<Step> },
    { weight: 1, arbitrary: fc.constant<Step>({ kind: "reopen" }) },
  ),
  { maxLength: 30, size: "max" },
);

/** A store and its model under the same steps. */
class Run {
  readonly model = new Model();
  #batch = 0;

  constructor(public store: Store, readonly path: string) {}

  async step(step: Step): Promise<void> {
    if (step.kind === "changes") await this.#change(step.picks);
    else if (step.kind === "file") await this.#file(step);
    else {
      await this.store.close();
      this.store = (await openSqliteStore(this.path)).store;
    }
  }

  /** Each pick names a task and what happens to it; a task once a commit. */
  async #change(picks: readonly number[]): Promise<void> {
    const all = [...this.model.tasks.values()];
    if (all.length === 0) return;
    const picked = new Map<string, TaskChange>();
    for (const pick of picks) {
      const { row } = all[pick % all.length]!;
      const moves = MOVES[row.status]!;
      picked.set(row.task_id, moves[Math.floor(pick / all.length) % moves.length]!(row));
    }
    await this.store.commit([...picked.values()]);
    for (const change of picked.values()) this.model.apply(change);
  }

  async #file(step: Extract<Step, { kind: "file" }>): Promise<void> {
    const batch = `batch-${++this.#batch}`;
    const intake = await this.store.receive(given.fileOf(batch));
    const ids = step.ids.map((id) => `task-${id}`);
    const more = { priority: step.priority, priority_written: step.priority };
    await intake.add(given.tasksOf(ids, more));
    for (const inner of step.during) await this.step(inner);
    if (step.abandoned) return await intake.abandon();
    const report = await intake.finish({ rerun: false });
    const revived = report.requeue.map(given.requeued);
    await this.store.commit([{ kind: "batch_accepted", batch, at: 1 }, ...revived]);
    const fresh = ids.filter((id) => !this.model.tasks.has(id));
    assertEquals(report.accepted, fresh.length);
    for (const row of await this.store.load(fresh)) this.model.add(row.task_id, row);
    for (const change of revived) this.model.apply(change);
    this.model.files++;
    const listed = await this.store.batchTasks(batch, { limit: 100 });
    assertEquals(given.idsOf(listed.tasks), ids);
  }

  async check(): Promise<void> {
    const { model, store } = this;
    const counts = await store.counts();
    assertEquals(await store.recount(), counts);
    for (const status of TASK_STATUSES) {
      const expected = model.ids(({ row }) => row.status === status);
      assertEquals(counts.status[status], expected.length, status);
      const listed = await given.listAll(store, { status: [status] }, 7);
      assertEquals(given.idsOf(listed), expected.reverse(), status);
    }
    assertEquals(counts.redistributed_total, model.redistributed);
    assertEquals([counts.total, counts.files_accepted], [model.tasks.size, model.files]);
    assertEquals(given.idsOf(await store.results(1, 1e6)), model.results);
    await this.#checkWaiting();
    const { batches } = await store.batches({ limit: 1_000 });
    for (const batch of batches) {
      const sum = Object.values(batch.counts).reduce((a, b) => a + b);
      assertEquals(sum, batch.accepted, batch.id);
    }
  }

  async #checkWaiting(): Promise<void> {
    const { model, store } = this;
    const queues: (QueueKey & { count: number })[] = [];
    for (const priority of [2, 5]) {
      const key = { priority, algorithm: "python" };
      const expected = model.ids(({ row, fresh }) => fresh && row.priority === priority);
      assertEquals(await given.freshIds(store, key), expected);
      if (expected.length > 0) queues.push({ ...key, count: expected.length });
    }
    const found = await store.queues();
    assertEquals(found.sort((a, b) => a.priority - b.priority), queues);
    const waits = ["pending", "assigned", "running", "redistributed"];
    const unfinished = model.ids(({ row, fresh }) => !fresh && waits.includes(row.status));
    assertEquals(given.idsOf(await store.unfinished()).sort(), unfinished.sort());
    const rows = await store.load(unfinished);
    assertEquals(rows, unfinished.map((id) => model.tasks.get(id)!.row));
  }
}

Deno.test("openSqliteStore() agrees with a model whatever happens in whatever order", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (steps) => {
      const folder = await Deno.makeTempDir({ prefix: "store_" });
      const path = `${folder}/farm.db`;
      const run = new Run((await openSqliteStore(path)).store, path);
      try {
        for (const step of steps) {
          await run.step(step);
          await run.check();
        }
      } finally {
        await run.store.close();
        await Deno.remove(folder, { recursive: true });
      }
    }),
    { numRuns: 60 },
  );
});
