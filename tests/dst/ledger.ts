/**
 * The farm's books kept outside of the farm: what users were promised, what workers did, what became
 * durable. Every commit and every acknowledgement is held against them.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { AttemptRef, Outcome } from "../../contract/wire.ts";
import type { Policy } from "../../orchestrator/core/state.ts";
import type { Change, TaskChange } from "../../orchestrator/store/store.ts";
import type { Kernel } from "./kernel.ts";
import { isTerminal, noTasks, type SimStore } from "./memory_store.ts";
import { type Excuses, judgeFailure, type TaskBook } from "./task_book.ts";
import { type SimTask, truthOf } from "./tasks.ts";

export interface LedgerOptions {
  readonly kernel: Kernel;
  readonly policy: Policy;
  /** Workers that may say anything. */
  readonly liars: ReadonlySet<string>;
}

export class FarmLedger {
  readonly #options: LedgerOptions;
  readonly tasks = new Map<string, TaskBook>();
  readonly #offered = new Map<string, readonly SimTask[]>();
  readonly batches = new Set<string>();
  readonly #ran = new Set<string>();
  #open = 0;
  results = 0;
  removed = 0;
  commits = 0;
  readonly excuses: Excuses = { workersDied: 0, workersWedged: 0 };

  constructor(options: LedgerOptions) {
    this.#options = options;
  }

  /** Tasks that are accepted and not terminal. */
  get open(): number {
    return this.#open;
  }

