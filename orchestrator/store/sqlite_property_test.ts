import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { TASK_STATUSES, TERMINAL_STATUSES } from "../../contract/task.ts";
import { assertAddsUp, removeAll } from "./conformance_removal.ts";
import { openSqliteStore } from "./sqlite.ts";
import type { QueueKey, Store, TaskChange, TaskRow } from "./store.ts";
import * as given from "./store_testing.ts";

/** The simplest thing that could keep the promises: everything in a map, counted when asked. */
class Model {
  readonly tasks = new Map<string, { row: TaskRow; fresh: boolean; changed: number }>();
  results: { id: string; number: number }[] = [];
  redistributed = 0;
  files = 0;
  accepted = 0;
  /** Results up to this one are in files; tasks unchanged since that change need them no more. */
  written = 0;
  settled = 0;
  #numbers = 0;
  #clock = 0;

  add(id: string, row: TaskRow): void {
    this.accepted++;
    this.tasks.set(id, { row, fresh: true, changed: ++this.#clock });
  }

  write(): void {
    if (this.written === this.#numbers) return;
    this.written = this.#numbers;
    this.settled = this.#clock;
  }

  /** What is old here is everything that has ended; `kept` is known to a file being received. */
  remove(kept: ReadonlySet<string>): void {
    const settled = this.written === this.#numbers ? this.#clock : this.settled;
    for (const [id, { row, changed }] of this.tasks) {
      const ended = TERMINAL_STATUSES.some((status) => status === row.status);
      if (ended && changed <= settled && !kept.has(id)) this.tasks.delete(id);
    }
    const current = new Map<string, number>();
    for (const { id, number } of this.results) current.set(id, number);
    this.results = this.results.filter(({ id, number }) => {
      if (number > this.written) return true;
      const status = this.tasks.get(id)?.row.status;
      return status === "completed" && current.get(id) === number;
    });
  }

  apply(change: TaskChange): void {
    const known = this.tasks.get(change.task.task_id)!;
    this.redistributed += change.task.redistributions - known.row.redistributions;
    this.tasks.set(change.task.task_id, {
      row: structuredClone(change.task),
      fresh: change.requeued === true,
      changed: ++this.#clock,
    });
    if (change.result !== undefined) {
      this.results.push({ id: change.task.task_id, number: ++this.#numbers });
    }
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
  | { kind: "write" }
  | { kind: "remove"; limit: number }
  | { kind: "reopen" };

const changes = fc.record({
  kind: fc.constant("changes" as const),
  picks: fc.array(fc.nat(), { minLength: 1, maxLength: 8 }),
});
const remove = fc.record({
  kind: fc.constant("remove" as const),
  limit: fc.constantFrom(1, 3, 200),
});
const file = fc.record({
  kind: fc.constant("file" as const),
  ids: fc.uniqueArray(fc.nat(40), { maxLength: 10 }),
  priority: fc.constantFrom(2, 5),
  abandoned: fc.boolean(),
  during: fc.array(fc.oneof(changes, remove) as fc.Arbitrary<Step>, { maxLength: 3 }),
});
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: file as fc.Arbitrary<Step> },
    { weight: 6, arbitrary: changes as fc.Arbitrary<Step> },
    { weight: 1, arbitrary: fc.constant<Step>({ kind: "reopen" }) },
    { weight: 1, arbitrary: fc.constant<Step>({ kind: "write" }) },
    { weight: 1, arbitrary: remove as fc.Arbitrary<Step> },
  ),
  { maxLength: 30, size: "max" },
);

/** A store and its model under the same steps. */
class Run {
  readonly model = new Model();
  #batch = 0;
  #file = 0;
  #known: ReadonlySet<string> = new Set();

  constructor(public store: Store, readonly path: string) {}

  async step(step: Step): Promise<void> {
    if (step.kind === "changes") await this.#change(step.picks);
    else if (step.kind === "file") await this.#receive(step);
    else if (step.kind === "write") await this.#write();
    else if (step.kind === "remove") {
      await removeAll(this.store, { limit: step.limit });
      this.model.remove(this.#known);
    } else {
      await this.store.close();
      this.store = (await openSqliteStore(this.path)).store;
      this.model.settled = 0;
    }
  }

  async #write(): Promise<void> {
    const name = `file-${++this.#file}`;
    const planned = await this.store.planResultFile(() => name, { at: 1, limit: 1e6 });
    if (planned !== null) await this.store.resultFileWritten(name);
    this.model.write();
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

  async #receive(step: Extract<Step, { kind: "file" }>): Promise<void> {
    const batch = `batch-${++this.#batch}`;
    const intake = await this.store.receive(given.fileOf(batch));
    const ids = step.ids.map((id) => `task-${id}`);
    const more = { priority: step.priority, priority_written: step.priority };
    await intake.add(given.tasksOf(ids, more));
    this.#known = new Set(ids);
    for (const inner of step.during) await this.step(inner);
    this.#known = new Set();
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
    await assertAddsUp(store);
    assertEquals(counts.accepted_total, model.accepted);
    for (const status of TASK_STATUSES) {
      const expected = model.ids(({ row }) => row.status === status);
      assertEquals(counts.status[status], expected.length, status);
      const listed = await given.listAll(store, { status: [status] }, 7);
      assertEquals(given.idsOf(listed), expected.reverse(), status);
    }
    assertEquals(counts.redistributed_total, model.redistributed);
    assertEquals([counts.total, counts.files_accepted], [model.tasks.size, model.files]);
    const results = (await store.results(1, 1e6)).map(({ number, task_id }) => [number, task_id]);
    assertEquals(results, model.results.map(({ id, number }) => [number, id]));
    await this.#checkWaiting();
    const { batches } = await store.batches({ limit: 1_000 });
    assertEquals(batches.length, counts.files_accepted - counts.files_removed);
    for (const batch of batches) {
      const sum = Object.values(batch.counts).reduce((a, b) => a + b);
      assertEquals(sum + batch.removed, batch.accepted, batch.id);
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
