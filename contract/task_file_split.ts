/**
 * Splits the bytes of a large task file into groups of whole tasks as they come, so that neither its
 * text nor its tasks are ever in memory together. Knows the usual shape only, `{"tasks": [ … ], … }`:
 * whatever differs, or is wrong, is for `parseTaskFile` to read and to explain.
 *
 * It only looks for brackets, commas and quotes. That is enough, because every byte of the file ends
 * up in a group or in the envelope, and each of them must be JSON of its own: the file is JSON if
 * and only if `tasks` is an array in the envelope, and the groups, with commas between, fill it.
 *
 * @module
 */
import { TASK_FILE_DEPTH_MAX } from "./task_file_text.ts";

/** A group ends with the task that fills one of these: some 5 ms of work. */
export interface GroupSize {
  readonly tasks: number;
  readonly bytes: number;
}
const GROUP_SIZE: GroupSize = { tasks: 400, bytes: 128 * 1024 };
/** A larger task, or more beside the tasks, is not what this splitter is for. */
const TASK_BYTES_MAX = 4 * 1024 * 1024;
const ENVELOPE_BYTES_MAX = 1024 * 1024;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
/** This bit is what tells `{` from `[`, and `}` from `]`. */
const BRACE_BIT = 0x20;
const OPEN_OBJECT = OPEN_ARRAY | BRACE_BIT;
const CLOSE_OBJECT = CLOSE_ARRAY | BRACE_BIT;

/** Thrown for a file that only `parseTaskFile` can judge. */
export class UnusualFileError extends Error {
  override name = "UnusualFileError";
}

/** Where the splitter is in the envelope: what the next byte that is not blank must be. */
type Expected = "anything" | "colon" | "tasks";

export class TaskFileSplitter {
  readonly #envelope = new Pieces(ENVELOPE_BYTES_MAX);
  readonly #group: Pieces;
  readonly #groupSize: GroupSize;
  /** Commas between the tasks of the group so far. */
  #commas = 0;
  #inTasks = false;
  #depth = 0;
  #inString = false;
  #escaped = false;
  #expected: Expected = "anything";
  #isKeyNext = false;
  /** The key of the envelope that is being read, as far as it could be `"tasks"`. */
  #key: string | null = null;
  #sawTasks = false;

  constructor(groupSize = GROUP_SIZE) {
    this.#groupSize = groupSize;
    this.#group = new Pieces(groupSize.bytes + TASK_BYTES_MAX);
  }

  /**
   * Takes the next bytes, and returns the groups that they complete; keeps none of `chunk` itself.
   *
   * @throws {UnusualFileError}
   */
  push(chunk: Uint8Array): Uint8Array[] {
    const groups: Uint8Array[] = [];
    let at = 0;
    while (at < chunk.length) {
      at = this.#inTasks ? this.#scanTasks(chunk, at, groups) : this.#scanEnvelope(chunk, at);
    }
    return groups;
  }

