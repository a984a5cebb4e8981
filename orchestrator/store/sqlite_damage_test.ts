import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { openSqliteStore } from "./sqlite.ts";
import type { StoreError, StoreErrorCode } from "./store.ts";
import { accept, apply, assigned, completed, idsOf, listAll, tasksOf } from "./store_testing.ts";

/** Runs `body` with the path of a store that does not exist yet. */
async function inFolder(body: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "store_" });
  try {
    await body(`${folder}/farm.db`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function fill(path: string, batches: readonly string[] = ["one"]): Promise<void> {
  const { store } = await openSqliteStore(path);
  for (const batch of batches) await accept(store, batch, manyTasks(batch));
  await store.close();
}

function manyTasks(batch: string) {
  return tasksOf(Array.from({ length: 500 }, (_, i) => `${batch}-${i}`));
}

/** What a crash leaves behind: the files of a store that was not closed. */
async function crashed(path: string): Promise<void> {
  const living = `${path}.${crypto.randomUUID()}`;
  const { store } = await openSqliteStore(living);
  await accept(store, "one", manyTasks("one"));
  await store.close();
  const { store: again } = await openSqliteStore(living);
  for (const batch of ["two", "three"]) await accept(again, batch, manyTasks(batch));
  for (const suffix of ["", "-wal", ".lock"]) await Deno.copyFile(living + suffix, path + suffix);
  await again.close();
}

async function refuses(path: string, code: StoreErrorCode, words: string): Promise<StoreError> {
  const error = await assertRejects(() => openSqliteStore(path)) as StoreError;
  assertEquals(error.name, "StoreError", String(error.stack));
  assertEquals(error.code, code, error.message);
  assertStringIncludes(error.message, words);
  return error;
}

async function overwrite(path: string, offset: number, bytes: Uint8Array): Promise<void> {
  using file = await Deno.open(path, { write: true });
  await file.seek(offset, Deno.SeekMode.Start);
  await file.write(bytes);
}

Deno.test("openSqliteStore() refuses a folder that another one has, until that is closed", async () => {
  await inFolder(async (path) => {
    const { store } = await openSqliteStore(path);
    const error = await refuses(path, "locked", "Another orchestrator works with the folder");
    assertStringIncludes(error.message, path.slice(0, path.lastIndexOf("/")));
    await store.close();
    await (await openSqliteStore(path)).store.close();
  });
});

Deno.test("openSqliteStore() refuses a store of a newer program", async () => {
  await inFolder(async (path) => {
    await fill(path);
    await Deno.remove(`${path}.lock`);
    const database = new DatabaseSync(path);
    database.exec("PRAGMA user_version = 99");
    database.close();
    await refuses(path, "schema", "newer version");
  });
});

Deno.test("openSqliteStore() refuses files that are not a store, and leaves them alone", async () => {
  await inFolder(async (path) => {
    await Deno.writeTextFile(path, "My shopping list\n".repeat(100));
    await refuses(path, "corrupt", "not a database");
    await Deno.remove(path);
    const other = new DatabaseSync(path);
    other.exec("CREATE TABLE recipes (name TEXT)");
    other.close();
    await refuses(path, "corrupt", "another program");
    const again = new DatabaseSync(path);
    assertEquals(again.prepare("SELECT name FROM sqlite_schema").all().length, 1);
    again.close();
  });
});

Deno.test("openSqliteStore() finds any changed byte after a clean stop", async () => {
  await inFolder(async (path) => {
    await fill(path);
    const good = await Deno.readFile(path);
    for (let i = 1; i < 20; i++) {
      const offset = Math.floor(good.length * i / 20);
      await overwrite(path, offset, new Uint8Array([good[offset]! ^ 0x10]));
      await refuses(path, "corrupt", "changed after it was closed");
      await Deno.writeFile(path, good);
    }
    const { store } = await openSqliteStore(path);
    assertEquals((await store.counts()).total, 500);
    await store.close();
  });
});

Deno.test("openSqliteStore() finds a store that was cut, emptied, deleted or replaced", async () => {
  await inFolder(async (path) => {
    await fill(path);
    await Deno.copyFile(path, `${path}.old`);
    await fill(path, ["two"]);
    await Deno.truncate(path, 8192);
    await refuses(path, "corrupt", "changed after it was closed");
    await Deno.truncate(path, 0);
    await refuses(path, "corrupt", "it is gone");
    await Deno.remove(path);
    await refuses(path, "corrupt", "it is gone");
    await Deno.copyFile(`${path}.old`, path);
    await refuses(path, "corrupt", "changed after it was closed");
    await Deno.remove(`${path}.lock`);
    const { store } = await openSqliteStore(path);
    assertEquals((await store.counts()).total, 500);
    await store.close();
  });
});

Deno.test("openSqliteStore() goes on after a crash with all that was acknowledged", async () => {
  await inFolder(async (path) => {
    await crashed(path);
    const { store, warnings } = await openSqliteStore(path);
    assertEquals(warnings, []);
    assertEquals((await store.counts()).total, 1_500);
    assertEquals(await store.recount(), await store.counts());
    await store.close();
  });
});

Deno.test("openSqliteStore() knows all execution times after a crash", async () => {
  await inFolder(async (path) => {
    const { store } = await openSqliteStore(path);
    for (let i = 0; i < 13; i++) {
      const tasks = manyTasks(`batch-${i}`);
      await accept(store, `batch-${i}`, tasks);
      const rows = await apply(store, tasks.map(({ spec }) => spec.task_id), assigned);
      await store.commit(rows.map((row, k) => completed(row, i * 500 + k)));
    }
    const times = await store.executionTimes();
    assertEquals([times.count, times.max], [6_500, 6.499]);
    const copy = `${path}.copy`;
    for (const suffix of ["", "-wal", ".lock"]) await Deno.copyFile(path + suffix, copy + suffix);
    await store.close();
    const { store: again } = await openSqliteStore(copy);
    assertEquals(await again.executionTimes(), times);
    assertEquals(await again.recount(), await again.counts());
    await again.close();
  });
});

Deno.test("openSqliteStore() finds a log that was cut, damaged or deleted after a crash", async () => {
  await inFolder(async (path) => {
    await crashed(path);
    const log = await Deno.readFile(`${path}-wal`);
    const missing = "commits are missing";
    await Deno.truncate(`${path}-wal`, log.length - 5_000);
    await refuses(path, "corrupt", missing);
    await crashed(path);
    await overwrite(`${path}-wal`, log.length >> 1, new Uint8Array(64).fill(0xa5));
    await refuses(path, "corrupt", missing);
    await crashed(path);
    await Deno.remove(`${path}-wal`);
    await refuses(path, "corrupt", missing);
  });
});

Deno.test("openSqliteStore() finds torn pages and missing rows after a crash", async () => {
  await inFolder(async (path) => {
    await crashed(path);
    await Deno.remove(`${path}.lock`);
    const pages = (await Deno.stat(path)).size / 4096;
    await Deno.remove(`${path}-wal`);
    for (const page of [3, 4, Math.floor(pages / 2), pages - 1]) {
      await overwrite(path, page * 4096, new Uint8Array(4096).fill(0x5a));
    }
    await refuses(path, "corrupt", "Damaged");
    await Deno.remove(path);
    await fill(path);
    const database = new DatabaseSync(path);
    database.exec("DELETE FROM tasks WHERE seq = 7");
    database.close();
    await Deno.remove(`${path}.lock`);
    await refuses(path, "corrupt", "misses tasks");
    await Deno.remove(path);
    await fill(path);
    const another = new DatabaseSync(path);
    another.exec("PRAGMA ignore_check_constraints = ON; UPDATE batches SET state = 'odd'");
    another.close();
    await Deno.remove(`${path}.lock`);
    await refuses(path, "corrupt", "CHECK constraint failed");
  });
});

Deno.test("openSqliteStore() finds the store of another farm in its place", async () => {
  await inFolder(async (path) => {
    await crashed(path);
    await Deno.remove(path);
    await Deno.remove(`${path}-wal`);
    await fill(`${path}.other`);
    await Deno.copyFile(`${path}.other`, path);
    await refuses(path, "corrupt", "another farm");
    await Deno.remove(path);
    const empty = new DatabaseSync(path);
    empty.exec("CREATE TABLE t (x); DROP TABLE t");
    empty.close();
    await refuses(path, "corrupt", "it is empty");
  });
});

Deno.test("openSqliteStore() warns when it cannot tell what was acknowledged", async () => {
  await inFolder(async (path) => {
    await fill(path);
    await Deno.writeTextFile(`${path}.lock`, "???");
    const { store, warnings } = await openSqliteStore(path);
    assertEquals(warnings.length, 1);
    assertStringIncludes(warnings[0]!, "could not be read");
    await apply(store, ["one-1"], assigned);
    await apply(store, ["one-1"], completed);
    await store.close();
    const again = await openSqliteStore(path);
    assertEquals(again.warnings, []);
    assertEquals(idsOf(await listAll(again.store, { status: ["completed"] })), ["one-1"]);
    await again.store.close();
  });
});

Deno.test("openSqliteStore() refuses every call after it was closed", async () => {
  await inFolder(async (path) => {
    const { store } = await openSqliteStore(path);
    await store.close();
    const error = await assertRejects(() => store.page({}, { limit: 1 })) as StoreError;
    assertStringIncludes(error.message, "is closed");
    await assertRejects(() => store.commit([]), Error, "is closed");
  });
});
