/**
 * Takes away what ended long ago, in small steps that each leave the books right: every row that
 * goes is counted as removed in the same transaction. The pages it stood on are used again.
 *
 * @module
 */
import type { Connection, Row } from "./connection.ts";
import type { Draft } from "./draft.ts";
import { PLACE } from "./lanes.ts";
import type { Ledger } from "./ledger.ts";
import { settledChange, writtenResults } from "./sqlite_results.ts";
import type { RemovalReport } from "./store.ts";

/** Rows a step looks at and may remove: a few ms, so that commits hardly wait for it. */
const STEP_ROWS = 200;
const ENDED_PLACES: readonly number[] = [PLACE.completed, PLACE.failed, PLACE.cancelled];

interface Step {
  readonly before: number;
  readonly limit: number;
  /** Where the phase goes on: two numbers of its own meaning. */
  readonly at: readonly [number, number];
}

/** What a phase did; `next` is null when it is through. */
interface Done {
  readonly tasks?: number;
  readonly batches?: number;
  readonly next: readonly [number, number] | null;
}

const PHASES: readonly ((ledger: Ledger, step: Step) => Done)[] = [
  removeTasks,
  removeSuperseded,
  removeBatches,
  removeGroups,
  removeResultFiles,
];

/** The cursor says which phase comes next, and where in it. */
export function removeEnded(
  ledger: Ledger,
  options: { before: number; limit?: number; cursor?: string },
): RemovalReport {
  const { before, limit = STEP_ROWS, cursor = "0 0 0" } = options;
  const [phase, first, second] = cursor.split(" ").map(Number) as [number, number, number];
  const done = PHASES[phase]!(ledger, { before, limit, at: [first, second] });
  const last = phase === PHASES.length - 1;
  const next = done.next !== null
    ? [phase, ...done.next].join(" ")
    : last
    ? null
    : `${phase + 1} 0 0`;
  return { tasks: done.tasks ?? 0, batches: done.batches ?? 0, next };
}

// --- tasks ---------------------------------------------------------------------------------------

/** The order of changes in a lane of ended tasks is the order in which they ended. */
const ENDED = `
SELECT seq, changed, batch, result, redistributions, error_group,
  coalesce(completed_at, created_at), EXISTS (
    SELECT 1 FROM batch_known k WHERE k.batch = ? AND k.seq = t.seq
  )
FROM tasks t WHERE lane = ? AND changed > ? AND changed <= ? ORDER BY changed LIMIT ?`;

/** By lane, then change. */
function removeTasks(ledger: Ledger, { before, limit, at }: Step): Done {
  const lanes = [...ledger.lanes].filter(([lane, count]) =>
    count > 0 && ENDED_PLACES.includes(lane % 8) && lane >= at[0]
  ).map(([lane]) => lane);
  if (lanes.length === 0) return { next: null };
  const lane = Math.min(...lanes);
  const after = lane === at[0] ? at[1] : 0;
  const receiving = ledger.intake?.batch ?? -1;
  const settled = settledChange(ledger);
  const rows = ledger.connection.all(ENDED, receiving, lane, after, settled, limit);
  const young = rows.findIndex((row) => Number(row[6]) >= before);
  const old = young === -1 ? rows : rows.slice(0, young);
  const leaving = old.filter((row) => row[7] === 0);
  if (leaving.length > 0) {
    ledger.durable((draft) => {
      for (const row of leaving) removeTask(ledger, draft, { row, lane });
    });
  }
  const through = old.length < limit;
  return {
    tasks: leaving.length,
    next: through ? [lane + 1, 0] : [lane, Number(old.at(-1)![1])],
  };
}

function removeTask(ledger: Ledger, draft: Draft, { row, lane }: { row: Row; lane: number }) {
  const { connection } = ledger;
  const [seq, , batch, result, redistributions, group] = row as [number, ...number[]];
  connection.run("DELETE FROM attempts WHERE seq = ?", seq);
  let results = 0;
  if (typeof result === "number") {
    results = connection.run("DELETE FROM results WHERE number = ?", result);
  }
  if (typeof group === "number") {
    connection.run("UPDATE error_groups SET count = count - 1 WHERE id = ?", group);
  }
  connection.run("DELETE FROM tasks WHERE seq = ?", seq);
  draft.remove(batch!, lane);
  draft.countRemoved({ tasks: 1, results, redistributed: redistributions! });
}

// --- results of tasks that ran again -------------------------------------------------------------

const OLD_RESULTS = `
SELECT r.number, r.completed_at, t.seq IS NOT NULL
FROM results r LEFT JOIN tasks t ON t.seq = r.seq AND t.result = r.number
WHERE r.number > ? AND r.number <= ? ORDER BY r.number LIMIT ?`;

