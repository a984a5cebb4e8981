import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { parseGroup, TaskFileSplitter, UnusualFileError } from "./task_file_split.ts";
import { parseTaskFile, readEmptiedEnvelope, TASK_FILE_DEPTH_MAX } from "./task_file_text.ts";

const LIMITS = { bytesMax: 10_000_000, tasksMax: 50 };
const encoder = new TextEncoder();

interface Cuts {
  /** Lengths of the chunks, used over and over. */
  readonly chunks: readonly number[];
  readonly tasks: number;
  readonly bytes: number;
}
const WHOLE: Cuts = { chunks: [1 << 30], tasks: 1000, bytes: 1 << 20 };
const BYTE_BY_BYTE: Cuts = { chunks: [1], tasks: 1, bytes: 1 };

/** The file as the splitter sees it, in the form of `parseTaskFile`. */
function split(source: string | Uint8Array, cuts: Cuts = WHOLE) {
  const bytes = typeof source === "string" ? encoder.encode(source) : source;
  const splitter = new TaskFileSplitter(cuts);
  const tasks: unknown[] = [];
  const buffer = new Uint8Array(Math.min(Math.max(...cuts.chunks), bytes.length));
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const length = cuts.chunks[turn % cuts.chunks.length]!;
    const piece = bytes.subarray(at, at + length);
    at += piece.length;
    // One buffer for all chunks: the splitter must keep nothing of it.
    buffer.set(piece);
    for (const group of splitter.push(buffer.subarray(0, piece.length))) {
      const held = parseGroup(group);
      assert(held.length <= cuts.tasks);
      tasks.push(...held);
    }
  }
  const envelope = readEmptiedEnvelope(splitter.end(), {
    tasksHeld: tasks.length,
    limits: LIMITS,
  });
  return { ...envelope, tasks };
}

function splitOrNull(source: string | Uint8Array, cuts: Cuts) {
  try {
    return split(source, cuts);
  } catch (error) {
    if (error instanceof UnusualFileError) return null;
    throw error;
  }
}

const cuts = fc.record({
  chunks: fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 5 }),
  tasks: fc.integer({ min: 1, max: 5 }),
  bytes: fc.integer({ min: 1, max: 100 }),
});
const text = fc.string({
  unit: fc.constantFrom('"', "\\", "[", "]", "{", "}", ",", ":", "ñ", "🐦"),
});
const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), text);
const blanks = fc.constantFrom("", " ", "\n\t", "  ");
const envelopeKeys = fc.dictionary(fc.constantFrom("metadata", "a", "task", "taskss", "1"), value);

/** A file of the usual shape, its array of tasks anywhere among the other keys. */
const usualFile = fc.record({
  tasks: fc.array(value, { minLength: 1, maxLength: 12 }),
  before: envelopeKeys,
  after: envelopeKeys,
  rerun: fc.option(fc.oneof(fc.boolean(), value), { nil: undefined }),
  blank: blanks,
  indent: fc.constantFrom(0, 1),
  mark: fc.constantFrom("", "\ufeff"),
}).map(({ tasks, before, after, rerun, blank, indent, mark }) => {
  const written = JSON.stringify({ ...before, rerun, tasks, ...after }, null, indent);
  return mark + blank + written.replace('"tasks":', () => `"tasks"${blank}:${blank}`) + blank;
});

/** Texts that are nearly such a file. */
const brokenFile = fc.tuple(
  usualFile,
  fc.array(
    fc.record({
      at: fc.nat(),
      removed: fc.nat({ max: 6 }),
      inserted: fc.constantFrom(
        ...'[]{},:"\\1 ',
        "\ufeff",
        "\xff",
        '"tasks":',
        '"tasks":[1],',
        '"t\\u0061sks":[2],',
        ",,",
        "1e",
      ),
    }),
    { minLength: 1, maxLength: 3 },
  ),
).map(([file, edits]) => {
  let bytes = encoder.encode(file);
  for (const { at, removed, inserted } of edits) {
    const offset = at % (bytes.length + 1);
    const put = inserted === "\xff" ? new Uint8Array([0xff]) : encoder.encode(inserted);
    bytes = new Uint8Array([
      ...bytes.subarray(0, offset),
      ...put,
      ...bytes.subarray(offset + removed),
    ]);
  }
  return bytes;
});

Deno.test("TaskFileSplitter gives what parseTaskFile() gives, however a usual file is cut", () => {
  fc.assert(
    fc.property(usualFile, cuts, (file, cuts) => {
      assertEquals(split(file, cuts), parseTaskFile(file, LIMITS));
    }),
    { numRuns: 500 },
  );
});

