/**
 * Task files that are too large to be parsed at one go: read in small chunks, once to learn whether
 * the file is whole, what its envelope says and what its hash is, and again for its tasks if they
 * are too many to be kept meanwhile.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { TaskFileError, TaskFileLimits } from "../../contract/task_file.ts";
import { parseGroup, TaskFileSplitter, UnusualFileError } from "../../contract/task_file_split.ts";
import { readEmptiedEnvelope } from "../../contract/task_file_text.ts";

/** Bytes read, hashed and scanned between two breaths of the event loop: a few ms of work. */
const CHUNK_BYTES = 256 * 1024;
/** Up to this size the tasks of the first reading are kept, some five times as much in memory. */
export const KEPT_BYTES_MAX = 4 * 1024 * 1024;
/** How much of a file's end is looked at for its last brace. */
const TAIL_BYTES = 4096;
/** What JSON has between its marks. A NUL is none: it stands where a copy has not come yet. */
const BLANKS: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0d, 0x20]);
const CLOSING_BRACE = 0x7d;

/** How a file looked: two equal looks mean that nothing was written in between. */
export interface Look {
  readonly size: number;
  readonly mtimeMs: number;
  /** Which file it is, whatever its name; null where the system does not say. */
  readonly ino: number | null;
}

export function isSame(a: Look, b: Look): boolean {
  return a.size === b.size && a.mtimeMs === b.mtimeMs && a.ino === b.ino;
}

export function lookOf(info: Deno.FileInfo): Look {
  return { size: info.size, mtimeMs: info.mtime?.getTime() ?? 0, ino: info.ino };
}

/** The file is not the one any more that was being read. */
export class ChangedFileError extends Error {
  override name = "ChangedFileError";
}

/** A file as it looked when somebody decided to read it. */
export interface SeenFile {
  readonly path: string;
  readonly look: Look;
  /** Aborted when nobody wants the content any more. */
  readonly signal: AbortSignal;
}

/** What a first reading tells. */
export interface Survey {
  readonly sha256: string;
  readonly metadata: unknown;
  readonly rerun: boolean;
  readonly errors: readonly TaskFileError[];
  /** The tasks in slices; null when there were too many to keep. */
  readonly kept: readonly unknown[][] | null;
}

/**
 * False while a file cannot be complete, because a copy that still runs rarely pauses at a `}`.
 *
 * @throws {ChangedFileError}
 */
export async function endsWithBrace({ path, look }: SeenFile): Promise<boolean> {
  using file = await Deno.open(path);
  const tail = new Uint8Array(Math.min(TAIL_BYTES, look.size));
  await file.seek(look.size - tail.length, Deno.SeekMode.Start);
  if (await fill(file, tail) < tail.length) throw new ChangedFileError(`${path} shrank`);
  const last = tail.findLast((byte) => !BLANKS.has(byte));
  // Nothing but blanks: some other file than anybody expects, but perhaps complete.
  return last === undefined || last === CLOSING_BRACE;
}

/**
 * Reads the file through, and parses every task of it once.
 *
 * @throws {UnusualFileError} for a file that must be parsed as a whole.
 * @throws {ChangedFileError} when it was written to meanwhile.
 */
export async function surveyFile(file: SeenFile, limits: TaskFileLimits): Promise<Survey> {
  const hash = createHash("sha256");
  const splitter = new TaskFileSplitter();
  const kept: unknown[][] | null = file.look.size <= KEPT_BYTES_MAX ? [] : null;
  let tasksHeld = 0;
  for await (const chunk of chunksOf(file)) {
    hash.update(chunk);
    for (const group of splitter.push(chunk)) {
      const tasks = parseGroup(group);
      tasksHeld += tasks.length;
      kept?.push(tasks);
    }
  }
  const envelope = readEmptiedEnvelope(splitter.end(), { tasksHeld, limits });
  return { sha256: hash.digest("hex"), ...envelope, kept };
}

/**
 * The tasks of a file that was surveyed, in slices of a few ms of work.
 *
 * @throws {ChangedFileError} at the latest behind the last of them.
 */
export async function* tasksOf(file: SeenFile, sha256: string): AsyncGenerator<unknown[]> {
  const hash = createHash("sha256");
  const splitter = new TaskFileSplitter();
  try {
    for await (const chunk of chunksOf(file)) {
      hash.update(chunk);
      for (const group of splitter.push(chunk)) yield parseGroup(group);
    }
  } catch (error) {
    if (error instanceof UnusualFileError) throw new ChangedFileError(`${file.path} changed`);
    throw error;
  }
  if (hash.digest("hex") !== sha256) throw new ChangedFileError(`${file.path} changed`);
}

/** The bytes of the file; a chunk is overwritten by the next one. */
async function* chunksOf({ path, look, signal }: SeenFile): AsyncGenerator<Uint8Array> {
  using file = await Deno.open(path);
  const buffer = new Uint8Array(CHUNK_BYTES);
  for (let left = look.size; left > 0;) {
    const read = await fill(file, buffer.subarray(0, Math.min(left, CHUNK_BYTES)));
    // By its path, not by the open file: another file may have taken its name.
    const isChanged = !isSame(look, lookOf(await Deno.lstat(path)));
    if (isChanged || read === 0) throw new ChangedFileError(`${path} changed`);
    left -= read;
    yield buffer.subarray(0, read);
    await setImmediate();
    signal.throwIfAborted();
  }
}

/** Reads until the buffer is full or the file ends. */
async function fill(file: Deno.FsFile, buffer: Uint8Array): Promise<number> {
  let size = 0;
  while (size < buffer.length) {
    const read = await file.read(buffer.subarray(size));
    if (read === null) break;
    size += read;
  }
  return size;
}
