/**
 * The connection, the counters in memory that go with it, and the one way to change both: a
 * durable commit. Counters in memory always say what the database says.
 *
 * @module
 */
import { BatchHeads } from "./batch_heads.ts";
import { Connection, guard } from "./connection.ts";
import { Draft, type OpenIntake, type Totals } from "./draft.ts";
import { EventWriter } from "./event_writer.ts";
import { catchUpFile, Handouts } from "./handouts.ts";
import { Histogram } from "./histogram.ts";
import { Queues } from "./lanes.ts";
import { clearUnaccepted } from "./leftovers.ts";
import type { FolderLock } from "./lock.ts";
import { type QueueKey, StoreError } from "./store.ts";

/** How many results the histogram on disk may lack; a start reads these again. */
const HISTOGRAM_LAG = 5_000;
const TOTALS = `
SELECT name, generation, clock, next_seq, results, redistributed, files_accepted, files_rejected,
  removed_tasks, removed_results, removed_redistributed, removed_accepted, removed_rejected
FROM farm`;

export class Ledger {
  readonly farm: string;
  queues: Queues = new Queues();
  readonly heads: BatchHeads;
  intake: OpenIntake | null = null;
  readonly events: EventWriter = new EventWriter();
  readonly handouts: Handouts = new Handouts();
  /** See `settledChange`. */
  readonly settling: { planned: { name: string; change: number } | null; change: number } = {
    planned: null,
    change: 0,
  };
  #connection: Connection;
  readonly #lock: FolderLock;
  #totals!: Totals;
  #lanes = new Map<number, number>();
  #times = new Histogram();
  #timesUpto = 0;
  #down: StoreError | null = null;

  /** In the file all rows say what their tasks are: whoever opened it has seen to that. */
  constructor(connection: Connection, lock: FolderLock) {
    this.#connection = connection;
    this.#lock = lock;
    this.heads = new BatchHeads(() => this.connection);
    this.farm = String(connection.get(TOTALS)![0]);
    this.#load();
  }

  get path(): string {
    return this.#connection.path;
  }

  get connection(): Connection {
    this.checkOpen();
    return this.#connection;
  }

  /** Throws if the store was closed or lost its disk. */
  checkOpen(): void {
    if (this.#down !== null) throw this.#down;
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
      (batch) => this.heads.get(batch),
    );
    let value!: T;
    try {
      this.connection.transaction(() => {
        value = work(draft);
        draft.write(this.#connection);
        this.handouts.write(this.#connection, draft);
        this.events.write(this.#connection, draft.events);
        if (this.#timesAreDue(draft)) this.#writeTimes();
      });
    } catch (error) {
      this.events.forget();
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

  /** Has every row say what its task is; to be called before rows of open tasks are read. */
  catchUp(): void {
    this.handouts.catchUp(this.connection, (work) => this.loose(work));
  }

  /** The same for who only looks: on a full disk rows may say that a task still waits. */
  catchUpToShow(): void {
    try {
      this.catchUp();
    } catch (error) {
      if (!(error instanceof StoreError && error.code === "full")) throw error;
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

  /** Not to be called within a transaction: a rollback would take the queue away again. */
  queueId(key: QueueKey): number {
    let id = this.queues.id(key);
    if (id === undefined) {
      const sql = "INSERT INTO queues (priority, algorithm) VALUES (?, ?) RETURNING id";
      id = this.loose(() => this.connection.number(sql, key.priority, key.algorithm));
      this.queues.add(id, key);
    }
    return id;
  }

  /** Empties the log into the database and closes it; false if it was not in a state to be. */
  close(): boolean {
    const wasUp = this.#down === null;
    try {
      if (wasUp) {
        this.catchUp();
        this.#connection.transaction(() => this.#writeTimes());
        guard(this.path, () => this.#connection.checkpoint());
      }
    } finally {
      this.#connection.close();
      this.#down ??= new StoreError("misuse", `The store ${this.path} is closed`);
    }
    return wasUp;
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
      removed: {
        tasks: row[8]!,
        results: row[9]!,
        redistributed: row[10]!,
        accepted: row[11]!,
        rejected: row[12]!,
      },
    };
    for (const _ of clearUnaccepted(connection, this.#totals.nextSeq));
    this.intake = null;
    Object.assign(this.settling, { planned: null, change: 0 });
    this.heads.clear();
    this.queues = new Queues();
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

  /** Before a result leaves the log, its time must be in the sums. */
  #timesAreDue({ totals }: Draft): boolean {
    const removes = totals.removed.results > this.#totals.removed.results;
    return totals.results - this.#timesUpto > (removes ? 0 : HISTOGRAM_LAG);
  }

  #writeTimes(): void {
    this.#connection.run(
      "INSERT OR REPLACE INTO execution_times (id, upto, histogram) VALUES (1, ?, ?)",
      this.#totals.results,
      this.#times.snapshot(),
    );
  }

  #takeOver(draft: Draft): void {
    if (this.#timesAreDue(draft)) this.#timesUpto = this.#totals.results;
    this.#totals = draft.totals;
    for (const [lane, count] of draft.lanes) {
      this.#lanes.set(lane, (this.#lanes.get(lane) ?? 0) + count);
    }
    for (const [number, head] of draft.batches) this.heads.set(number, head);
    this.handouts.takeOver(draft);
    for (const ms of draft.executionMs) this.#times.add(ms);
    if (this.intake !== null) this.intake.firstChanged += draft.moved;
    this.#mark();
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
      catchUpFile(this.#connection);
      this.handouts.clear();
      this.#load();
      this.#mark();
    } catch (error) {
      const message =
        `The store ${path} cannot be used until it is opened again: ${reason.message}`;
      this.#down = new StoreError("io", message, { cause: error, down: true });
      throw this.#down;
    }
  }

  /** A mark that could not be written is behind, which is all right: the commit itself stands. */
  #mark(): void {
    try {
      this.#lock.mark({ farm: this.farm, generation: this.#totals.generation });
    } catch {
      // See above.
    }
  }
}
