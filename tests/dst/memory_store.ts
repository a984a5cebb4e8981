/**
 * A store in memory with the promises of the real one: all or nothing, transitions only from the
 * state that the caller believes in, counters beside the rows, a file invisible until it is accepted.
 *
 * @module
 */
import {
  TASK_STATUSES,
  taskContent,
  type TaskStatus,
  TERMINAL_STATUSES,
} from "../../contract/task.ts";
import type { CheckedTask } from "../../contract/task_file.ts";
import {
  type BatchStart,
  type Change,
  type CommitReport,
  type Counts,
  type Intake,
  type IntakeReport,
  type QueueKey,
  type RemovalReport,
  type Store,
  StoreError,
  type TaskChange,
  type TaskRow,
} from "../../orchestrator/store/store.ts";

/** What a simulated orchestrator and its inbox use of a store. */
export type SimStore = Pick<
  Store,
  | "receive"
  | "commit"
  | "claim"
  | "queues"
  | "unfinished"
  | "load"
  | "counts"
  | "recount"
  | "removeEnded"
>;

interface Entry {
  readonly row: TaskRow;
  /** In its queue, for `claim` to find. */
  readonly isFresh: boolean;
  readonly changed: number;
}

interface Receiving {
  readonly start: BatchStart;
  readonly tasks: Map<string, CheckedTask>;
  readonly known: string[];
}

export class MemoryStore implements SimStore {
  #entries = new Map<string, Entry>();
  readonly #batches = new Set<string>();
  #clock = 0;
  #seq = 0;
  #results = 0;
  #removed = 0;
  #status = noTasks();
  #receiving: Receiving | null = null;

  /** What a crash leaves: everything but a file half received. */
  restart(): void {
    this.#receiving = null;
  }