  /**
   * The file is at its end: the value that it holds, with an empty array for its tasks.
   *
   * @throws {UnusualFileError}
   */
  end(): unknown {
    if (!this.#sawTasks || this.#inTasks) throw new UnusualFileError("No complete array of tasks");
    const envelope = this.#envelope.take();
    return parsed(() => JSON.parse(envelopeDecoder.decode(envelope)));
  }

  /** Returns where the tasks begin, behind their bracket, or the end of the chunk. */
  #scanEnvelope(chunk: Uint8Array, from: number): number {
    let at = from;
    while (at < chunk.length && !this.#inTasks) {
      const byte = chunk[at++]!;
      if (this.#inString) this.#readString(byte);
      else if (byte > 0x20) this.#readMark(byte);
    }
    this.#envelope.add(chunk.subarray(from, at));
    return at;
  }

  #readString(byte: number): void {
    if (this.#escaped) {
      this.#escaped = false;
    } else if (byte === BACKSLASH) {
      if (this.#key !== null) throw new UnusualFileError("A key with an escape may be any key");
      this.#escaped = true;
    } else if (byte === QUOTE) {
      this.#inString = false;
      if (this.#key === "tasks") this.#foundTasks();
      this.#key = null;
    } else if (this.#key !== null && this.#key.length < 6) {
      this.#key += String.fromCharCode(byte);
    }
  }

  #foundTasks(): void {
    if (this.#sawTasks) throw new UnusualFileError("The key tasks stands twice");
    this.#sawTasks = true;
    this.#expected = "colon";
  }

  /** A byte of the envelope that is neither blank nor within a string. */
  #readMark(byte: number): void {
    if (this.#expected !== "anything") return this.#readExpected(byte);
    if (byte === QUOTE) {
      this.#inString = true;
      this.#key = this.#depth === 1 && this.#isKeyNext ? "" : null;
      this.#isKeyNext = false;
    } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      this.#isKeyNext = byte === OPEN_OBJECT;
      if (++this.#depth > TASK_FILE_DEPTH_MAX) throw new UnusualFileError("Nested too deep");
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      this.#depth--;
    } else if (byte === COMMA) {
      this.#isKeyNext = true;
    }
  }

  #readExpected(byte: number): void {
    const expected = this.#expected;
    if (byte !== (expected === "colon" ? COLON : OPEN_ARRAY)) {
      throw new UnusualFileError("The value of tasks is no array");
    }
    this.#expected = expected === "colon" ? "tasks" : "anything";
    if (expected === "colon") return;
    this.#inTasks = true;
    this.#depth = 2;
  }

  /** Returns where the tasks end, at their bracket, or the end of the chunk. */
  #scanTasks(chunk: Uint8Array, from: number, groups: Uint8Array[]): number {
    // Locals: this loop sees nearly every byte of the file.
    let depth = this.#depth;
    let inString = this.#inString;
    let escaped = this.#escaped;
    let start = from;
    let at = from;
    for (; at < chunk.length; at++) {
      const byte = chunk[at]!;
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === QUOTE) inString = false;
        else if (byte === BACKSLASH) escaped = true;
      } else if (byte === QUOTE) {
        inString = true;
      } else if (byte === COMMA) {
        if (depth === 2 && this.#endsGroup(at - start)) {
          groups.push(this.#endGroup(chunk.subarray(start, at)));
          start = at + 1;
        }
      } else if ((byte | BRACE_BIT) === OPEN_OBJECT) {
        if (++depth > TASK_FILE_DEPTH_MAX) throw new UnusualFileError("Nested too deep");
      } else if ((byte | BRACE_BIT) === CLOSE_OBJECT && --depth === 1) {
        groups.push(this.#endTasks(chunk.subarray(start, at)));
        return at;
      }
    }
    this.#group.add(chunk.subarray(start));
    this.#depth = depth;
    this.#inString = inString;
    this.#escaped = escaped;
    return at;
  }

  /** At a comma between two tasks. */
  #endsGroup(bytes: number): boolean {
    const full = this.#groupSize;
    return ++this.#commas >= full.tasks || this.#group.size + bytes >= full.bytes;
  }

  #endGroup(last: Uint8Array): Uint8Array {
    this.#group.add(last);
    this.#commas = 0;
    return this.#group.take();
  }

  #endTasks(last: Uint8Array): Uint8Array {
    this.#inTasks = false;
    this.#inString = false;
    this.#escaped = false;
    // The bracket itself is read as a part of the envelope, which tells a brace in its place.
    this.#depth = 2;
    return this.#endGroup(last);
  }
}

/** Bytes that come in pieces. */
class Pieces {
  readonly #max: number;
  #pieces: Uint8Array[] = [];
  size = 0;

  constructor(max: number) {
    this.#max = max;
  }

  add(piece: Uint8Array): void {
    this.size += piece.length;
    if (this.size > this.#max) throw new UnusualFileError(`More than ${this.#max} bytes at once`);
    this.#pieces.push(piece.slice());
  }

  take(): Uint8Array {
    const whole = new Uint8Array(this.size);
    let at = 0;
    for (const piece of this.#pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    this.#pieces = [];
    this.size = 0;
    return whole;
  }
}

/** No mark is skipped: within the file it is a fault. */
const groupDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** Skips a mark where the file begins. */
const envelopeDecoder = new TextDecoder("utf-8", { fatal: true });

/**
 * The tasks of a group, as written.
 *
 * @throws {UnusualFileError} when they are no JSON, no UTF-8, or not there.
 */
export function parseGroup(group: Uint8Array): unknown[] {
  const tasks = parsed(() => JSON.parse(`[${groupDecoder.decode(group)}]`)) as unknown[];
  if (tasks.length === 0) throw new UnusualFileError("No task where one should stand");
  return tasks;
}

function parsed(parse: () => unknown): unknown {
  try {
    return parse();
  } catch (error) {
    throw new UnusualFileError("No JSON in UTF-8", { cause: error });
  }
}
