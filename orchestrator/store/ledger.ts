/**
 * The connection, the counters in memory that go with it, and the one way to change both: a
 * durable commit. Counters in memory always say what the database says.
 *
 * @module
 */
import { Connection, guard, type Row } from "./connection.ts";
import { type BatchHead, Draft, type OpenIntake, type Totals } from "./draft.ts";
import { Histogram } from "./histogram.ts";
import { Queues } from "./lanes.ts";
import { clearUnaccepted } from "./leftovers.ts";
import type { FolderLock } from "./lock.ts";
import { type QueueKey, StoreError, type WorkerTotals } from "./store.ts";

/** How many results the histogram on disk may lack; a start reads these again. */
const HISTOGRAM_LAG = 5_000;
/** Batches kept in memory; a batch beyond is read again when it is needed. */
const HEADS_MAX = 10_000;

const HEAD = `
SELECT id, file, pending, assigned, running, redistributed, completed, failed, cancelled,
  finished_at
FROM batches WHERE number = ?`;

const TOTALS = `
SELECT name, generation, clock, next_seq, results, redistributed, files_accepted, files_rejected
FROM farm`;

export class Ledger {
  readonly farm: string;
  readonly queues: Queues = new Queues();
  intake: OpenIntake | null = null;
  #connection: Connection;
  readonly #lock: FolderLock;
  #totals!: Totals;
  #lanes = new Map<number, number>();
  #times = new Histogram();
  #timesUpto = 0;
  readonly #numbers = new Map<string, number>();
  readonly #heads = new Map<number, BatchHead>();
  #down: StoreError | null = null;

  constructor(connection: Connection, lock: FolderLock) {
    this.#connection = connection;
    this.#lock = lock;
    this.farm = String(connection.get(TOTALS)![0]);
    this.#load();
  }

