/**
 * Receives task files: rows are written as they come, beyond the `seq` that anybody looks at, and
 * seen only once the file is accepted as a whole.
 *
 * @module
 */
import { setImmediate } from "node:timers/promises";
import { taskContent, type TaskSpec } from "../../contract/task.ts";
import type { CheckedTask } from "../../contract/task_file.ts";
import { guard } from "./connection.ts";
import type { Draft, OpenIntake } from "./draft.ts";
import { laneOf, PLACE, queueOfLane } from "./lanes.ts";
import type { Ledger } from "./ledger.ts";
import { clearUnaccepted } from "./leftovers.ts";
import { TASK_COLUMNS, taskFrom, unparse } from "./rows.ts";
import {
  type AddReport,
  type BatchAccepted,
  type BatchStart,
  type Intake,
  type IntakeReport,
  StoreError,
  type TaskRow,
} from "./store.ts";

const INSERT_BATCH = `
INSERT INTO batches (id, file, archived_as, sha256, bytes, received_at, metadata, state, errors,
  errors_total)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO NOTHING RETURNING number`;

const INSERT_TASK = `
INSERT INTO tasks (seq, task_id, batch, lane, changed, content, algorithm_written,
  priority_written, created_at, timeout_ms, description, extra)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (task_id) DO NOTHING`;

const ACCEPT_BATCH = `
UPDATE batches SET state = 'accepted', accepted = ?, known = ?, requeued = ?, first_seq = ?,
  last_seq = ?
WHERE number = ?`;

const KNOWN = "SELECT seq, content FROM tasks WHERE task_id = ?";
const INSERT_KNOWN = `
INSERT INTO batch_known (batch, anchor, place, seq) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`;

/** Room below a file for the changes of other tasks while it is received. */
const ROOM_MIN = 1_024;

const TO_REQUEUE = `
SELECT ${TASK_COLUMNS} FROM batch_known k JOIN tasks t ON t.seq = k.seq
WHERE k.batch = ? AND t.lane % 8 IN (?, ?, ?) ORDER BY t.seq`;

/** What was added so far. */
interface Tally {
  added: number;
  known: number;
  readonly lanes: Map<number, number>;
}

export class SqliteIntake implements Intake {
  readonly #ledger: Ledger;
  readonly #open: OpenIntake;
  readonly #start: BatchStart;
  #tally: Tally = { added: 0, known: 0, lanes: new Map() };
  #report: IntakeReport | null = null;
  #ended = false;

  constructor(ledger: Ledger, start: BatchStart) {
    if (ledger.intake !== null) {
      throw new StoreError("misuse", `File ${start.file} cannot be received beside another one`);
    }
    const batch = ledger.loose(() => insertBatch(ledger, start, RECEIVING));
    const room = Math.max(ROOM_MIN, start.bytes);
    this.#open = { batch, firstChanged: ledger.totals.clock + room, room };
    this.#ledger = ledger;
    this.#start = start;
    ledger.intake = this.#open;
  }

  get batchId(): string {
    return this.#start.id;
  }

  add(tasks: readonly CheckedTask[]): Promise<AddReport> {
    return Promise.try(() => {
      this.#checkOpen();
      if (this.#report !== null) {
        throw new StoreError(
          "misuse",
          `File ${this.#start.file} is complete: nothing can be added`,
        );
      }
      const queues = tasks.map(({ spec }) => this.#ledger.queueId(spec));
      const before = { ...this.#tally, lanes: new Map(this.#tally.lanes) };
      const conflicts: AddReport["conflicts"][number][] = [];
      try {
        this.#ledger.loose(() => {
          tasks.forEach(({ index, spec }, i) => {
            const kind = this.#addOne(spec, laneOf(queues[i]!, PLACE.fresh));
            if (kind !== null) conflicts.push({ index, task_id: spec.task_id, kind });
          });
        });
      } catch (error) {
        this.#tally = before;
        throw error;
      }
      return { conflicts };
    });
  }

