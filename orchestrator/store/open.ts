/**
 * Opens and closes the file of a store: the lock, the schema, the checks.
 *
 * @module
 */
import { dirname } from "node:path";
import { Connection, guard } from "./connection.ts";
import { catchUpFile } from "./handouts.ts";
import { checkFile, checkMark, checkStructure, digestOf } from "./integrity.ts";
import { Ledger } from "./ledger.ts";
import { FolderLock } from "./lock.ts";
import { APPLICATION_ID, MIGRATIONS } from "./migrations.ts";
import { networkWarning } from "./network_folder.ts";
import { StoreError } from "./store.ts";

export interface OpenOptions {
  /** Names a new farm; by default a random name. */
  readonly farm?: string;
}

export interface OpenFile {
  readonly ledger: Ledger;
  readonly lock: FolderLock;
  readonly warnings: readonly string[];
}

/** Throws {@linkcode StoreError}; nothing stays open or locked then. */
export function openFile(path: string, options: OpenOptions): OpenFile {
  return guard(path, () => {
    Deno.mkdirSync(dirname(path), { recursive: true });
    const lock = FolderLock.take(path);
    let connection: Connection | null = null;
    try {
      checkFile(path, lock);
      connection = new Connection(path);
      return openLocked(connection, lock, options);
    } catch (error) {
      connection?.close();
      lock.release();
      throw error;
    }
  });
}

/** Closes the file, notes how it was left, and lets the folder go. */
export function closeFile({ ledger, lock }: OpenFile): void {
  const { farm, path, totals: { generation } } = ledger;
  try {
    if (!ledger.close()) return;
    const closed = digestOf(path);
    guard(
      path,
      () => lock.markSynced({ farm, generation, ...(closed === null ? {} : { closed }) }),
    );
  } finally {
    lock.release();
  }
}

function openLocked(connection: Connection, lock: FolderLock, options: OpenOptions): OpenFile {
  const { path } = connection;
  checkSchema(connection);
  checkMark(connection, lock);
  migrate(connection, options.farm ?? crypto.randomUUID());
  // The check compares the rows with what the counters say of them.
  catchUpFile(connection);
  const wasClosed = lock.found?.closed !== undefined;
  const warnings = [
    wasClosed ? null : checkStructure(connection),
    lock.garbled ? `What ${lock.path} said about the store could not be read` : null,
    networkWarning(dirname(path)),
  ];
  const ledger = new Ledger(connection, lock);
  const { farm, totals: { generation } } = ledger;
  lock.markSynced({ farm, generation });
  return { ledger, lock, warnings: warnings.filter((warning) => warning !== null) };
}

function checkSchema(connection: Connection): void {
  const { path } = connection;
  const done = connection.number("PRAGMA user_version");
  const ours = connection.number("PRAGMA application_id") === APPLICATION_ID;
  if (!ours && connection.number("SELECT count(*) FROM sqlite_schema") > 0) {
    throw new StoreError("corrupt", `The file ${path} is a database of another program`);
  }
  if (done > MIGRATIONS.length) {
    throw new StoreError(
      "schema",
      `The store ${path} was written by a newer version of this program (schema ${done}, known up to ${MIGRATIONS.length}): use that version`,
    );
  }
}

function migrate(connection: Connection, farm: string): void {
  const done = connection.number("PRAGMA user_version");
  for (let step = done; step < MIGRATIONS.length; step++) {
    connection.transaction(() => {
      connection.exec(MIGRATIONS[step]!);
      if (step === 0) {
        connection.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
        connection.run("INSERT INTO farm VALUES (1, ?, 0, 0, 1, 0, 0, 0, 0)", farm);
      }
      connection.exec(`PRAGMA user_version = ${step + 1}`);
    });
  }
}
