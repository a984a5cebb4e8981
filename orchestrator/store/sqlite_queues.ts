/**
 * What the scheduler reads: waiting tasks in order, what a restart must load, and the counters.
 *
 * @module
 */
import type { SQLInputValue } from "node:sqlite";
import type { Row } from "./connection.ts";
import { laneOf, noTasks, PLACE, queueOfLane, statusOfLane, UNFINISHED_PLACES } from "./lanes.ts";
import type { Ledger } from "./ledger.ts";
import { TASK_COLUMNS, taskFrom } from "./rows.ts";
import type { Counts, QueueKey, TaskRow, WorkerRecord, WorkerTotals } from "./store.ts";

const CLAIM = `
SELECT ${TASK_COLUMNS}, t.changed FROM tasks t
WHERE t.lane = ? AND t.changed > ? AND t.changed < ? ORDER BY t.changed LIMIT ?`;

const IN_LANE = `SELECT ${TASK_COLUMNS} FROM tasks t WHERE t.lane = ? ORDER BY t.changed`;

const BY_ID = `SELECT ${TASK_COLUMNS} FROM tasks t WHERE t.task_id = ? AND t.seq < ?`;

export function claim(
  ledger: Ledger,
  key: QueueKey,
  window: { after: number; limit: number },
): { tasks: TaskRow[]; position: number } {
  const queue = ledger.queues.id(key);
  if (queue === undefined) return { tasks: [], position: window.after };
  const lane = laneOf(queue, PLACE.fresh);
  const read = () => {
    const { after, limit } = window;
    return ledger.connection.all(CLAIM, lane, after, ledger.ceiling, limit);
  };
  let rows = read();
  if (rows.some(([seq]) => ledger.handouts.has(Number(seq)))) {
    ledger.catchUp();
    rows = read();
  }
  const position = rows.at(-1)?.at(-1);
  return {
    tasks: rows.map((row) => taskFrom(ledger, row)),
    position: position === undefined ? window.after : Number(position),
  };
}

export function freshQueues(ledger: Ledger): (QueueKey & { count: number })[] {
  const found: (QueueKey & { count: number })[] = [];
  for (const [lane, count] of ledger.lanes) {
    if (lane % 8 !== PLACE.fresh || count === 0) continue;
    found.push({ ...ledger.queues.key(queueOfLane(lane)), count });
  }
  return found;
}

export function unfinished(ledger: Ledger): TaskRow[] {
  const tasks: TaskRow[] = [];
  for (const [lane, count] of ledger.lanes) {
    if (count === 0 || !UNFINISHED_PLACES.includes(lane % 8)) continue;
    for (const row of ledger.connection.all(IN_LANE, lane)) tasks.push(taskFrom(ledger, row));
  }
  return tasks.sort((a, b) => a.seq - b.seq);
}

export function loadTasks(ledger: Ledger, taskIds: readonly string[]): TaskRow[] {
  return taskIds.flatMap((id) => {
    const row = ledger.connection.get(BY_ID, id, ledger.totals.nextSeq);
    return row === undefined ? [] : [taskFrom(ledger, row)];
  });
}

export function workers(ledger: Ledger): WorkerRecord[] {
  const rows = ledger.connection.all("SELECT id, epoch, address, at FROM workers ORDER BY id");
  return rows.map(([id, epoch, address, at]) => ({
    id: String(id),
    epoch: String(epoch),
    address: String(address),
    at: Number(at),
  }));
}

export function workerTotals({ connection }: Ledger): WorkerTotals[] {
  const rows = connection.all(
    "SELECT worker, completed, failed, execution_ms FROM worker_totals ORDER BY worker",
  );
  return rows.map((row) => ({
    worker: String(row[0]),
    completed: Number(row[1]),
    failed: Number(row[2]),
    execution_ms: Number(row[3]),
  }));
}

export function counts(ledger: Ledger): Counts {
  const { totals, lanes } = ledger;
  return summary([...lanes], {
    ...removedCounts(ledger),
    redistributed_total: totals.redistributed,
    files_accepted: totals.filesAccepted,
    files_rejected: totals.filesRejected,
    results_total: totals.results,
  });
}

export function recount(ledger: Ledger): Counts {
  const { connection, totals } = ledger;
  const { removed } = totals;
  const lanes: Row[] = connection.all(
    "SELECT lane, count(*) FROM tasks WHERE seq < ? GROUP BY lane",
    totals.nextSeq,
  );
  const count = (sql: string, ...values: SQLInputValue[]) => connection.number(sql, ...values);
  return summary(lanes.map(([lane, tasks]) => [Number(lane), Number(tasks)]), {
    ...removedCounts(ledger),
    redistributed_total: removed.redistributed + count(
      "SELECT sum(redistributions) FROM tasks INDEXED BY tasks_redistributed WHERE redistributions > 0",
    ),
    files_accepted: removed.accepted +
      count("SELECT count(*) FROM batches WHERE state = 'accepted'"),
    files_rejected: removed.rejected +
      count("SELECT count(*) FROM batches WHERE state = 'rejected'"),
    results_total: removed.results + count("SELECT count(*) FROM results"),
  });
}

/** Every number of a task was given out to one that was accepted. */
function removedCounts({ totals: { nextSeq, removed } }: Ledger) {
  return {
    accepted_total: nextSeq - 1,
    removed_total: removed.tasks,
    files_removed: removed.accepted + removed.rejected,
  };
}

function summary(
  lanes: readonly (readonly [lane: number, count: number])[],
  rest: Omit<Counts, "status" | "total">,
): Counts {
  const status = noTasks();
  let total = 0;
  for (const [lane, count] of lanes) {
    status[statusOfLane(lane)] += count;
    total += count;
  }
  return { status, total, ...rest };
}
