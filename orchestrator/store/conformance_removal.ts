/**
 * What every store, also that of the simulation, promises of the removal of old tasks: only ended
 * ones leave, in small steps, and the books add up after each.
 *
 * @module
 */
import { assertEquals, assertRejects } from "@std/assert";
import type { TaskStatus } from "../../contract/task.ts";
import { type Store, StoreError, type TaskRow } from "./store.ts";
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
  requeued,
  running,
  tasksOf,
} from "./store_testing.ts";

/** What a store needs for these tests. */
export type RemovingStore = Pick<
  Store,
  "receive" | "commit" | "claim" | "load" | "counts" | "recount" | "removeEnded"
>;

/** Later than the end of every task of these tests but the late ones. */
export const LATER = 5_000;

/** A change like `change`, at another time. */
export function endingAt(at: number, change = (row: TaskRow) => completed(row)) {
  return (row: TaskRow) => {
    const made = change(row);
    return { ...made, task: { ...made.task, completed_at: at } };
  };
}

/** Removes what can be removed; the number of tasks and batches that left. */
export async function removeAll(
  store: Pick<Store, "removeEnded">,
  options: { before?: number; limit?: number } = {},
): Promise<{ tasks: number; batches: number; steps: number }> {
  const removed = { tasks: 0, batches: 0, steps: 0 };
  for (let cursor: string | null | undefined = undefined; cursor !== null;) {
    const step = await store.removeEnded({
      before: LATER,
      ...options,
      ...(cursor === undefined ? {} : { cursor }),
    });
    removed.tasks += step.tasks;
    removed.batches += step.batches;
    removed.steps++;
    cursor = step.next;
  }
  return removed;
}

/** The books: a recount, and everything ever accepted is there or counted as removed. */
export async function assertAddsUp(store: Pick<Store, "counts" | "recount">): Promise<void> {
  const counts = await store.counts();
  assertEquals(await store.recount(), counts);
  const states = Object.values(counts.status).reduce((a, b) => a + b);
  assertEquals([counts.total, states + counts.removed_total], [states, counts.accepted_total]);
}

export function removalConformance(
  test: (words: string, body: (store: RemovingStore) => Promise<void>) => void,
): void {
  test("removes ended tasks before a moment, and no others", async (store) => {
    const ids = ["waits", "given", "runs", "done", "broken", "dropped", "young"];
    await accept(store, "b", tasksOf(ids));
    await apply(store, ["given", "runs", "done", "broken", "young"], assigned);
    await apply(store, ["runs"], running);
    await apply(store, ["broken"], failed);
    await apply(store, ["dropped"], (row) => {
      return changeTo(row, { status: "cancelled", completed_at: 4_000 });
    });
    await apply(store, ["young"], endingAt(LATER, failed));
    await apply(store, ["done"], completed);
    await written(store);
    assertEquals((await removeAll(store)).tasks, 3);
    const left = (await store.load(ids)).map(({ task_id, status }) => [task_id, status]);
    assertEquals(left, [
      ["waits", "pending"],
      ["given", "assigned"],
      ["runs", "running"],
      ["young", "failed"],
    ]);
    const { accepted_total, removed_total, total } = await store.counts();
    assertEquals([accepted_total, removed_total, total], [7, 3, 4]);
    await assertAddsUp(store);
    assertEquals(await removeAll(store, { before: LATER }).then(({ tasks }) => tasks), 0);
  });

  test("removes in steps of bounded size, the books right after each", async (store) => {
    const ids = Array.from({ length: 25 }, (_, i) => `t${i}`);
    await accept(store, "b", tasksOf(ids));
    await apply(store, ids, assigned);
    await apply(store, ids, failed);
    let removed = 0;
    for (let cursor: string | undefined = undefined;;) {
      const options = cursor === undefined ? {} : { cursor };
      const step = await store.removeEnded({ before: LATER, limit: 4, ...options });
      assertEquals(step.tasks <= 4, true);
      removed += step.tasks;
      await assertAddsUp(store);
      if (step.next === null) break;
      cursor = step.next;
    }
    assertEquals(removed, 25);
    const counted: [TaskStatus, number][] = Object.entries((await store.counts()).status) as [];
    assertEquals(counted.filter(([, count]) => count > 0), []);
  });

  test("takes a removed task anew, whatever it is then", async (store) => {
    await accept(store, "old", tasksOf(["a"]));
    await apply(store, ["a"], assigned);
    const [row] = await apply(store, ["a"], failed);
    await removeAll(store);
    await assertRejects(async () => await store.commit([requeued(row!)]), StoreError);
    const { accepted, known } = await accept(store, "new", tasksOf(["a"], { timeout: 3 }));
    assertEquals([accepted, known], [1, 0]);
    assertEquals(await freshIds(store), ["a"]);
    const [again] = await store.load(["a"]);
    assertEquals([again!.batch, again!.attempt, again!.timeout_ms], ["new", 0, 3_000]);
    await assertAddsUp(store);
  });

  test("keeps what a file being received knows until it is accepted", async (store) => {
    await accept(store, "old", tasksOf(["a", "b", "c"]));
    await apply(store, ["a", "b", "c"], assigned);
    await apply(store, ["a", "b", "c"], failed);
    const intake = await store.receive(fileOf("again"));
    await intake.add(tasksOf(["b", "x"]));
    assertEquals((await removeAll(store, { limit: 1 })).tasks, 2);
    const { requeue } = await intake.finish({ rerun: false });
    assertEquals(idsOf(requeue), ["b"]);
    assertEquals((await removeAll(store)).tasks, 0);
    const revived = requeue.map((row) => requeued(row));
    await store.commit([{ kind: "batch_accepted", batch: "again", at: 1 }, ...revived]);
    assertEquals((await freshIds(store)).sort(), ["b", "x"]);
    await assertAddsUp(store);
  });
}

/** Results must be in a written file before their tasks may go; the simulation knows no files. */
async function written(store: RemovingStore & Partial<Store>): Promise<void> {
  const file = await store.planResultFile?.(() => "written.json", { at: 1, limit: 100 });
  if (file) await store.resultFileWritten!(file.name);
}
