/**
 * Takes one complete task file into the farm, whole or not at all: check and store in slices, then
 * one commit that makes all of it visible, then the move. A crash between the last two is mended by
 * `finishMove` when the file is seen again.
 *
 * @module
 */
import { setImmediate } from "node:timers/promises";
import type { AlgorithmTable, TaskFileError, TaskFileLimits } from "../../contract/task_file.ts";
import { TASK_FILE_ERRORS_LISTED } from "../../contract/task_file.ts";
import { TaskFileCheck } from "../../contract/task_file_check.ts";
import type { Scheduler } from "../scheduler.ts";
import type {
  AddReport,
  BatchRecord,
  BatchStart,
  Intake,
  QueueKey,
  Store,
} from "../store/store.ts";
import { type Archive, archivedName, batchId } from "./archive.ts";
import type { ReadFile } from "./reader.ts";

/** Tasks checked and stored between two breaths of the event loop. */
const SLICE = 1000;

export interface IntakeRooms {
  readonly store: Store;
  readonly scheduler: Scheduler;
  readonly archive: Archive;
  readonly algorithms: AlgorithmTable;
  readonly limits: TaskFileLimits;
  /** Aborted when the orchestrator stops: a file half taken in is forgotten and stays where it is. */
  readonly signal: AbortSignal;
}

/** What became of a file. `move` still has to be carried out when it could not be done at once. */
export type Judgement =
  | {
    readonly verdict: "accepted";
    readonly batch: string;
    readonly archivedAs: string;
    readonly accepted: number;
    readonly known: number;
    readonly requeued: number;
  }
  | {
    readonly verdict: "rejected";
    readonly batch: string;
    readonly archivedAs: string;
    readonly errors: readonly TaskFileError[];
    readonly total: number;
  };

/** Judges a file and makes the judgement durable. Moving it is the caller's next step. */
export async function judgeFile(
  rooms: IntakeRooms,
  file: string,
  content: ReadFile,
): Promise<Judgement> {
  const batch = await startBatch(rooms, file, content);
  const { parsed } = content;
  if (parsed === null || content.errors.length > 0) {
    return await reject(rooms, batch, { errors: content.errors, total: content.errors.length });
  }
  const check = new TaskFileCheck(parsed, rooms.algorithms);
  const intake = await rooms.store.receive(batch);
  const stored = await storeTasks(check, intake, rooms.signal).catch(async (error) => {
    await intake.abandon();
    throw error;
  });
  const total = check.errorsTotal + stored.conflicts.length;
  if (total > 0) {
    await intake.abandon();
    const errors = [...check.errors, ...stored.conflicts].slice(0, TASK_FILE_ERRORS_LISTED);
    return await reject(rooms, batch, { errors, total });
  }
  let counts = { accepted: 0, known: 0, requeued: 0 };
  try {
    await rooms.scheduler.request(async () => {
      const { accepted, known, requeue } = await intake.finish({ rerun: parsed.rerun });
      counts = { accepted, known, requeued: requeue.length };
      return { kind: "batch_accepted", batch: batch.id, queues: stored.queues, requeue };
    });
  } catch (error) {
    await intake.abandon();
    throw error;
  }
  return { verdict: "accepted", batch: batch.id, archivedAs: batch.archived_as, ...counts };
}

async function startBatch(
  rooms: IntakeRooms,
  file: string,
  content: ReadFile,
): Promise<BatchStart> {
  const at = rooms.scheduler.now().wall;
  const archivedAs = await archivedName(file, {
    at,
    isTaken: async (name) =>
      await rooms.archive.holds(name) || await rooms.store.batch(batchId(name)) !== null,
  });
  return {
    id: batchId(archivedAs),
    file,
    archived_as: archivedAs,
    sha256: content.sha256,
    bytes: content.bytes,
    received_at: at,
    metadata: content.parsed?.metadata ?? null,
  };
}

async function storeTasks(check: TaskFileCheck, intake: Intake, signal: AbortSignal) {
  const conflicts: TaskFileError[] = [];
  const queues = new Map<string, QueueKey>();
  while (!check.done) {
    const tasks = check.next(SLICE);
    // Once something is wrong the rest is only checked, for the list of errors.
    if (check.errorsTotal === 0 && tasks.length > 0) {
      for (const { spec: { priority, algorithm } } of tasks) {
        queues.set(`${priority} ${algorithm}`, { priority, algorithm });
      }
      const report = await intake.add(tasks);
      conflicts.push(...report.conflicts.map(toError));
    }
    await setImmediate();
    signal.throwIfAborted();
  }
  return { conflicts, queues: [...queues.values()] };
}

function toError(conflict: AddReport["conflicts"][number]): TaskFileError {
  const name = JSON.stringify(conflict.task_id);
  return {
    path: `tasks[${conflict.index}].task_id`,
    code: conflict.kind === "twice" ? "duplicate_id" : "other_content",
    message: conflict.kind === "twice"
      ? `tasks[${conflict.index}].task_id ${name} stands twice in this file`
      : `tasks[${conflict.index}].task_id ${name} is already used by a task with another ` +
        `algorithm or other parameters: give this one another task_id`,
  };
}

async function reject(
  rooms: IntakeRooms,
  batch: BatchStart,
  what: { errors: readonly TaskFileError[]; total: number },
): Promise<Judgement> {
  await rooms.store.reject(batch, what.errors, what.total);
  return { verdict: "rejected", batch: batch.id, archivedAs: batch.archived_as, ...what };
}

/** Moves a judged file to where it belongs. Throws when the folder does not let it. */
export async function moveJudged(
  archive: Archive,
  file: string,
  judgement: Judgement,
): Promise<void> {
  const { archivedAs } = judgement;
  if (judgement.verdict === "accepted") await archive.moveToProcessed(file, archivedAs);
  else await archive.moveToRejected(file, { ...judgement, archivedAs });
}

/**
 * The judgement of an earlier life of this program whose move was cut off: the newest receipt of
 * this name has these very bytes, and its archived file is not there.
 */
export async function findUnmoved(
  rooms: IntakeRooms,
  file: string,
  content: ReadFile,
): Promise<Judgement | null> {
  const record = await rooms.store.batch(file);
  if (record === null || record.sha256 !== content.sha256 || record.bytes !== content.bytes) {
    return null;
  }
  return await rooms.archive.holds(record.archived_as) ? null : toJudgement(record);
}

function toJudgement(record: BatchRecord): Judgement | null {
  const { id: batch, archived_as: archivedAs } = record;
  if (record.state === "receiving") return null;
  if (record.state === "rejected") {
    const errors = record.errors as readonly TaskFileError[];
    return { verdict: "rejected", batch, archivedAs, errors, total: record.errors_total };
  }
  const { accepted, known, requeued } = record;
  return { verdict: "accepted", batch, archivedAs, accepted, known, requeued };
}
