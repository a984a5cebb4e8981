/**
 * Reads a dropped file when it is complete: it parses, and nothing changed while it was read. A file
 * that does not parse yet may still be growing, and gets time.
 *
 * @module
 */
import type { TaskFileError, TaskFileLimits } from "../../contract/task_file.ts";
import { UnusualFileError } from "../../contract/task_file_split.ts";
import { parseTaskFile, sizeError } from "../../contract/task_file_text.ts";
import {
  ChangedFileError,
  endsWithBrace,
  isSame,
  type Look,
  lookOf,
  type SeenFile,
  surveyFile,
  tasksOf,
} from "./large_file.ts";

/** Files up to this size are parsed as a whole, in some 10 ms. */
const WHOLE_BYTES_MAX = 1024 * 1024;
/** Tasks handed on between two breaths of the event loop: some 5 ms of work. */
const SLICE_TASKS = 400;

export interface ReadFile {
  readonly bytes: number;
  /** Empty when the file was refused unread. */
  readonly sha256: string;
  readonly metadata: unknown;
  readonly rerun: boolean;
  readonly errors: readonly TaskFileError[];
  /** The tasks as written, in slices; may be asked for again, and then reads a very large file again. */
  tasks(): Iterable<unknown[]> | AsyncIterable<unknown[]>;
}

/** What stands under a name. */
export type Found =
  | { readonly kind: "file"; readonly look: Look }
  | { readonly kind: "gone" }
  /** Not a plain file: nothing to read. */
  | { readonly kind: "not_a_file"; readonly what: "directory" | "symbolic link" | "special file" };

export type Reading =
  | { readonly kind: "complete"; readonly file: ReadFile }
  /** Does not parse and may still grow; null when it was not even read to its end. */
  | { readonly kind: "unsettled"; readonly file: ReadFile | null }
  /** Another one by now. */
  | { readonly kind: "changed" };

export async function findDropped(path: string): Promise<Found> {
  try {
    const info = await Deno.lstat(path);
    if (info.isSymlink) return { kind: "not_a_file", what: "symbolic link" };
    if (info.isDirectory) return { kind: "not_a_file", what: "directory" };
    if (!info.isFile) return { kind: "not_a_file", what: "special file" };
    return { kind: "file", look: lookOf(info) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { kind: "gone" };
    throw error;
  }
}

/**
 * Reads a file that looks like `seen.look`. One that grows no more has `isDue`: what is wrong with
 * it is wanted, whatever it takes.
 */
export async function readDropped(
  seen: SeenFile,
  options: { readonly limits: TaskFileLimits; readonly isDue: boolean },
): Promise<Reading> {
  const { look } = seen;
  const tooLarge = sizeError(look.size, options.limits);
  if (tooLarge !== null) {
    const unread = { bytes: look.size, sha256: "", metadata: null, rerun: false, tasks: () => [] };
    return { kind: "complete", file: { ...unread, errors: [tooLarge] } };
  }
  try {
    const file = look.size > WHOLE_BYTES_MAX
      ? await readLarge(seen, options)
      : await readWhole(seen, options.limits);
    return file !== null && file.errors.length === 0
      ? { kind: "complete", file }
      : { kind: "unsettled", file };
  } catch (error) {
    if (error instanceof ChangedFileError) return { kind: "changed" };
    if (error instanceof Deno.errors.NotFound) return { kind: "changed" };
    throw error;
  }
}

async function readLarge(
  seen: SeenFile,
  { limits, isDue }: { readonly limits: TaskFileLimits; readonly isDue: boolean },
): Promise<ReadFile | null> {
  try {
    if (!await endsWithBrace(seen)) throw new UnusualFileError("The end is missing");
    const { kept, ...survey } = await surveyFile(seen, limits);
    return { bytes: seen.look.size, ...survey, tasks: () => kept ?? tasksOf(seen, survey.sha256) };
  } catch (error) {
    if (!(error instanceof UnusualFileError)) throw error;
    return isDue ? await readWhole(seen, limits) : null;
  }
}

async function readWhole({ path, look }: SeenFile, limits: TaskFileLimits): Promise<ReadFile> {
  const content = await Deno.readFile(path);
  const after = lookOf(await Deno.lstat(path));
  if (!isSame(look, after) || content.byteLength !== after.size) {
    throw new ChangedFileError(`${path} changed`);
  }
  const { tasks, ...envelope } = parseTaskFile(content, limits);
  return {
    bytes: content.byteLength,
    sha256: new Uint8Array(await crypto.subtle.digest("SHA-256", content)).toHex(),
    ...envelope,
    tasks: () => slicesOf(tasks),
  };
}

function* slicesOf(tasks: readonly unknown[]): Generator<unknown[]> {
  for (let at = 0; at < tasks.length; at += SLICE_TASKS) yield tasks.slice(at, at + SLICE_TASKS);
}