  #violate(what: string): void {
    this.#options.kernel.violate(what);
  }

  // --- users ------------------------------------------------------------------------------------

  /** A batch is on its way in: its tasks appear with its acceptance. */
  offer(batch: string, tasks: readonly SimTask[]): void {
    this.#offered.set(batch, tasks);
  }

  /** Somebody wants these tasks to run again if they have ended. */
  askRerun(ids: Iterable<string>): void {
    for (const id of ids) {
      const book = this.tasks.get(id);
      if (book !== undefined) book.rerunsAsked++;
    }
  }

  /** A user was told that the task is cancelled. */
  cancelPromised(id: string): void {
    const book = this.tasks.get(id)!;
    if (book.rerunsAsked === 0 && !isTerminal(book.status)) {
      this.#violate(`I8: ${id} was cancelled, says the answer, and is ${book.status}`);
    }
  }

  batchPromised(batch: string): void {
    if (!this.batches.has(batch)) this.#violate(`I8: batch ${batch} is accepted and not durable`);
  }

  // --- workers ----------------------------------------------------------------------------------

  runsOf(taskId: string): number {
    return this.tasks.get(taskId)?.begun ?? 0;
  }

  begun(ref: AttemptRef, where: { epoch: string; running: number; capacity: number }): void {
    const key = `${where.epoch} ${ref.task_id}#${ref.attempt}`;
    if (this.#ran.has(key)) this.#violate(`I7: ${key} is run twice`);
    this.#ran.add(key);
    if (where.running > where.capacity) {
      this.#violate(`I7: ${where.running} run on ${where.epoch} with ${where.capacity} slots`);
    }
    const book = this.tasks.get(ref.task_id);
    if (book === undefined) this.#violate(`I12: ${ref.task_id} runs and was never accepted`);
    else {
      book.begun++;
      if (book.attempt < ref.attempt) this.#violate(`I3: ${key} runs before it is durable`);
    }
  }

  /** A worker is told to forget an outcome. */
  acknowledged(worker: string, outcome: Outcome): void {
    const book = this.tasks.get(outcome.task_id);
    if (book === undefined || this.#options.liars.has(worker)) return;
    const { attempt, status } = outcome;
    const isOlderRun = (book.runOfAttempt.get(attempt) ?? book.run) < book.run;
    const isWritten = isOlderRun || isTerminal(book.status);
    const isOver = book.attempt > attempt || book.ended.has(attempt);
    if (isWritten || (status !== "completed" && isOver)) return;
    this.#violate(
      `I8: ${worker} forgets ${status} ${outcome.task_id}#${attempt}, which is not durable`,
    );
  }

  // --- the store --------------------------------------------------------------------------------

  /** Changes have become durable. */
  durable(changes: readonly Change[]): void {
    this.commits++;
    for (const change of changes) {
      if (change.kind === "batch_accepted") this.#accept(change.batch);
      else if (change.kind === "task") this.#change(change);
    }
  }

  #accept(batch: string): void {
    if (this.batches.has(batch)) this.#violate(`I1: batch ${batch} is accepted twice`);
    this.batches.add(batch);
    for (const task of this.#offered.get(batch) ?? []) {
      if (this.tasks.has(task.id)) continue;
      this.#open++;
      this.tasks.set(task.id, {
        task,
        batch,
        status: "pending",
        attempt: 0,
        run: 0,
        begun: 0,
        retries: 0,
        crashes: 0,
        rerunsAsked: 0,
        results: 0,
        holders: new Set(),
        ended: new Set(),
        runOfAttempt: new Map(),
      });
    }
  }

  #change(change: TaskChange): void {
    const { task: row, from } = change;
    const book = this.tasks.get(row.task_id);
    if (book === undefined) return this.#violate(`I1: ${row.task_id} was never accepted`);
    const what = `${row.task_id}#${row.attempt} ${from} > ${row.status}`;
    this.#options.kernel.trace(`durable ${what} ${row.worker ?? ""}`);
    if (book.status !== from) this.#violate(`I2: ${what}, but it is ${book.status}`);
    if (isTerminal(from)) this.#beginRun(book, change, what);
    this.#checkAttempt(book, change, what);
    if (change.ended !== undefined) book.ended.add(change.ended.attempt);
    this.#checkBudget(book, change, what);
    if (change.result !== undefined) this.#addResult(book, change, what);
    if (row.status === "failed") this.#checkFailure(book, change, what);
    if (isTerminal(row.status)) this.#open--;
    book.status = row.status;
    book.attempt = row.attempt;
    book.retries = row.retry_count;
    book.crashes = row.crashes;
  }

  #beginRun(book: TaskBook, change: TaskChange, what: string): void {
    if (book.rerunsAsked === 0 || change.requeued !== true) {
      this.#violate(`I2: ${what}, and nobody asked for it`);
    }
    book.rerunsAsked = Math.max(0, book.rerunsAsked - 1);
    book.run++;
    book.results = 0;
    book.retries = 0;
    book.crashes = 0;
    book.holders.clear();
    this.#open++;
  }

  #checkAttempt(book: TaskBook, { task: row, from }: TaskChange, what: string): void {
    const isNew = row.attempt === book.attempt + 1;
    if (isNew && (row.status !== "assigned" || (from !== "pending" && from !== "redistributed"))) {
      this.#violate(`I3: ${what} with a new attempt`);
    }
    if (!isNew && row.attempt !== book.attempt) this.#violate(`I3: ${what} after ${book.attempt}`);
    if (row.status !== "assigned") return;
    if (!isNew && from !== "redistributed") this.#violate(`I3: ${what} without a new attempt`);
    book.holders.add(row.worker!);
    book.runOfAttempt.set(row.attempt, book.run);
  }

  #checkBudget(book: TaskBook, { task: row }: TaskChange, what: string): void {
    const { retriesMax, crashesMax } = this.#options.policy;
    if (row.retry_count < book.retries || row.retry_count > retriesMax) {
      this.#violate(`I4: ${what} with ${row.retry_count} retries after ${book.retries}`);
    }
    if (row.crashes < book.crashes || row.crashes > crashesMax) {
      this.#violate(`I4: ${what} with ${row.crashes} crashes after ${book.crashes}`);
    }
  }

  #addResult(book: TaskBook, { task: row, result }: TaskChange, what: string): void {
    this.results++;
    book.results++;
    if (book.results > 1) this.#violate(`I2: ${what} with a second result`);
    if (!book.holders.has(row.worker!)) {
      this.#violate(`I3: ${what} by ${row.worker}, which never had it in this run`);
    }
    const isLie = result!.output !== truthOf(row.task_id);
    if (isLie && !this.#options.liars.has(row.worker!)) {
      this.#violate(`I3: ${what} by ${row.worker} with "${result!.output}"`);
    }
  }

  #checkFailure(book: TaskBook, change: TaskChange, what: string): void {
    const liar = [...book.holders].find((worker) => this.#options.liars.has(worker));
    if (liar !== undefined) return;
    const { policy } = this.#options;
    const wrong = judgeFailure(book, change.task, { policy, excuses: this.excuses });
    if (wrong !== null) this.#violate(`I4: ${what}: ${wrong}`);
  }

  // --- comparison -------------------------------------------------------------------------------

  /** The store has removed old tasks: all that are not there any more must have ended. */
  async noteRemoved(store: SimStore): Promise<void> {
    const rows = await store.load([...this.tasks.keys()]);
    const left = new Set(rows.map((row) => row.task_id));
    for (const [id, { status }] of this.tasks) {
      if (left.has(id)) continue;
      if (!isTerminal(status)) this.#violate(`I8: ${id} was removed and is ${status}`);
      this.tasks.delete(id);
      this.removed++;
    }
  }

  /** Holds what a store says against these books: nothing lost, nothing invented, all counted. */
  async compare(store: SimStore): Promise<void> {
    const rows = await store.load([...this.tasks.keys()]);
    const status = noTasks();
    const said = rows.map((row) => `${row.task_id}#${row.attempt} ${row.status}`);
    const known = [...this.tasks].map(([id, book]) => `${id}#${book.attempt} ${book.status}`);
    for (const book of this.tasks.values()) status[book.status]++;
    const counts = await store.counts();
    const expected = {
      status,
      total: this.tasks.size,
      accepted_total: this.tasks.size + this.removed,
      removed_total: this.removed,
      results_total: this.results,
      files_accepted: this.batches.size,
    };
    try {
      assertEquals(said, known, "I8: the store and what was acknowledged differ");
      assertEquals(counts, await store.recount(), "I11: counters and recount differ");
      assertEquals({ ...counts, ...expected }, counts, "I1: counters and what happened differ");
    } catch (error) {
      this.#violate(error instanceof Error ? error.message : String(error));
    }
  }
}
