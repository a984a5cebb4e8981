/**
 * From the bytes of a task file to its envelope: encoding, syntax, and which of the accepted shapes
 * it has. The tasks themselves are left as they were written.
 *
 * @module
 */
import { exceedsDepth, findSyntaxFault, positionAt } from "./json_syntax.ts";
import { shownValue } from "./shown_value.ts";
import type { TaskFileError, TaskFileLimits } from "./task_file.ts";

/** Deepest nesting of arrays and objects in a task file. */
export const TASK_FILE_DEPTH_MAX = 100;

/** Metadata larger than this, as JSON text, is not kept. */
const METADATA_LENGTH_MAX = 65_536;

const EXPECTED_SHAPE = 'expected an object such as {"tasks": [ … ]}';

/**
 * A task file with its tasks as written. With `errors`, nothing of it may be queued; `tasks` then
 * still holds what could be read, so that all errors can be told at once.
 */
export interface ParsedTaskFile {
  /** Free-form and never checked: the key `metadata`, or every key that the farm does not know. */
  readonly metadata: unknown;
  readonly rerun: boolean;
  readonly tasks: unknown[];
  readonly errors: readonly TaskFileError[];
}

type JsonObject = Record<string, unknown>;

function refused(error: Omit<TaskFileError, "path"> & { path?: string }): ParsedTaskFile {
  return { metadata: null, rerun: false, tasks: [], errors: [{ path: "", ...error }] };
}

/** The refusal of a file that is too large, to be asked before it is read into memory. */
export function sizeError(bytes: number, limits: TaskFileLimits): TaskFileError | null {
  if (bytes <= limits.bytesMax) return null;
  const message =
    `The file has ${bytes} bytes, more than the ${limits.bytesMax} allowed: split it into several files`;
  return { path: "", code: "too_large", message };
}

/** Offset of the first byte that is not UTF-8. */
function invalidByteOffset(bytes: Uint8Array): number {
  const rewritten = new TextEncoder().encode(
    new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes),
  );
  let offset = 0;
  while (offset < bytes.length && rewritten[offset] === bytes[offset]) offset++;
  return offset;
}

function encodingError(bytes: Uint8Array): ParsedTaskFile {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    return refused({ code: "encoding", message: "The file is UTF-16: save it as UTF-8" });
  }
  const offset = invalidByteOffset(bytes);
  const before = new TextDecoder().decode(bytes.subarray(0, offset));
  const truncated = bytes.length - offset < 4 ? " (the file may be cut off)" : "";
  return refused({
    code: "encoding",
    message: `The file is not UTF-8: byte ${offset + 1} fits no character${truncated}`,
    ...positionAt(before, before.length),
  });
}

function syntaxError(text: string): ParsedTaskFile {
  const fault = findSyntaxFault(text);
  // JSON.parse and findSyntaxFault agree (a test holds them to it); this is for limits of the engine.
  if (fault === null) {
    return refused({
      code: "syntax",
      message: "The file cannot be parsed as JSON by this machine",
    });
  }
  const { line, column, problem } = fault;
  const message = `${problem} (line ${line}, column ${column})`;
  return refused({ code: "syntax", message, line, column });
}

/**
 * Reads a task file up to its envelope. Bytes or text; a byte order mark is skipped. Of a name that
 * stands twice in one object the last value counts. Never throws.
 */
export function parseTaskFile(
  source: Uint8Array | string,
  limits: TaskFileLimits,
): ParsedTaskFile {
  const tooLarge = sizeError(source.length, limits);
  if (tooLarge !== null) return refused(tooLarge);
  let text: string;
  try {
    text = typeof source === "string"
      ? source.replace(/^\ufeff/, "")
      : new TextDecoder("utf-8", { fatal: true }).decode(source);
  } catch {
    return encodingError(source as Uint8Array);
  }
  if (text.trim() === "") {
    return refused({ code: "empty", message: `The file is empty: ${EXPECTED_SHAPE}` });
  }
  if (exceedsDepth(text, TASK_FILE_DEPTH_MAX)) {
    const message = `The file nests arrays and objects more than ${TASK_FILE_DEPTH_MAX} deep`;
    return refused({ code: "too_deep", message });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return syntaxError(text);
  }
  return readEnvelope(value, limits);
}

/**
 * The envelope of a file whose tasks were taken out of it, and of which there are `tasksHeld`: what
 * `parseTaskFile` gives for the whole, but for the tasks.
 */
export function readEmptiedEnvelope(
  value: unknown,
  { tasksHeld, limits }: { readonly tasksHeld: number; readonly limits: TaskFileLimits },
): Omit<ParsedTaskFile, "tasks"> {
  const { metadata, rerun, errors } = readEnvelope(value, limits, tasksHeld);
  return { metadata, rerun, errors };
}

/** What a value that is no envelope probably was meant to be. */
function shapeMessage(value: unknown): string {
  if (Array.isArray(value)) {
    return `The file holds a bare array: ${EXPECTED_SHAPE}, so put the array under "tasks"`;
  }
  return `The file holds ${shownValue(value)}: ${EXPECTED_SHAPE}`;
}

function readEnvelope(
  value: unknown,
  limits: TaskFileLimits,
  tasksHeld?: number,
): ParsedTaskFile {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return refused({ code: "wrong_type", message: shapeMessage(value) });
  }
  const { tasks, rerun, ...rest } = value as JsonObject;
  const errors: TaskFileError[] = [];
  if (rerun !== undefined && typeof rerun !== "boolean") {
    const message = `rerun must be true or false, not ${shownValue(rerun)}`;
    errors.push({ path: "rerun", code: "wrong_type", message });
  }
  const count = tasksHeld ?? (Array.isArray(tasks) ? tasks.length : 0);
  const wrongTasks = tasksError(value as JsonObject, count, limits);
  if (wrongTasks !== null) errors.push(wrongTasks);
  return {
    metadata: boundedMetadata(rest),
    rerun: rerun === true,
    tasks: wrongTasks === null ? tasks as unknown[] : [],
    errors,
  };
}

function tasksError(
  envelope: JsonObject,
  count: number,
  limits: TaskFileLimits,
): TaskFileError | null {
  const { tasks } = envelope;
  const wrong = (code: string, message: string) => ({ path: "tasks", code, message });
  if (tasks === undefined) {
    const hint = "task_id" in envelope
      ? ": the file holds a single task, put it in such a list"
      : "";
    return wrong("missing", `tasks is missing: ${EXPECTED_SHAPE}${hint}`);
  }
  if (!Array.isArray(tasks)) {
    return wrong("wrong_type", `tasks must be an array of tasks, not ${shownValue(tasks)}`);
  }
  if (count === 0) return wrong("empty", "tasks is empty: it needs at least one task");
  if (count <= limits.tasksMax) return null;
  return wrong(
    "too_many_tasks",
    `tasks holds ${count} tasks, more than the ${limits.tasksMax} allowed: ` +
      "split it into several files",
  );
}

/** `rest` is what the envelope holds beside `tasks` and `rerun`. */
function boundedMetadata(rest: JsonObject): unknown {
  const names = Object.keys(rest);
  if (names.length === 0) return null;
  const metadata = names.length === 1 && names[0] === "metadata" ? rest.metadata : rest;
  const length = JSON.stringify(metadata).length;
  return length <= METADATA_LENGTH_MAX
    ? metadata
    : { omitted: `${length} characters, more than the ${METADATA_LENGTH_MAX} that are kept` };
}
