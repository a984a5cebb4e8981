import { assertEquals, assertThrows } from "@std/assert";
import { Connection, translate } from "./connection.ts";
import { StoreError } from "./store.ts";

Deno.test("Connection keeps a log and syncs every commit", async () => {
  const folder = await Deno.makeTempDir({ prefix: "store_" });
  const connection = new Connection(`${folder}/farm.db`);
  assertEquals(connection.get("PRAGMA journal_mode"), ["wal"]);
  assertEquals(connection.number("PRAGMA synchronous"), 2);
  assertEquals(connection.get("PRAGMA locking_mode"), ["exclusive"]);
  connection.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("Connection.transaction() keeps nothing when its work throws", async () => {
  const folder = await Deno.makeTempDir({ prefix: "store_" });
  const connection = new Connection(`${folder}/farm.db`);
  connection.exec("CREATE TABLE numbers (n INTEGER UNIQUE)");
  const add = (...numbers: number[]) =>
    connection.transaction(() => {
      for (const n of numbers) connection.run("INSERT INTO numbers VALUES (?)", n);
    });
  add(1);
  assertThrows(() => add(2, 1), Error, "UNIQUE");
  add(3);
  assertEquals(connection.all("SELECT n FROM numbers"), [[1], [3]]);
  connection.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("translate() names what kept SQLite or the system from writing", () => {
  const code = (message: string) => {
    const error = translate("farm.db", new Error(message));
    return error instanceof StoreError ? error.code : null;
  };
  assertEquals(code("database or disk is full"), "full");
  assertEquals(code("No space left on device (os error 28)"), "full");
  assertEquals(code("disk I/O error"), "io");
  assertEquals(code("Input/output error (os error 5)"), "io");
  assertEquals(code("attempt to write a readonly database"), "io");
  assertEquals(code("database disk image is malformed"), "corrupt");
  assertEquals(code("file is not a database"), "corrupt");
  assertEquals(code("database is locked"), "locked");
  assertEquals(code("UNIQUE constraint failed: a.x"), null);
  const misuse = new StoreError("misuse", "disk I/O error");
  assertEquals(translate("farm.db", misuse), misuse);
});
