/**
 * Waiting for a batch: from the moment its file was handed over until its last task has ended.
 *
 * @module
 */
import { TASK_STATUSES, type TaskStatus, TERMINAL_STATUSES } from "../contract/task.ts";
import {
  type BatchAnswer,
  type FarmClient,
  FarmProblem,
  stranger,
  Unreachable,
} from "./farm_client.ts";

/** Time between two looks, ms; longer where a look costs the orchestrator more. */
const LOOK_MS = 300;
const COSTLY_LOOK_MS = 2000;

/** How long an orchestrator may be away, e.g. to be restarted, ms. */
const AWAY_MS = 30_000;

export type StatusCounts = Readonly<Partial<Record<TaskStatus, number>>>;

/** How a batch stands. */
export interface BatchProgress {
  readonly batch: BatchAnswer;
  readonly counts: StatusCounts;
  readonly tasks: number;
  /** Tasks that reached a terminal state. */
  readonly ended: number;
}

export interface WaitOptions {
  /** Tells the batch of this file from an older one of the same name. */
  readonly isOurs: (batch: BatchAnswer) => boolean;
  /** Called at every look; null while the file was not taken yet. */
  readonly onProgress: (progress: BatchProgress | null) => void;
  /** @default {300} */
  readonly lookMs?: number;
  /** @default {30000} */
  readonly awayMs?: number;
}

/**
 * Waits until the batch of a dropped file was rejected or all its tasks have ended. An orchestrator
 * that is restarted meanwhile is waited for.
 *
 * @throws {Unreachable | FarmProblem} When the orchestrator stays away, or refuses the question.
 */
export async function waitForBatch(
  client: FarmClient,
  file: string,
  options: WaitOptions,
): Promise<BatchProgress> {
  const { isOurs, onProgress, lookMs = LOOK_MS, awayMs = AWAY_MS } = options;
  let answeredAt = performance.now();
  for (;;) {
    let pauseMs = lookMs;
    try {
      const progress = await look(client, { file, isOurs });
      answeredAt = performance.now();
      onProgress(progress);
      if (progress !== null && hasEnded(progress)) return progress;
      if (progress !== null && !isWhole(progress.batch)) pauseMs = Math.max(lookMs, COSTLY_LOOK_MS);
    } catch (error) {
      const awayFor = performance.now() - answeredAt;
      if (!isPassing(error) || awayFor > awayMs) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/** An orchestrator that is restarted, or whose store cannot answer now, may be back soon. */
function isPassing(error: unknown): boolean {
  return error instanceof Unreachable || (error instanceof FarmProblem && error.status >= 500);
}

async function look(
  client: FarmClient,
  { file, isOurs }: { file: string; isOurs: (batch: BatchAnswer) => boolean },
): Promise<BatchProgress | null> {
  const batch = await client.batch(file);
  if (batch === null || batch.state === "receiving" || !isOurs(batch)) return null;
  if (batch.counts === undefined) throw stranger(client);
  const counts = isWhole(batch) ? batch.counts : await countsOfAll(client, batch);
  const sum = (statuses: readonly TaskStatus[]) =>
    statuses.reduce((total, status) => total + (counts[status] ?? 0), 0);
  return { batch, counts, tasks: sum(TASK_STATUSES), ended: sum(TERMINAL_STATUSES) };
}

/** True when every task of the file came with it: only then do the batch's own counts hold all. */
function isWhole(batch: BatchAnswer): boolean {
  return batch.known === 0 && batch.requeued === 0;
}

/** Counts that include tasks which the farm knew from earlier files. */
async function countsOfAll(client: FarmClient, batch: BatchAnswer): Promise<StatusCounts> {
  const counts: Partial<Record<TaskStatus, number>> = {};
  for (const { status } of await client.results(batch.id)) {
    counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
}

function hasEnded({ batch, tasks, ended }: BatchProgress): boolean {
  return batch.state === "rejected" || ended >= tasks;
}
