/**
 * Tasks, files and changes for the tests of every store: what the inbox and the scheduler would
 * hand in.
 *
 * @module
 */
import type { TaskSpec } from "../../contract/task.ts";
import type { CheckedTask } from "../../contract/task_file.ts";
import type { Failure, TaskResult } from "../../contract/wire.ts";
import type {
  AttemptRecord,
  BatchStart,
  Change,
  IntakeReport,
  QueueKey,
  Store,
  TaskChange,
  TaskListed,
  TaskQuery,
  TaskRow,
} from "./store.ts";

export const PYTHON: QueueKey = { priority: 5, algorithm: "python" };
export const FAILURE: Failure = { kind: "task", code: "thrown", message: "It threw" };

/** Tasks of one file, in order; `more` is the same for all of them. */
export function tasksOf(ids: readonly string[], more: Partial<TaskSpec> = {}): CheckedTask[] {
  return ids.map((task_id, index) => ({
    index,
    spec: {
      task_id,
      algorithm: "python",
      algorithm_written: "benchmark.py",
      parameters: { num_particles: 10, num_steps: 0, seed: 42 },
      priority: 5,
      priority_written: "medium",
      ...more,
    },
  }));
}

export function fileOf(id: string, more: Partial<BatchStart> = {}): BatchStart {
  return {
    id,
    file: `${id}.json`,
    archived_as: `20240708_143000_${id}.json`,
    sha256: "0".repeat(64),
    bytes: 100,
    received_at: 1_000,
    metadata: { source: id },
    ...more,
  };
}

/** Receives a file whole; the known tasks that have to run again are requeued with it. */
export async function accept(
  store: Pick<Store, "receive" | "commit">,
  id: string,
  tasks: readonly CheckedTask[],
  options: { rerun?: boolean } = {},
): Promise<IntakeReport> {
  const intake = await store.receive(fileOf(id));
  const { conflicts } = await intake.add(tasks);
  if (conflicts.length > 0) throw new Error(`Conflicts in ${id}: ${JSON.stringify(conflicts)}`);
  const report = await intake.finish({ rerun: options.rerun ?? false });
  const revived = report.requeue.map((row) => requeued(row));
  await store.commit([{ kind: "batch_accepted", batch: id, at: 2_000 }, ...revived]);
  return report;
}

/** A change to a copy of the row, so that the test's row stays as it was. */
export function changeTo(
  row: TaskRow,
  fields: Partial<TaskRow>,
  more: Omit<TaskChange, "kind" | "from" | "task"> = {},
): TaskChange {
  return { kind: "task", from: row.status, task: { ...row, ...fields }, ...more };
}

export function assigned(row: TaskRow, worker = "worker-01"): TaskChange {
  const fields = { worker, assigned_at: 3_000, started_at: null, not_before: null };
  return changeTo(row, { ...fields, status: "assigned", attempt: row.attempt + 1 });
}

export function running(row: TaskRow): TaskChange {
  return changeTo(row, { status: "running", started_at: 3_500 });
}

export function resultOf(row: TaskRow): TaskResult {
  return {
    status: "completed",
    output: `Done: ${row.task_id}`,
    metrics: { attempt: row.attempt, state_sha256: "a".repeat(64) },
  };
}

export function completed(row: TaskRow, executionMs = 12.5): TaskChange {
  const fields = { completed_at: 4_000, execution_ms: executionMs, error: null };
  return changeTo(row, { ...fields, status: "completed" }, {
    ended: ended(row, "completed"),
    result: resultOf(row),
  });
}

export function failed(row: TaskRow): TaskChange {
  return changeTo(row, { status: "failed", completed_at: 4_000, error: FAILURE }, {
    ended: ended(row, "failed", FAILURE),
  });
}

/** Taken back from a worker that was lost. */
export function lost(row: TaskRow): TaskChange {
  const fields = { redistributions: row.redistributions + 1, started_at: null };
  return changeTo(row, { ...fields, status: "redistributed" }, { ended: ended(row, "lost") });
}

/** Waits again, held by the scheduler. */
export function held(row: TaskRow, notBefore: number | null): TaskChange {
  return changeTo(row, { status: "pending", not_before: notBefore, started_at: null }, {
    ended: ended(row, "failed", FAILURE),
  });
}

export function requeued(row: TaskRow): TaskChange {
  const fields = {
    completed_at: null,
    started_at: null,
    assigned_at: null,
    execution_ms: null,
    worker: null,
    error: null,
    not_before: null,
  };
  return changeTo(row, { ...fields, status: "pending" }, { requeued: true });
}

export function ended(
  row: TaskRow,
  outcome: AttemptRecord["outcome"],
  error: Failure | null = null,
): AttemptRecord {
  return {
    attempt: row.attempt,
    worker: row.worker!,
    assigned_at: row.assigned_at!,
    started_at: row.started_at,
    ended_at: 4_000,
    outcome,
    error,
  };
}

/** Commits what `change` makes of the tasks, and returns their rows as the store has them then. */
export async function apply(
  store: Pick<Store, "load" | "commit">,
  taskIds: readonly string[],
  change: (row: TaskRow) => Change,
): Promise<TaskRow[]> {
  const rows = await store.load(taskIds);
  await store.commit(rows.map((row) => change(row)));
  return await store.load(taskIds);
}

/** Ids of fresh tasks of a queue, from its beginning. */
export async function freshIds(
  store: Pick<Store, "claim">,
  key: QueueKey = PYTHON,
): Promise<string[]> {
  return (await store.claim(key, 0, 1_000_000)).tasks.map((row) => row.task_id);
}

/** Everything a listing gives, page by page. */
export async function listAll(
  store: Store,
  query: TaskQuery,
  limit = 1_000,
): Promise<TaskListed[]> {
  const tasks: TaskListed[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const page = await store.page(query, cursor === undefined ? { limit } : { limit, cursor });
    tasks.push(...page.tasks);
    cursor = page.next;
  }
  return tasks;
}

export function idsOf(tasks: readonly { readonly task_id: string }[]): string[] {
  return tasks.map((task) => task.task_id);
}