  receive(start: BatchStart): Promise<Intake> {
    if (this.#receiving !== null) throw new StoreError("misuse", "Two files at a time");
    if (this.#batches.has(start.id)) throw new StoreError("misuse", `${start.id} exists`);
    const own: Receiving = { start, tasks: new Map(), known: [] };
    this.#receiving = own;
    const checkOpen = () => {
      if (this.#receiving !== own) throw new StoreError("io", `${start.id} is not being received`);
    };
    return Promise.resolve({
      add: (tasks) => {
        checkOpen();
        for (const task of tasks) {
          const { task_id } = task.spec;
          if (this.#entries.has(task_id)) own.known.push(task_id);
          else own.tasks.set(task_id, task);
        }
        return Promise.resolve({ conflicts: [] });
      },
      finish: ({ rerun }) => {
        checkOpen();
        return Promise.resolve(this.#report(own, rerun));
      },
      abandon: () => {
        checkOpen();
        this.#receiving = null;
        return Promise.resolve();
      },
    });
  }

  #report(own: Receiving, rerun: boolean): IntakeReport {
    const again: TaskStatus[] = rerun ? [...TERMINAL_STATUSES] : ["failed", "cancelled"];
    const requeue = own.known.map((id) => copy(this.#entries.get(id)!.row))
      .filter((row) => again.includes(row.status));
    const queues = new Map<string, QueueKey>();
    for (const { spec: { priority, algorithm } } of own.tasks.values()) {
      queues.set(`${priority} ${algorithm}`, { priority, algorithm });
    }
    return {
      accepted: own.tasks.size,
      queues: [...queues.values()],
      known: own.known.length - requeue.length,
      requeue,
    };
  }

  commit(changes: readonly Change[]): Promise<CommitReport> {
    const entries = new Map<string, Entry>();
    let clock = this.#clock;
    let results = this.#results;
    let accepted: Receiving | null = null;
    const find = (id: string) => entries.get(id) ?? this.#entries.get(id);
    for (const change of changes) {
      if (change.kind === "worker") continue;
      if (change.kind === "batch_accepted") {
        accepted = this.#receiving;
        if (accepted?.start.id !== change.batch) throw new StoreError("misuse", change.batch);
        for (const task of accepted.tasks.values()) {
          const row = newRow(task, { seq: ++this.#seq, start: accepted.start });
          entries.set(row.task_id, { row, isFresh: true, changed: ++clock });
        }
        continue;
      }
      const { task } = change;
      checkChange(change, find(task.task_id));
      if (change.result !== undefined) results++;
      const isFresh = change.requeued === true;
      entries.set(task.task_id, { row: copy(task), isFresh, changed: ++clock });
    }
    for (const [id, entry] of entries) {
      const before = this.#entries.get(id);
      if (before !== undefined) this.#status[before.row.status]--;
      this.#status[entry.row.status]++;
      this.#entries.set(id, entry);
    }
    this.#clock = clock;
    this.#results = results;
    if (accepted !== null) {
      this.#batches.add(accepted.start.id);
      this.#receiving = null;
    }
    return Promise.resolve({ finished: [] });
  }

  claim(key: QueueKey, after: number, limit: number) {
    const found = [...this.#entries.values()]
      .filter(({ row, isFresh, changed }) =>
        isFresh && changed > after && row.priority === key.priority &&
        row.algorithm === key.algorithm
      )
      .sort((a, b) => a.changed - b.changed)
      .slice(0, limit);
    const position = found.at(-1)?.changed ?? after;
    return Promise.resolve({ tasks: found.map(({ row }) => copy(row)), position });
  }

  queues() {
    const queues = new Map<string, QueueKey & { count: number }>();
    for (const { row: { priority, algorithm }, isFresh } of this.#entries.values()) {
      if (!isFresh) continue;
      const name = `${priority} ${algorithm}`;
      const count = (queues.get(name)?.count ?? 0) + 1;
      queues.set(name, { priority, algorithm, count });
    }
    return Promise.resolve([...queues.values()]);
  }

  unfinished(): Promise<TaskRow[]> {
    const rows = [...this.#entries.values()]
      .filter(({ row, isFresh }) => !isFresh && !isTerminal(row.status))
      .map(({ row }) => copy(row));
    return Promise.resolve(rows.sort((a, b) => a.seq - b.seq));
  }

  load(taskIds: readonly string[]): Promise<TaskRow[]> {
    return Promise.resolve(taskIds.flatMap((id) => {
      const entry = this.#entries.get(id);
      return entry === undefined ? [] : [copy(entry.row)];
    }));
  }

  removeEnded(
    { before, limit = 200 }: { before: number; limit?: number },
  ): Promise<RemovalReport> {
    const known = new Set(this.#receiving?.known);
    const leaving = [...this.#entries.values()]
      .filter(({ row }) => isTerminal(row.status) && !known.has(row.task_id))
      .filter(({ row }) => (row.completed_at ?? row.created_at) < before)
      .sort((a, b) => a.changed - b.changed)
      .slice(0, limit);
    for (const { row } of leaving) {
      this.#entries.delete(row.task_id);
      this.#status[row.status]--;
    }
    this.#removed += leaving.length;
    const next = leaving.length < limit ? null : "more";
    return Promise.resolve({ tasks: leaving.length, batches: 0, next });
  }

  counts(): Promise<Counts> {
    return Promise.resolve(this.#countsOf(this.#status));
  }

  recount(): Promise<Counts> {
    const status = noTasks();
    for (const { row } of this.#entries.values()) status[row.status]++;
    return Promise.resolve(this.#countsOf(status));
  }

  #countsOf(status: Record<TaskStatus, number>): Counts {
    return {
      status: { ...status },
      total: this.#entries.size,
      accepted_total: this.#seq,
      removed_total: this.#removed,
      redistributed_total: 0,
      files_accepted: this.#batches.size,
      files_rejected: 0,
      files_removed: 0,
      results_total: this.#results,
    };
  }
}

export function isTerminal(status: TaskStatus): boolean {
  return TERMINAL_STATUSES.some((terminal) => terminal === status);
}

export function noTasks(): Record<TaskStatus, number> {
  return Object.fromEntries(TASK_STATUSES.map((status) => [status, 0])) as Record<
    TaskStatus,
    number
  >;
}

function copy(row: TaskRow): TaskRow {
  return { ...row, tried: row.tried.slice() };
}

function checkChange({ task, from, result, requeued }: TaskChange, before: Entry | undefined) {
  const strayed = before?.row.status !== from || before.row.attempt > task.attempt ||
    before.row.redistributions > task.redistributions;
  const wrong = (task.status === "completed") !== (result !== undefined) ||
    (requeued === true && (task.status !== "pending" || task.not_before !== null));
  if (!strayed && !wrong) return;
  throw new StoreError(
    "misuse",
    `Task ${task.task_id} cannot go from ${from} to ${task.status}: it is ${before?.row.status}`,
  );
}

function newRow(
  { spec }: CheckedTask,
  { seq, start }: { seq: number; start: BatchStart },
): TaskRow {
  return {
    seq,
    task_id: spec.task_id,
    batch: start.id,
    algorithm: spec.algorithm,
    content: taskContent(spec.algorithm, spec.parameters),
    priority: spec.priority,
    created_at: start.received_at,
    timeout_ms: spec.timeout === undefined ? null : spec.timeout * 1000,
    status: "pending",
    attempt: 0,
    worker: null,
    assigned_at: null,
    started_at: null,
    completed_at: null,
    execution_ms: null,
    retry_count: 0,
    redistributions: 0,
    crashes: 0,
    not_before: null,
    error: null,
    tried: [],
  };
}
