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
import { errorGroups } from "./sqlite_errors.ts";
import { addEvents, events, removeEvents } from "./sqlite_events.ts";
import { count, detail, page } from "./sqlite_listing.ts";
import {
  claim,
  counts,
  freshQueues,
  loadTasks,
  recount,
  unfinished,
  workers,
  workerTotals,
} from "./sqlite_queues.ts";
import { removeEnded } from "./sqlite_removal.ts";
import {
  planResultFile,
  resultFile,
  resultFileWritten,
  results,
  unwrittenResultFiles,
} from "./sqlite_results.ts";
import { addSamples, series, spans } from "./sqlite_series.ts";
import { translate } from "./connection.ts";
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
    const call = async <T>(work: () => T | Promise<T>): Promise<T> => {
      ledger.checkOpen();
      try {
        return await work();
      } catch (error) {
        throw translate(path, error);
      }
    };
    /** Reads rows of open tasks, to go on from them. */
    const read = <T>(work: () => T | Promise<T>): Promise<T> =>
      call(() => {
        ledger.catchUp();
        return work();
      });
    /** Reads rows of open tasks for people. */
    const show = <T>(work: () => T | Promise<T>): Promise<T> =>
      call(() => {
        ledger.catchUpToShow();
        return work();
      });
    const store: Store = {
      farm: ledger.farm,
      receive: (start) =>
        call(async () => {
          await intake?.clear();
          return intake = new SqliteIntake(ledger, start);
        }),
      reject: (start, errors, errorsTotal) =>
        call(() => rejectBatch(ledger, start, { state: "rejected", errors, errorsTotal })),
      commit: (changes) => call(() => commitChanges(ledger, intake, changes)),
      claim: (key, after, limit) => call(() => claim(ledger, key, { after, limit })),
      queues: () => call(() => freshQueues(ledger)),
      unfinished: () => read(() => unfinished(ledger)),
      load: (taskIds) => read(() => loadTasks(ledger, taskIds)),
      workers: () => call(() => workers(ledger)),
      counts: () => call(() => counts(ledger)),
      recount: () => read(() => recount(ledger)),
      executionTimes: () => call(() => ledger.times.summary()),
      workerTotals: () => call(() => workerTotals(ledger)),
      page: (query, options) => show(() => page(ledger, query, options)),
      count: (query) => show(() => count(ledger, query)),
      task: (taskId) => call(() => detail(ledger, taskId)),
      batches: (options) => call(() => batches(ledger, options)),
      batch: (name) => call(() => batch(ledger, name)),
      batchTasks: (id, options) => show(() => batchTasks(ledger, id, options)),
      planResultFile: (name, options) => call(() => planResultFile(ledger, name, options)),
      unwrittenResultFiles: () => call(() => unwrittenResultFiles(ledger)),
      resultFile: (name) => call(() => resultFile(ledger, name)),
      results: (from, to) => call(() => results(ledger, from, to)),
      resultFileWritten: (name) => call(() => resultFileWritten(ledger, name)),
      errorGroups: (options) => call(() => errorGroups(ledger, options)),
      addSamples: (samples) => call(() => addSamples(ledger, samples)),
      series: (options) => call(() => series(ledger, options)),
      spans: (options) => call(() => spans(ledger, options)),
      events: (query, options) => call(() => events(ledger, query, options)),
      addEvents: (events) => call(() => addEvents(ledger, events)),
      removeEnded: (options) => call(() => removeEnded(ledger, options)),
      removeEvents: (options) => call(() => removeEvents(ledger, options)),
      close: () => Promise.try(() => closeFile(file)),
    };
    return { store, warnings };
  });
}
