import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { DatabaseSync } from "node:sqlite";
import { BEHIND_MAX } from "./handouts.ts";
import { openSqliteStore } from "./sqlite.ts";
import type { Store, TaskChange, TaskRow } from "./store.ts";
import {
  accept,
  assigned,
  changeTo,
  completed,
  failed,
  held,
  lost,
  PYTHON,
  running,
  tasksOf,
} from "./store_testing.ts";

/** What may follow on a state, as the scheduler does it with the rows it has in memory. */
const NEXT: Partial<Record<TaskRow["status"], readonly ((row: TaskRow) => TaskChange)[]>> = {
  pending: [
    (row) => assigned(row),
    (row) => assigned(row, "worker-02"),
    (row) => changeTo(row, { status: "cancelled", completed_at: 4_000 }),
  ],
  assigned: [completed, running, failed, lost, (row) => held(row, 7_000)],
  running: [completed, failed, lost],
  redistributed: [(row) => assigned(row), completed],
};

async function temporary(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "handouts_" });
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A store with waiting tasks, and their rows as the scheduler claims them. */
async function openWith(path: string, ids: readonly string[]) {
  const { store } = await openSqliteStore(path, { farm: "farm" });
  await accept(store, "b", tasksOf(ids));
  return { store, rows: (await store.claim(PYTHON, 0, ids.length)).tasks };
}

/** Commits changes of rows, and has the rows as they are afterwards. */
async function commit(store: Store, rows: TaskRow[], changes: readonly TaskChange[]) {
  await store.commit(changes);
  for (const { task } of changes) rows[task.seq - 1] = task;
}

/** All that a store tells about its tasks. */
async function story(store: Store): Promise<unknown> {
  const { tasks } = await store.page({}, { limit: 1_000 });
  assertEquals(await store.recount(), await store.counts());
  return {
    tasks,
    details: await Promise.all(tasks.map(({ task_id }) => store.task(task_id))),
    unfinished: await store.unfinished(),
    counts: await store.counts(),
    batches: await store.batches({ limit: 9 }),
    fresh: await store.claim(PYTHON, 0, 1_000),
  };
}

/** What a kill would leave: the files as they are, beside the store that is open. */
async function copyAsKilled(folder: string, to: string): Promise<string> {
  await Deno.mkdir(`${folder}/${to}`);
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (isFile) await Deno.copyFile(`${folder}/${name}`, `${folder}/${to}/${name}`);
  }
  return `${folder}/${to}/farm.db`;
}

function lines(path: string): number {
  const database = new DatabaseSync(path);
  const [line] = database.prepare("SELECT count(*) AS lines FROM handouts").all();
  database.close();
  return line!.lines as number;
}

const Commits = fc.array(
  fc.array(fc.tuple(fc.nat(7), fc.nat(9)), { minLength: 1, maxLength: 12 }),
  { minLength: 1, maxLength: 8 },
);

Deno.test("a store tells the same whether rows are behind or written at once", async () => {
  const ids = ["a", "b", "c", "d", "e", "f", "g", "h"];
  await fc.assert(
    fc.asyncProperty(Commits, (commits) =>
      temporary(async (folder) => {
        await Deno.mkdir(`${folder}/1`);
        const one = await openWith(`${folder}/farm.db`, ids);
        const other = await openWith(`${folder}/1/farm.db`, ids);
        for (const picks of commits) {
          const rows = [...one.rows];
          const changes: TaskChange[] = [];
          for (const [at, way] of picks) {
            const ways = NEXT[rows[at]!.status] ?? [];
            if (ways.length === 0) continue;
            const change = ways[way % ways.length]!(rows[at]!);
            rows[at] = change.task;
            changes.push(change);
          }
          await commit(one.store, one.rows, changes);
          await other.store.unfinished();
          await commit(other.store, other.rows, changes);
        }
        const killed = await copyAsKilled(folder, "2");
        const expected = await story(other.store);
        const { store: found } = await openSqliteStore(killed);
        assertEquals(await story(found), expected);
        assertEquals(await story(one.store), expected);
        for (const store of [one.store, other.store, found]) await store.close();
        assertEquals(lines(killed), 0);
      })),
    { numRuns: 40 },
  );
});

Deno.test("tasks that are handed out are one line until they go on", () =>
  temporary(async (folder) => {
    const { store, rows } = await openWith(`${folder}/farm.db`, ["a", "b", "c"]);
    await commit(store, rows, rows.map((row) => assigned(row)));
    const killed = await copyAsKilled(folder, "1");
    assertEquals(lines(killed), 1);
    await commit(store, rows, [completed(rows[0]!), running(rows[1]!), completed(rows[2]!)]);
    assertEquals(lines(await copyAsKilled(folder, "2")), 0);
    await store.close();
  }));

Deno.test("a task that is handed out cannot be handed out again", () =>
  temporary(async (folder) => {
    const { store, rows } = await openWith(`${folder}/farm.db`, ["a", "b"]);
    await store.commit([assigned(rows[0]!)]);
    const refused = await store.commit([assigned(rows[1]!), assigned(rows[0]!)]).catch(String);
    assertEquals(
      refused,
      "StoreError: Task a cannot go from pending to assigned in attempt 1: it is not there",
    );
    assertEquals((await store.counts()).status.assigned, 1);
    await store.close();
  }));

Deno.test("claim never gives a task that is handed out", () =>
  temporary(async (folder) => {
    const { store, rows } = await openWith(`${folder}/farm.db`, ["a", "b", "c"]);
    await store.commit([assigned(rows[0]!), assigned(rows[2]!)]);
    const { tasks } = await store.claim(PYTHON, 0, 2);
    assertEquals(tasks.map(({ task_id }) => task_id), ["b"]);
    await store.close();
  }));

Deno.test("only so many rows are behind", () =>
  temporary(async (folder) => {
    const ids = Array.from({ length: BEHIND_MAX + 2 }, (_, at) => `task-${at}`);
    const { store, rows } = await openWith(`${folder}/farm.db`, ids);
    await commit(store, rows, rows.map((row) => assigned(row)));
    const killed = await copyAsKilled(folder, "1");
    const database = new DatabaseSync(killed);
    const sql = "SELECT count(*) AS behind FROM tasks WHERE attempt = 0";
    assertEquals(database.prepare(sql).all()[0]!.behind, BEHIND_MAX);
    database.close();
    assertEquals((await store.unfinished()).length, BEHIND_MAX + 2);
    await store.close();
  }));
