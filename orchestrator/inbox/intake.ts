/**
 * Takes one complete task file into the farm, whole or not at all: check and store in slices, then
 * one commit that makes all of it visible, then the move. A crash between the last two is mended by
 * `findUnmoved` when the file is seen again.
 *
 * @module
 */
import { setImmediate } from "node:timers/promises";
import type { AlgorithmTable, TaskFileError, TaskFileLimits } from "../../contract/task_file.ts";
import { TASK_FILE_ERRORS_LISTED } from "../../contract/task_file.ts";
import { TaskFileCheck } from "../../contract/task_file_check.ts";
import { RepeatedIds } from "../../contract/task_file_ids.ts";
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
import type { Look } from "./large_file.ts";
import type { ReadFile } from "./reader.ts";

/** Turns of the event loop between two slices of tasks. */
const TURNS = 4;

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

/**
 * Judges a file and makes the judgement durable. Moving it is the caller's next step.
 *
 * @throws {ChangedFileError} when it was written to meanwhile: nothing of it was kept.
 */
export async function judgeFile(
  rooms: IntakeRooms,
  file: string,
  content: ReadFile,
): Promise<Judgement> {
  const batch = await startBatch(rooms, file, content);
  if (content.errors.length > 0) {
    return await reject(rooms, batch, { errors: content.errors, total: content.errors.length });
  }
  const intake = await rooms.store.receive(batch);
  try {
    const stored = await storeTasks(rooms, intake, content);
    if (!stored.isWrong) {
      return await accept(rooms, batch, { intake, rerun: content.rerun, queues: stored.queues });
    }
    const found = await findErrors(rooms, content, stored);
    await intake.abandon();
    return await reject(rooms, batch, found);
  } catch (error) {
    await intake.abandon().catch(() => {});
    throw error;
  }
}

async function accept(
  rooms: IntakeRooms,
  batch: BatchStart,
  what: { intake: Intake; rerun: boolean; queues: readonly QueueKey[] },
): Promise<Judgement> {
  let counts = { accepted: 0, known: 0, requeued: 0 };
  await rooms.scheduler.request(async () => {
    const { accepted, known, requeue } = await what.intake.finish({ rerun: what.rerun });
    counts = { accepted, known, requeued: requeue.length };
    return { kind: "batch_accepted", batch: batch.id, queues: what.queues, requeue };
  });
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
    metadata: content.metadata,
  };
}

/** What storing the tasks came to. The conflicts beyond those that are listed are only counted. */
interface Stored {
  isWrong: boolean;
  readonly queues: QueueKey[];
  readonly conflicts: Conflict[];
  conflictsTotal: number;
}

type Conflict = AddReport["conflicts"][number];

/** Stores the tasks, until one of them is wrong. Whether an id stands twice is the store's to see. */
async function storeTasks(
  rooms: IntakeRooms,
  intake: Intake,
  content: ReadFile,
): Promise<Stored> {
  const check = new TaskFileCheck(rooms.algorithms, { mayRepeat: () => false });
  const queues = new Map<string, QueueKey>();
  const stored: Stored = { isWrong: false, queues: [], conflicts: [], conflictsTotal: 0 };
  for await (const slice of content.tasks()) {
    const tasks = check.check(slice);
    if (check.errorsTotal > 0) break;
    for (const { spec: { priority, algorithm } } of tasks) {
      queues.set(`${priority} ${algorithm}`, { priority, algorithm });
    }
    noteConflicts(stored, (await intake.add(tasks)).conflicts);
    await breathe(rooms);
  }
  stored.isWrong ||= check.errorsTotal > 0;
  return { ...stored, queues: [...queues.values()] };
}

function noteConflicts(stored: Stored, conflicts: readonly Conflict[]): void {
  if (conflicts.length > 0) stored.isWrong = true;
  for (const conflict of conflicts) {
    // What stands twice is found once more, with both its places, by `findErrors`.
    if (conflict.kind === "twice") continue;
    if (stored.conflicts.length < TASK_FILE_ERRORS_LISTED) stored.conflicts.push(conflict);
    stored.conflictsTotal++;
  }
}

/** Goes through a wrong file twice more: for the ids that may stand twice, and for every error. */
async function findErrors(rooms: IntakeRooms, content: ReadFile, stored: Stored) {
  const ids = new RepeatedIds(content.bytes);
  for await (const slice of content.tasks()) {
    ids.note(slice);
    await breathe(rooms);
  }
  const check = new TaskFileCheck(rooms.algorithms, { mayRepeat: (id) => ids.mayRepeat(id) });
  for await (const slice of content.tasks()) {
    check.check(slice);
    await breathe(rooms);
  }
  const errors = [...check.errors, ...stored.conflicts.map(toError)];
  return {
    errors: errors.slice(0, TASK_FILE_ERRORS_LISTED),
    total: check.errorsTotal + stored.conflictsTotal,
  };
}

/** Lets others go on. An answer of the API takes several turns of the event loop. */
async function breathe({ signal }: IntakeRooms): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await setImmediate();
  signal.throwIfAborted();
}

function toError({ index, task_id }: Conflict): TaskFileError {
  const path = `tasks[${index}].task_id`;
  return {
    path,
    code: "other_content",
    message: `${path} ${JSON.stringify(task_id)} is already used by a task with another ` +
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

/**
 * Moves a judged file to where it belongs; false when another one stands in its place by now.
 * Throws when the folder does not let it.
 */
export async function moveJudged(
  archive: Archive,
  file: string,
  { judgement, look }: { readonly judgement: Judgement; readonly look: Look },
): Promise<boolean> {
  const { archivedAs } = judgement;
  return judgement.verdict === "accepted"
    ? await archive.moveToProcessed(file, archivedAs, look)
    : await archive.moveToRejected(file, { ...judgement, archivedAs }, look);
}

/**
 * The judgement of an earlier life of this program whose move was cut off: the newest receipt of
 * this name has these very bytes, and its archived file is not there. A receipt whose tasks are gone
 * already for their age is no such judgement: the file has come once more.
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
  if (record.removed > 0) return null;
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
