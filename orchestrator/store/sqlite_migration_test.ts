import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { assertAddsUp, removeAll } from "./conformance_removal.ts";
import { APPLICATION_ID, MIGRATIONS } from "./migrations.ts";
import { openSqliteStore } from "./sqlite.ts";
import { accept, apply, assigned, completed, idsOf, listAll, tasksOf } from "./store_testing.ts";

/** What every schema has had: a batch of a completed, a failed and a waiting task, one result. */
const CONTENT = `
INSERT INTO queues VALUES (1, 5, 'python');
INSERT INTO lanes VALUES (8, 1), (13, 1), (14, 1);
INSERT INTO batches (number, id, file, archived_as, sha256, bytes, state, received_at, accepted,
  first_seq, last_seq, pending, completed, failed)
VALUES (1, 'b', 'b.json', '20240708_143000_b.json', '00', 9, 'accepted', 1000, 3, 1, 3, 1, 1, 1);
INSERT INTO tasks (seq, task_id, batch, lane, changed, content, algorithm_written,
  priority_written, created_at, attempt, worker, completed_at, execution_ms, error, result)
VALUES
  (1, 'done', 1, 13, 4, '["python",{}]', 'python', 'medium', 1000, 1, 'w', 4000, 7, NULL, 1),
  (2, 'broken', 1, 14, 5, '["python",{}]', 'python', 'medium', 1000, 1, 'w', 4000, NULL,
    '{"kind":"task","code":"thrown","message":"It threw"}', NULL),
  (3, 'waits', 1, 8, 3, '["python",{}]', 'python', 'medium', 1000, 0, NULL, NULL, NULL, NULL,
    NULL);
INSERT INTO attempts VALUES (1, 2, 1, 'w', 2000, 3000, 4000, 'failed', NULL);
INSERT INTO results VALUES (1, 1, 1, 'w', 2000, 3000, 4000, 7,
  '{"status":"completed","output":"Done","metrics":{}}');
INSERT INTO result_files VALUES ('one.json', 1, 1, 1, 4500);
INSERT INTO farm VALUES (1, 'farm', 9, 5, 4, 1, 0, 1, 0);
`;

/** A store as a program left it whose last schema step was this one. */
function makeOld(path: string, schema: number): void {
  const database = new DatabaseSync(path);
  database.exec("PRAGMA journal_mode = WAL");
  // The content was written under the first schema; later steps have to bring it along.
  database.exec(MIGRATIONS[0]! + CONTENT + MIGRATIONS.slice(1, schema).join(""));
  database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${schema}`);
  database.close();
}

for (let schema = 1; schema < MIGRATIONS.length; schema++) {
  Deno.test(`openSqliteStore() goes on with a store of schema ${schema}`, async () => {
    const folder = await Deno.makeTempDir({ prefix: "store_" });
    const path = `${folder}/farm.db`;
    makeOld(path, schema);
    const { store, warnings } = await openSqliteStore(path);
    try {
      assertEquals([warnings, store.farm], [[], "farm"]);
      await assertAddsUp(store);
      assertEquals(idsOf(await listAll(store, {})), ["broken", "done", "waits"]);
      assertEquals((await store.counts()).accepted_total, 3);
      assertEquals((await store.executionTimes()).sum, 0.007);
      assertEquals((await store.events({}, { limit: 9 })).events, []);
      await accept(store, "new", tasksOf(["x"]));
      await apply(store, ["waits", "x"], assigned);
      await apply(store, ["waits", "x"], completed);
      assertEquals((await store.results(1, 9)).map(({ task_id }) => task_id), [
        "done",
        "waits",
        "x",
      ]);
      await store.planResultFile(() => "two.json", { at: 5_000, limit: 9 });
      await store.resultFileWritten("two.json");
      assertEquals((await removeAll(store)).tasks, 4);
      await assertAddsUp(store);
      assertEquals((await store.batches({ limit: 9 })).batches, []);
      const told = (await store.events({ batch: "b" }, { limit: 9 })).events;
      assertEquals(told.map(({ kind }) => kind), ["batch_finished"]);
    } finally {
      await store.close();
    }
    const { store: again } = await openSqliteStore(path);
    assertEquals((await again.counts()).removed_total, 4);
    await again.close();
    await Deno.remove(folder, { recursive: true });
  });
}