  finish(options: { rerun: boolean }): Promise<IntakeReport> {
    return Promise.try(() => guard(this.#ledger.path, () => this.#finish(options)));
  }

  /** Resolves even if the rows cannot be deleted now (a full disk): they stay invisible. */
  async abandon(): Promise<void> {
    this.#checkOpen();
    this.#ended = true;
    await this.clear().catch((error) => {
      if (!(error instanceof StoreError && error.code === "full")) throw error;
    });
  }

  /** Deletes the rows of an abandoned file, if they are still there. */
  async clear(): Promise<void> {
    const ledger = this.#ledger;
    const isCurrent = () => this.#ended && ledger.intake === this.#open;
    if (!isCurrent()) return;
    for (const _ of clearUnaccepted(ledger.connection, ledger.totals.nextSeq)) {
      await setImmediate();
      // A failing disk may have closed the file meanwhile: the start after it clears the rest.
      if (!isCurrent()) return;
    }
    ledger.heads.clear();
    ledger.intake = null;
  }

  /** Its acceptance is on disk. */
  close(): void {
    this.#ended = true;
    this.#ledger.intake = null;
  }

  /** Makes the tasks visible, as part of a commit. */
  accept(draft: Draft, change: BatchAccepted): void {
    this.#checkOpen();
    const report = this.#report;
    if (report === null) {
      throw new StoreError("misuse", `File ${this.#start.file} cannot be accepted before finish()`);
    }
    const { batch, firstChanged } = this.#open;
    const { totals } = draft;
    const firstSeq = totals.nextSeq;
    totals.nextSeq += report.accepted;
    totals.clock = firstChanged + draft.moved + report.accepted;
    totals.filesAccepted++;
    draft.intake = null;
    for (const [lane, count] of this.#tally.lanes) draft.addToLane(lane, count);
    draft.batch(batch).counts.pending += report.accepted;
    draft.touch(batch, change.at);
    draft.events.push({
      at: change.at,
      kind: "batch_accepted",
      batch: change.batch,
      details: {
        file: this.#start.file,
        accepted: report.accepted,
        known: report.known,
        requeued: report.requeue.length,
      },
    });
    this.#ledger.connection.run(
      ACCEPT_BATCH,
      report.accepted,
      report.known,
      report.requeue.length,
      firstSeq,
      totals.nextSeq - 1,
      batch,
    );
  }

  #finish(options: { rerun: boolean }): IntakeReport {
    this.#checkOpen();
    const ledger = this.#ledger;
    const { added, known, lanes } = this.#tally;
    const rerun = options.rerun ? PLACE.completed : PLACE.failed;
    const requeue: TaskRow[] = ledger.connection
      .all(TO_REQUEUE, this.#open.batch, PLACE.failed, PLACE.cancelled, rerun)
      .map((row) => taskFrom(ledger, row));
    const queues = [...lanes.keys()].map((lane) => ledger.queues.key(queueOfLane(lane)));
    this.#report = { accepted: added, queues, known: known - requeue.length, requeue };
    return this.#report;
  }

  /** Writes one task; says what speaks against it, if anything. */
  #addOne(spec: TaskSpec, lane: number): "other_content" | "twice" | null {
    const { connection, totals } = this.#ledger;
    const tally = this.#tally;
    const content = taskContent(spec.algorithm, spec.parameters);
    const inserted = connection.run(
      INSERT_TASK,
      totals.nextSeq + tally.added,
      spec.task_id,
      this.#open.batch,
      lane,
      this.#open.firstChanged + tally.added,
      content,
      spec.algorithm_written,
      spec.priority_written,
      this.#start.received_at,
      spec.timeout === undefined ? null : spec.timeout * 1000,
      spec.description ?? null,
      unparse(spec.extra),
    );
    if (inserted === 0) return this.#addKnown(spec.task_id, content);
    tally.added++;
    tally.lanes.set(lane, (tally.lanes.get(lane) ?? 0) + 1);
    return null;
  }

  #addKnown(taskId: string, content: string): "other_content" | "twice" | null {
    const { connection, totals } = this.#ledger;
    const tally = this.#tally;
    const [seq, knownContent] = connection.get(KNOWN, taskId)!;
    if (Number(seq) >= totals.nextSeq) return "twice";
    const anchor = totals.nextSeq + tally.added;
    if (connection.run(INSERT_KNOWN, this.#open.batch, anchor, tally.known, seq!) === 0) {
      return "twice";
    }
    tally.known++;
    return knownContent === content ? null : "other_content";
  }

  #checkOpen(): void {
    if (this.#ledger.intake === this.#open && !this.#ended) return;
    const code = this.#ended ? "misuse" : "io";
    throw new StoreError(code, `File ${this.#start.file} is not being received any more`);
  }
}

/** The receipt of a refused file. */
export function rejectBatch(ledger: Ledger, start: BatchStart, refusal: Refusal): void {
  ledger.durable((draft) => {
    insertBatch(ledger, start, refusal);
    draft.totals.filesRejected++;
    const { received_at: at, id: batch, file } = start;
    const details = { file, errors: refusal.errorsTotal };
    draft.events.push({ at, kind: "batch_rejected", batch, details });
  });
}

interface Refusal {
  readonly state: "receiving" | "rejected";
  readonly errors: readonly unknown[];
  readonly errorsTotal: number;
}
const RECEIVING: Refusal = { state: "receiving", errors: [], errorsTotal: 0 };

function insertBatch(ledger: Ledger, start: BatchStart, refusal: Refusal): number {
  const row = ledger.connection.get(
    INSERT_BATCH,
    start.id,
    start.file,
    start.archived_as,
    start.sha256,
    start.bytes,
    start.received_at,
    unparse(start.metadata),
    refusal.state,
    JSON.stringify(refusal.errors),
    refusal.errorsTotal,
  );
  if (row === undefined) throw new StoreError("misuse", `Batch ${start.id} exists already`);
  return Number(row[0]);
}