/** By number. What is left of old results after the tasks are gone belongs to earlier runs. */
function removeSuperseded(ledger: Ledger, { before, limit, at }: Step): Done {
  const { connection } = ledger;
  const rows = connection.all(OLD_RESULTS, at[0], writtenResults(ledger), limit);
  const young = rows.findIndex((row) => Number(row[1]) >= before);
  const old = young === -1 ? rows : rows.slice(0, young);
  const leaving = old.filter((row) => row[2] === 0);
  if (leaving.length > 0) {
    ledger.durable((draft) => {
      for (const [number] of leaving) {
        connection.run("DELETE FROM results WHERE number = ?", number!);
      }
      draft.countRemoved({ results: leaving.length });
    });
  }
  return { next: old.length < limit ? null : [Number(old.at(-1)![0]), 0] };
}

// --- receipts ------------------------------------------------------------------------------------

const BATCHES = `
SELECT number, state, accepted - removed, received_at FROM batches
WHERE number >= ? AND state <> 'receiving' ORDER BY number LIMIT ?`;
const KNOWN = `
SELECT k.place, t.seq IS NOT NULL FROM batch_known k LEFT JOIN tasks t ON t.seq = k.seq
WHERE k.batch = ? AND k.place >= ? ORDER BY k.place LIMIT ?`;

/** A batch that goes, or as many of its known tasks as a step may remove. */
interface Leaving {
  readonly number: number;
  readonly state: string;
  readonly uptoPlace: number;
  readonly whole: boolean;
}

/** By number of the batch, then place of a known task in it. */
function removeBatches(ledger: Ledger, { before, limit, at }: Step): Done {
  const { connection } = ledger;
  const rows = connection.all(BATCHES, at[0], limit) as [number, string, number, number][];
  const leaving: Leaving[] = [];
  let budget = limit;
  let next: [number, number] | null = null;
  for (const [number, state, left, received] of rows) {
    if (received >= before || left > 0) continue;
    const known = connection.all(KNOWN, number, number === at[0] ? at[1] : 0, budget);
    if (known.some(([, isThere]) => isThere === 1)) continue;
    const whole = known.length < budget;
    const uptoPlace = whole ? Number.MAX_SAFE_INTEGER : Number(known.at(-1)![0]);
    leaving.push({ number, state, uptoPlace, whole });
    budget -= known.length;
    if (whole) continue;
    next = [number, uptoPlace + 1];
    break;
  }
  if (leaving.length > 0) {
    ledger.durable((draft) => {
      for (const batch of leaving) removeBatch(connection, draft, batch);
    });
    // Numbers of batches may be given out again.
    ledger.heads.clear();
  }
  if (next === null && rows.length === limit) next = [rows.at(-1)![0] + 1, 0];
  return { batches: leaving.filter(({ whole }) => whole).length, next };
}

function removeBatch(connection: Connection, draft: Draft, batch: Leaving): void {
  const { number, state, uptoPlace, whole } = batch;
  connection.run("DELETE FROM batch_known WHERE batch = ? AND place <= ?", number, uptoPlace);
  if (!whole) return;
  connection.run("DELETE FROM batches WHERE number = ?", number);
  draft.countRemoved(state === "accepted" ? { accepted: 1 } : { rejected: 1 });
}

// --- what nothing points to any more -------------------------------------------------------------

/** There are few groups. */
function removeGroups(ledger: Ledger, { before }: Step): Done {
  const empty = "FROM error_groups WHERE count = 0 AND last_seen < ?";
  if (ledger.connection.number(`SELECT count(*) ${empty}`, before) > 0) {
    ledger.durable(() => ledger.connection.run(`DELETE ${empty}`, before));
  }
  return { next: null };
}

/** The last one says where the next one begins. */
const FILES = `
SELECT first, planned_at < ? AND written = 1 AND last < (SELECT max(last) FROM result_files)
FROM result_files WHERE first > ? ORDER BY first LIMIT ?`;

function removeResultFiles(ledger: Ledger, { before, limit, at }: Step): Done {
  const { connection } = ledger;
  const rows = connection.all(FILES, before, at[0], limit);
  const kept = rows.findIndex((row) => row[1] === 0);
  const leaving = kept === -1 ? rows : rows.slice(0, kept);
  if (leaving.length > 0) {
    ledger.durable(() => {
      for (const [first] of leaving) {
        connection.run("DELETE FROM result_files WHERE first = ?", first!);
      }
    });
  }
  return { next: leaving.length < limit ? null : [Number(leaving.at(-1)![0]), 0] };
}
