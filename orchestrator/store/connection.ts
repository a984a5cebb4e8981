/**
 * One connection to the database file: settings, statements prepared once, transactions, and the
 * translation of SQLite's errors.
 *
 * @module
 */
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { StoreError, type StoreErrorCode } from "./store.ts";

/** A row as node:sqlite gives it when arrays are asked for: far cheaper than objects. */
export type Row = (string | number | null)[];

const CACHE_KIB = 64 * 1024;
/** Pages in the log before they move to the database; 16 MiB keeps the rewriting of pages low. */
const CHECKPOINT_PAGES = 4000;

/**
 * Exclusive locking keeps the log's index in memory instead of in a shared file, and other
 * programs out for as long as the connection lives.
 */
const SETTINGS = `
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA synchronous = FULL;
PRAGMA busy_timeout = 2000;
PRAGMA foreign_keys = ON;
PRAGMA cell_size_check = ON;
PRAGMA cache_size = -${CACHE_KIB};
PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
PRAGMA journal_size_limit = 67108864;
`;

export class Connection {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /** Opens or creates the file; throws {@linkcode StoreError}. */
  constructor(readonly path: string) {
    this.#database = guard(path, () => new DatabaseSync(path));
    try {
      guard(path, () => this.#configure());
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#prepare(sql).run(...values).changes);
  }

  /**
   * The first row. The statement is not run to its end: outside of a transaction, what it should
   * have written could fail unnoticed, so it may only read there.
   */
  get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#prepare(sql).get(...values) as unknown as Row | undefined;
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#prepare(sql).all(...values) as unknown as Row[];
  }

  /** The single number a statement gives. */
  number(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.get(sql, ...values)?.[0] ?? 0);
  }

  /** Runs `work` as one transaction: all of it is on disk when this returns, or nothing. */
  transaction<T>(work: () => T): T {
    return guard(this.path, () => {
      this.run("BEGIN IMMEDIATE");
      try {
        const value = work();
        this.run("COMMIT");
        return value;
      } catch (error) {
        // SQLite itself rolls back after some errors: a second rollback would hide the first.
        if (this.#database.isTransaction) this.run("ROLLBACK");
        throw error;
      }
    });
  }

  /** Moves the log into the database file, syncs it, and empties the log. */
  checkpoint(): void {
    const [[busy]] = this.all("PRAGMA wal_checkpoint(TRUNCATE)") as [Row];
    if (busy !== 0) throw new Error("database is locked");
  }

  close(): void {
    this.#statements.clear();
    if (this.#database.isOpen) this.#database.close();
  }

  #configure(): void {
    this.#database.exec(SETTINGS);
    // A failure to change the mode is no error to SQLite: it stays in the old one.
    const [[mode]] = this.all("PRAGMA journal_mode = WAL") as [Row];
    if (mode !== "wal") {
      throw new StoreError("io", `The store ${this.path} cannot keep a log: its mode is ${mode}`);
    }
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      // Deno has it, its types do not say so yet.
      (statement as StatementSync & { setReturnArrays(on: boolean): void }).setReturnArrays(true);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

/** The words of SQLite, whose numbers node:sqlite does not pass on, and of the system. */
const SIGNS: readonly (readonly [RegExp, StoreErrorCode, string])[] = [
  [/database or disk is full|No space left/, "full", "No space is left for"],
  [
    /disk I\/O error|unable to open database file|readonly database|\(os error (5|30)\)/,
    "io",
    "The disk failed under",
  ],
  [/malformed|not a database|unsupported file format/, "corrupt", "Damaged:"],
  [/database is locked/, "locked", "Another program has opened"],
];

/** Runs `work`, and turns SQLite's errors into the store's. */
export function guard<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw translate(path, error);
  }
}

/** SQLite's error as the store's; every other error as it is. */
export function translate(path: string, error: unknown): unknown {
  if (error instanceof StoreError || !(error instanceof Error)) return error;
  for (const [sign, code, words] of SIGNS) {
    if (sign.test(error.message)) {
      return new StoreError(code, `${words} the store ${path}: ${error.message}`, { cause: error });
    }
  }
  return error;
}
