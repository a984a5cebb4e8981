/**
 * Opens the file of a store: the lock, the schema, and the checks that a damaged or outdated
 * database does not pass.
 *
 * @module
 */
import { dirname } from "node:path";
import { Connection, guard } from "./connection.ts";
import { Ledger } from "./ledger.ts";
import { FolderLock } from "./lock.ts";
import { APPLICATION_ID, MIGRATIONS } from "./migrations.ts";
import { StoreError } from "./store.ts";

export interface OpenOptions {
  /** Names a new farm; by default a random name. */
  readonly farm?: string;
}

interface Opened {
  readonly ledger: Ledger;
  readonly lock: FolderLock;
  readonly warnings: readonly string[];
}

/** Throws {@linkcode StoreError}; nothing stays open or locked then. */
export function openFile(path: string, options: OpenOptions): Opened {
  Deno.mkdirSync(dirname(path), { recursive: true });
  const lock = FolderLock.take(path);
  let connection: Connection | null = null;
  try {
    connection = new Connection(path);
    const opened = connection;
    const ledger = guard(path, () => {
      migrate(opened, options.farm ?? crypto.randomUUID());
      return new Ledger(opened, lock);
    });
    lock.mark({ farm: ledger.farm, generation: ledger.totals.generation });
    return { ledger, lock, warnings: [] };
  } catch (error) {
    connection?.close();
    lock.release();
    throw error;
  }
}

function migrate(connection: Connection, farm: string): void {
  const done = connection.number("PRAGMA user_version");
  if (done > MIGRATIONS.length) {
    throw new StoreError(
      "schema",
      `The store ${connection.path} was written by a newer version of this program (schema ${done}, known up to ${MIGRATIONS.length}): use that version`,
    );
  }
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