Deno.test("TaskFileSplitter leaves a file alone rather than read it otherwise", () => {
  let accepted = 0;
  fc.assert(
    fc.property(brokenFile, cuts, (file, cuts) => {
      const found = splitOrNull(file, cuts);
      if (found === null) return;
      accepted++;
      assertEquals(found, parseTaskFile(file, LIMITS));
    }),
    { numRuns: 1500 },
  );
  // Some edits leave a file of the usual shape, else nothing would have been compared.
  assert(accepted > 20, `only ${accepted}`);
});

const UNUSUAL: Record<string, string | Uint8Array> = {
  "nothing": "",
  "blanks": " \n",
  "a bare array": "[1]",
  "a number": "1",
  "no tasks": '{"metadata":1}',
  "an empty array of tasks": '{"tasks":[ ]}',
  "tasks that are an object": '{"tasks":{"a":1}}',
  "tasks that are a text": '{"tasks":"[1]"}',
  "tasks twice": '{"tasks":[1],"tasks":[2]}',
  "tasks twice, the second one with an escape": '{"tasks":[1],"t\\u0061sks":[2]}',
  "tasks deeper down": '{"metadata":{"tasks":[1]}}',
  "tasks as a value": '{"metadata":"tasks",[1]}',
  "a comma too many at the end": '{"tasks":[1,]}',
  "a comma too many at the beginning": '{"tasks":[,1]}',
  "a comma too many between": '{"tasks":[1,,2]}',
  "a missing comma": '{"tasks":[1 2]}',
  "a brace that closes the tasks": '{"tasks":[1}}',
  "a bracket that closes a task": '{"tasks":[{]]}',
  "no end of the array": '{"tasks":[1',
  "no end of the object": '{"tasks":[1]',
  "no end of a text": '{"tasks":["a]}',
  "something behind the end": '{"tasks":[1]} 2',
  "two files in one": '{"tasks":[1]}{"tasks":[2]}',
  "a comment": '{"tasks":[1 /* , */]}',
  "a byte order mark within": '{"tasks":[1,\ufeff2]}',
  "two byte order marks": '\ufeff\ufeff{"tasks":[1]}',
  "a control character in a text": '{"tasks":["\t"]}',
  "a byte that is no UTF-8": new Uint8Array([
    ...encoder.encode('{"tasks":["'),
    0xff,
    0x22,
    0x5d,
    0x7d,
  ]),
  "a task nested too deep": `{"tasks":[${"[".repeat(TASK_FILE_DEPTH_MAX - 1)}${
    "]".repeat(TASK_FILE_DEPTH_MAX - 1)
  }]}`,
  "metadata nested too deep": `{"tasks":[1],"a":${"[".repeat(TASK_FILE_DEPTH_MAX)}${
    "]".repeat(TASK_FILE_DEPTH_MAX)
  }}`,
};
for (const [what, source] of Object.entries(UNUSUAL)) {
  Deno.test(`TaskFileSplitter leaves alone ${what}`, () => {
    for (const cuts of [WHOLE, BYTE_BY_BYTE]) {
      assertThrows(() => split(source, cuts), UnusualFileError);
    }
  });
}

Deno.test("TaskFileSplitter takes the deepest nesting that parseTaskFile() takes", () => {
  const brackets = TASK_FILE_DEPTH_MAX - 2;
  const file = `{"tasks":[${"[".repeat(brackets)}${"]".repeat(brackets)}]}`;
  assertEquals(split(file), parseTaskFile(file, LIMITS));
});

Deno.test("TaskFileSplitter counts the tasks of a file that has too many", () => {
  const file = JSON.stringify({ tasks: Array.from({ length: LIMITS.tasksMax + 1 }, () => 1) });
  const { errors, metadata } = parseTaskFile(file, LIMITS);
  assertEquals(errors[0]?.code, "too_many_tasks");
  const found = split(file, { ...WHOLE, tasks: 7 });
  assertEquals([found.errors, found.metadata], [errors, metadata]);
});

Deno.test("TaskFileSplitter holds no more than one large task, or one large envelope", () => {
  const large = "x".repeat(6_000_000);
  for (const file of [{ tasks: [large] }, { tasks: [1], metadata: large }]) {
    const inChunks = { ...WHOLE, chunks: [100_000] };
    assertThrows(() => split(JSON.stringify(file), inChunks), UnusualFileError, "at once");
  }
});