  get connection(): Connection {
    if (this.#down !== null) throw this.#down;
    return this.#connection;
  }

  get totals(): Readonly<Totals> {
    return this.#totals;
  }

  /** How many tasks are in each lane; lanes without tasks may be absent. */
  get lanes(): ReadonlyMap<number, number> {
    return this.#lanes;
  }

  get times(): Histogram {
    return this.#times;
  }

  /** Rows with `changed` from here on are not to be seen yet. */
  get ceiling(): number {
    return this.intake?.firstChanged ?? Number.MAX_SAFE_INTEGER;
  }

  /**
   * Runs `work` in a transaction that is on disk when this returns. It may run queries and
   * collects what else changes in the draft.
   */
  durable<T>(work: (draft: Draft) => T): { value: T; draft: Draft } {
    const draft = new Draft(
      { totals: this.#totals, intake: this.intake },
      (batch) => this.head(batch),
    );
    let value!: T;
    try {
      this.connection.transaction(() => {
        value = work(draft);
        draft.write(this.#connection);
        if (draft.totals.results - this.#timesUpto > HISTOGRAM_LAG) this.#writeTimes();
      });
    } catch (error) {
      if (!(error instanceof StoreError && error.code === "io")) throw error;
      this.#reopen(error);
      if (this.#totals.generation < draft.totals.generation) throw error;
      return { value, draft };
    }
    this.#takeOver(draft);
    return { value, draft };
  }

  /**
   * Runs `work` in a transaction that need not be on disk at once: it becomes durable with the
   * next durable commit, or is lost with everything after it.
   */
  loose<T>(work: () => T): T {
    const connection = this.connection;
    connection.exec("PRAGMA synchronous = NORMAL");
    try {
      return connection.transaction(work);
    } catch (error) {
      if (error instanceof StoreError && error.code === "io") this.#reopen(error);
      throw error;
    } finally {
      if (this.#down === null) this.#connection.exec("PRAGMA synchronous = FULL");
    }
  }

  /** The number of the next change. A file being received has to give way if it stands there. */
  tick(draft: Draft): number {
    const changed = ++draft.totals.clock;
    const { intake } = draft;
    if (intake !== null && changed >= intake.firstChanged + draft.moved) {
      this.#connection.run(
        "UPDATE tasks SET changed = changed + ? WHERE seq >= ?",
        intake.room,
        this.#totals.nextSeq,
      );
      draft.moved += intake.room;
    }
    return changed;
  }

  head(batch: number): BatchHead {
    let head = this.#heads.get(batch);
    if (head === undefined) {
      head = headFrom(this.connection.get(HEAD, batch)!);
      if (this.#heads.size >= HEADS_MAX) this.#heads.clear();
      this.#heads.set(batch, head);
    }
    return head;
  }

  /** The number of a batch by its id. */
  batchNumber(id: string): number {
    let number = this.#numbers.get(id);
    if (number === undefined) {
      number = this.connection.number("SELECT number FROM batches WHERE id = ?", id);
      if (this.#numbers.size >= HEADS_MAX) this.#numbers.clear();
      this.#numbers.set(id, number);
    }
    return number;
  }

  /** The number of an abandoned batch is given out again. */
  forgetBatches(): void {
    this.#heads.clear();
    this.#numbers.clear();
  }

  /** Not to be called within a transaction: a rollback would take the queue away again. */
  queueId(key: QueueKey): number {
    let id = this.queues.id(key);
    if (id === undefined) {
      const sql = "INSERT INTO queues (priority, algorithm) VALUES (?, ?) RETURNING id";
      id = guard(this.connection.path, () => {
        return this.connection.number(sql, key.priority, key.algorithm);
      });
      this.queues.add(id, key);
    }
    return id;
  }

  workerTotals(): WorkerTotals[] {
    const rows = this.connection.all(
      "SELECT worker, completed, failed, execution_ms FROM worker_totals ORDER BY worker",
    );
    return rows.map((row) => ({
      worker: String(row[0]),
      completed: Number(row[1]),
      failed: Number(row[2]),
      execution_ms: Number(row[3]),
    }));
  }

  /** Writes down what a start would have to read again, and empties the log into the database. */
  close(): void {
    if (this.#down === null) {
      guard(this.#connection.path, () => {
        this.#connection.transaction(() => this.#writeTimes());
        this.#connection.checkpoint();
      });
    }
    this.#connection.close();
  }

  #load(): void {
    const connection = this.#connection;
    const row = connection.get(TOTALS)!.map(Number);
    this.#totals = {
      generation: row[1]!,
      clock: row[2]!,
      nextSeq: row[3]!,
      results: row[4]!,
      redistributed: row[5]!,
      filesAccepted: row[6]!,
      filesRejected: row[7]!,
    };
    for (const _ of clearUnaccepted(connection, this.#totals.nextSeq));
    this.intake = null;
    this.forgetBatches();
    for (const [id, priority, algorithm] of connection.all("SELECT * FROM queues")) {
      this.queues.add(Number(id), { priority: Number(priority), algorithm: String(algorithm) });
    }
    this.#lanes = new Map(
      connection.all("SELECT lane, count FROM lanes").map((
        row,
      ) => [Number(row[0]), Number(row[1])]),
    );
    this.#loadTimes();
  }

  #loadTimes(): void {
    const saved = this.#connection.get("SELECT upto, histogram FROM execution_times");
    this.#times = saved === undefined ? new Histogram() : Histogram.restore(String(saved[1]));
    this.#timesUpto = Number(saved?.[0] ?? 0);
    const sql = "SELECT execution_ms FROM results WHERE number > ? ORDER BY number";
    for (const [ms] of this.#connection.all(sql, this.#timesUpto)) this.#times.add(Number(ms));
  }

  #writeTimes(): void {
    this.#connection.run(
      "INSERT OR REPLACE INTO execution_times (id, upto, histogram) VALUES (1, ?, ?)",
      this.#totals.results,
      this.#times.snapshot(),
    );
  }

  #takeOver(draft: Draft): void {
    const { results } = this.#totals;
    if (draft.totals.results - this.#timesUpto > HISTOGRAM_LAG) this.#timesUpto = results;
    this.#totals = draft.totals;
    for (const [lane, count] of draft.lanes) {
      this.#lanes.set(lane, (this.#lanes.get(lane) ?? 0) + count);
    }
    if (this.#heads.size + draft.batches.size > HEADS_MAX) this.#heads.clear();
    for (const [number, head] of draft.batches) this.#heads.set(number, head);
    for (const ms of draft.executionMs) this.#times.add(ms);
    if (this.intake !== null) this.intake.firstChanged += draft.moved;
    this.#lock.mark({ farm: this.farm, generation: draft.totals.generation });
  }

  /**
   * After a failed sync the kernel may have dropped what was to be written, and will not say so
   * again. So nothing this connection believes counts: the file is opened anew and its log is
   * copied into the database, which writes and syncs every page once more. A commit found there
   * stands, any other is gone.
   */
  #reopen(reason: StoreError): void {
    const { path } = this.#connection;
    try {
      this.#connection.close();
      this.#connection = new Connection(path);
      guard(path, () => this.#connection.checkpoint());
      this.#load();
      this.#lock.mark({ farm: this.farm, generation: this.#totals.generation });
    } catch (error) {
      const message =
        `The store ${path} cannot be used until it is opened again: ${reason.message}`;
      this.#down = new StoreError("io", message, { cause: error, down: true });
      throw this.#down;
    }
  }
}

function headFrom(row: Row): BatchHead {
  const [id, file, ...rest] = row;
  const [pending, assigned, running, redistributed, completed, failed, cancelled] = rest.map(
    Number,
  );
  return {
    id: String(id),
    file: String(file),
    counts: {
      pending: pending!,
      assigned: assigned!,
      running: running!,
      redistributed: redistributed!,
      completed: completed!,
      failed: failed!,
      cancelled: cancelled!,
    },
    finishedAt: rest[7] === null ? null : Number(rest[7]),
  };
}
