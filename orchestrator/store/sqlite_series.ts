/**
 * The past of the farm in steps of three lengths, and the attempts that ended of late.
 *
 * @module
 */
import type { Connection, Row } from "./connection.ts";
import type { Ledger } from "./ledger.ts";
import { SERIES_STEPS_MS, type SeriesPoint, type SeriesSample, type WorkSpan } from "./store.ts";

const HOUR_MS = 3_600_000;
/** How long the steps of each length are kept, ms: a little longer than they are shown. */
const KEPT_MS = [2 * HOUR_MS, 26 * HOUR_MS, 35 * 24 * HOUR_MS];

const ADD = `
INSERT INTO series
  (step, at, samples, completed, failed, waiting, running, workers, slots, p50, p95, p99)
VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (step, at) DO UPDATE SET samples = samples + 1,
  completed = completed + excluded.completed, failed = failed + excluded.failed,
  waiting = waiting + excluded.waiting, running = running + excluded.running,
  workers = workers + excluded.workers, slots = slots + excluded.slots,
  p50 = coalesce(excluded.p50, p50), p95 = coalesce(excluded.p95, p95),
  p99 = coalesce(excluded.p99, p99)`;
const READ = `
SELECT at, completed, failed, waiting / samples, running / samples, workers / samples,
  slots / samples, p50, p95, p99
FROM series WHERE step = ? AND at >= ? ORDER BY at`;

/** Adds samples. Not synced at once: of the last seconds before a power cut, some may be lost. */
export function addSamples(ledger: Ledger, samples: readonly SeriesSample[]): void {
  const { connection } = ledger;
  ledger.loose(() => {
    for (const s of samples) {
      const { stepMs, at, completed, failed, waiting, running, workers, slots } = s;
      const counted = [completed, failed, waiting, running, workers, slots];
      connection.run(ADD, stepMs, at, ...counted, s.p50, s.p95, s.p99);
      const kept = KEPT_MS[SERIES_STEPS_MS.findIndex((step) => step === stepMs)] ?? HOUR_MS;
      connection.run("DELETE FROM series WHERE step = ? AND at < ?", stepMs, at - kept);
    }
  });
}

export function series(
  { connection }: Ledger,
  { stepMs, since }: { stepMs: number; since: number },
): SeriesPoint[] {
  return connection.all(READ, stepMs, since).map((row) => ({
    at: Number(row[0]),
    completed: Number(row[1]),
    failed: Number(row[2]),
    waiting: Number(row[3]),
    running: Number(row[4]),
    workers: Number(row[5]),
    slots: Number(row[6]),
    p50: row[7] as number | null,
    p95: row[8] as number | null,
    p99: row[9] as number | null,
  }));
}

const RESULT_ENDED = "SELECT completed_at FROM results WHERE number >= ? LIMIT 1";
const ATTEMPT_ENDED = "SELECT ended_at FROM attempts WHERE id >= ? ORDER BY id LIMIT 1";
const COMPLETED = `
SELECT r.worker, t.task_id, coalesce(r.started_at, r.assigned_at, r.completed_at), r.completed_at,
  'completed'
FROM results r JOIN tasks t ON t.seq = r.seq WHERE r.number >= ? ORDER BY r.number DESC LIMIT ?`;
const ENDED = `
SELECT a.worker, t.task_id, a.started_at, a.ended_at, a.outcome
FROM attempts a JOIN tasks t ON t.seq = a.seq
WHERE a.id >= ? AND a.outcome <> 'completed' AND a.started_at IS NOT NULL
ORDER BY a.id DESC LIMIT ?`;

/**
 * The latest attempts that ended since a moment, at most `limit`, and how many there are. Both logs
 * are written in the order in which attempts end, so the first of them is found by halving.
 */
export function spans(
  { connection, totals }: Ledger,
  { since, limit }: { since: number; limit: number },
): { spans: WorkSpan[]; total: number } {
  const attempts = connection.number("SELECT max(id) FROM attempts");
  const result = firstSince(connection, { sql: RESULT_ENDED, last: totals.results, since });
  const attempt = firstSince(connection, { sql: ATTEMPT_ENDED, last: attempts, since });
  const found = [
    ...connection.all(COMPLETED, result, limit),
    ...connection.all(ENDED, attempt, limit),
  ].map(spanFrom).sort((a, b) => b.ended_at - a.ended_at);
  const total = (totals.results - result + 1) + (attempts - attempt + 1);
  const all = found.length < limit ? found.length : Math.max(total, found.length);
  return { spans: found.slice(0, limit), total: all };
}

function firstSince(
  connection: Connection,
  { sql, last, since }: { sql: string; last: number; since: number },
): number {
  let [low, high] = [1, last + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (connection.number(sql, middle) < since) low = middle + 1;
    else high = middle;
  }
  return low;
}

function spanFrom(row: Row): WorkSpan {
  return {
    worker: String(row[0]),
    task_id: String(row[1]),
    started_at: Number(row[2]),
    ended_at: Number(row[3]),
    outcome: row[4] as WorkSpan["outcome"],
  };
}
