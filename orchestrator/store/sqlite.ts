/**
 * The store on SQLite: one file, one process. This file opens and closes it and puts the parts
 * together behind the interface.
 *
 * @module
 */
import { closeFile, openFile, type OpenOptions } from "./open.ts";
import { batch, batches, batchTasks } from "./sqlite_batches.ts";
import { commitChanges } from "./sqlite_commit.ts";
import { rejectBatch, SqliteIntake } from "./sqlite_intake.ts";
import { count, detail, page } from "./sqlite_listing.ts";
import {
  claim,
  counts,
  freshQueues,
  loadTasks,
  recount,
  unfinished,
  workers,
} from "./sqlite_queues.ts";
import {
  planResultFile,
  resultFile,
  resultFileWritten,
  results,
  unwrittenResultFiles,
} from "./sqlite_results.ts";
import { guard } from "./connection.ts";
import type { Store } from "./store.ts";

/** An open store, and what its owner should hear about the folder it is in. */
export interface OpenedStore {
  readonly store: Store;
  readonly warnings: readonly string[];
}

/**
 * Opens the store in the file `path`, making it and its folder if they are not there. Rejects with
 * {@linkcode StoreError}: `locked`, `schema`, `corrupt`, `full`, `io`.
 */
export function openSqliteStore(path: string, options: OpenOptions = {}): Promise<OpenedStore> {
  return Promise.try(() => {
    const file = openFile(path, options);
    const { ledger, warnings } = file;
    let intake: SqliteIntake | null = null;
    const now = <T>(work: () => T): Promise<T> => Promise.try(() => guard(path, work));
    const later = <T>(work: () => Promise<T>): Promise<T> => work();
    const store: Store = {
      farm: ledger.farm,
      receive: (start) => now(() => intake = new SqliteIntake(ledger, start)),
      reject: (start, errors, errorsTotal) =>
        now(() => rejectBatch(ledger, start, { state: "rejected", errors, errorsTotal })),
      commit: (changes) => now(() => commitChanges(ledger, intake, changes)),
      claim: (key, after, limit) => now(() => claim(ledger, key, { after, limit })),
      queues: () => now(() => freshQueues(ledger)),
      unfinished: () => now(() => unfinished(ledger)),
      load: (taskIds) => now(() => loadTasks(ledger, taskIds)),
      workers: () => now(() => workers(ledger)),
      counts: () => now(() => counts(ledger)),
      recount: () => now(() => recount(ledger)),
      executionTimes: () => now(() => ledger.times.summary()),
      workerTotals: () => now(() => ledger.workerTotals()),
      page: (query, options) => later(() => page(ledger, query, options)),
      count: (query) => later(() => count(ledger, query)),
      task: (taskId) => now(() => detail(ledger, taskId)),
      batches: (options) => now(() => batches(ledger, options)),
      batch: (name) => now(() => batch(ledger, name)),
      batchTasks: (id, options) => now(() => batchTasks(ledger, id, options)),
      planResultFile: (name, options) => now(() => planResultFile(ledger, name, options)),
      unwrittenResultFiles: () => now(() => unwrittenResultFiles(ledger)),
      resultFile: (name) => now(() => resultFile(ledger, name)),
      results: (from, to) => now(() => results(ledger, from, to)),
      resultFileWritten: (name) => now(() => resultFileWritten(ledger, name)),
      close: () => now(() => closeFile(file)),
    };
    return { store, warnings };
  });
}
