import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { TaskFileError } from "./task_file.ts";
import { parseTaskFile, sizeError, TASK_FILE_DEPTH_MAX } from "./task_file_text.ts";

const LIMITS = { bytesMax: 100_000, tasksMax: 5 };
const encoder = new TextEncoder();

function parse(source: string | Uint8Array) {
  return parseTaskFile(source, LIMITS);
}

function onlyError(source: string | Uint8Array): TaskFileError {
  const parsed = parse(source);
  assertEquals(parsed.errors.length, 1);
  assertEquals(parsed.tasks, []);
  return parsed.errors[0]!;
}

Deno.test("parseTaskFile() reads the seed's envelope and never checks its metadata", () => {
  const metadata = { total_tasks: 3, created_by: "Usuario Manual" };
  const parsed = parse(JSON.stringify({ metadata, tasks: [1, 2] }));
  assertEquals(parsed, { metadata, rerun: false, tasks: [1, 2], errors: [] });
});

Deno.test("parseTaskFile() reads the original generator's envelope", () => {
  const envelope = { generated_at: "2024-07-08", task_count: 9, source: "gen", description: "d" };
  const parsed = parse(JSON.stringify({ ...envelope, tasks: [1] }));
  assertEquals(parsed.metadata, envelope);
  assertEquals(parsed.tasks, [1]);
  assertEquals(parsed.errors, []);
});

Deno.test("parseTaskFile() keeps unknown keys beside metadata", () => {
  const parsed = parse('{"metadata": {"a": 1}, "source": "b", "tasks": [1], "rerun": true}');
  assertEquals(parsed.metadata, { metadata: { a: 1 }, source: "b" });
  assertEquals(parsed.rerun, true);
});

Deno.test("parseTaskFile() has null for metadata that is not there", () => {
  assertEquals(parse('{"tasks": [1]}').metadata, null);
});

Deno.test("parseTaskFile() keeps a note in place of metadata that is too large", () => {
  const parsed = parse(JSON.stringify({ metadata: "x".repeat(70_000), tasks: [1] }));
  assertEquals(parsed.errors, []);
  assertStringIncludes(JSON.stringify(parsed.metadata), "omitted");
});

Deno.test("parseTaskFile() skips a byte order mark in bytes and in text", () => {
  assertEquals(parse('\ufeff{"tasks": [1]}').tasks, [1]);
  assertEquals(parse(encoder.encode('\ufeff{"tasks": [1]}')).tasks, [1]);
});

Deno.test("parseTaskFile() takes the last of two equal names, as JSON.parse does", () => {
  assertEquals(parse('{"tasks": [1], "tasks": [2]}').tasks, [2]);
});

for (const text of ["", "   \n\t", "\ufeff"]) {
  Deno.test(`parseTaskFile() says that ${JSON.stringify(text)} is empty`, () => {
    const error = onlyError(text);
    assertEquals([error.code, error.path], ["empty", ""]);
    assertStringIncludes(error.message, '{"tasks": [');
  });
}

Deno.test("parseTaskFile() gives line and column of a syntax error", () => {
  const error = onlyError('{"tasks": [\n  {"task_id": "a",}\n]}');
  assertEquals([error.code, error.line, error.column], ["syntax", 2, 19]);
  assertStringIncludes(error.message, "(line 2, column 19)");
});

Deno.test("parseTaskFile() says where a file is not UTF-8", () => {
  const bytes = encoder.encode('{"tasks": [\n"ñ"]}');
  const wrong = bytes.slice();
  wrong[14] = 0x28; // second byte of the ñ
  const error = onlyError(wrong);
  assertEquals([error.code, error.line, error.column], ["encoding", 2, 2]);
  assertStringIncludes(error.message, "byte 14 ");
});

Deno.test("parseTaskFile() says that a file may be cut off inside a character", () => {
  const error = onlyError(encoder.encode('{"tasks": ["ñ').slice(0, -1));
  assertEquals(error.code, "encoding");
  assertStringIncludes(error.message, "cut off");
});

Deno.test("parseTaskFile() tells a true replacement character from a wrong byte", () => {
  const bytes = new Uint8Array([...encoder.encode('["\ufffd'), 0xff, ...encoder.encode('"]')]);
  assertEquals(onlyError(bytes).column, 4);
});

Deno.test("parseTaskFile() names UTF-16", () => {
  assertStringIncludes(onlyError(new Uint8Array([0xff, 0xfe, 0x7b, 0])).message, "UTF-16");
});

Deno.test("parseTaskFile() names the NUL bytes of a file that was never written", () => {
  const error = onlyError(new Uint8Array(4096));
  assertEquals(error.code, "syntax");
  assertStringIncludes(error.message, "NUL byte");
});

for (const text of ["[]", '[{"task_id": "a"}]', "3", '"tasks"', "null", "true"]) {
  Deno.test(`parseTaskFile() says what is expected instead of ${text}`, () => {
    const error = onlyError(text);
    assertEquals([error.code, error.path], ["wrong_type", ""]);
    assertStringIncludes(error.message, 'expected an object such as {"tasks": [ … ]}');
  });
}

Deno.test("parseTaskFile() says that tasks is missing, and how to write a single task", () => {
  assertEquals(onlyError("{}").code, "missing");
  assertStringIncludes(onlyError('{"task_id": "a"}').message, "a single task");
});

Deno.test("parseTaskFile() refuses tasks that are no array or empty", () => {
  const error = onlyError('{"tasks": {"a": 1}}');
  assertEquals([error.path, error.code], ["tasks", "wrong_type"]);
  assertEquals(onlyError('{"tasks": []}').code, "empty");
});

Deno.test("parseTaskFile() tells a wrong rerun and still gives the tasks", () => {
  const parsed = parse('{"tasks": [1], "rerun": "true"}');
  assertEquals(parsed.tasks, [1]);
  assertEquals(parsed.errors.map((error) => error.message), [
    'rerun must be true or false, not "true"',
  ]);
});

Deno.test("parseTaskFile() refuses more tasks than the limit, naming both numbers", () => {
  const error = onlyError('{"tasks": [1, 2, 3, 4, 5, 6]}');
  assertEquals(error.code, "too_many_tasks");
  assertStringIncludes(error.message, "6 tasks, more than the 5 allowed");
  assertEquals(parse('{"tasks": [1, 2, 3, 4, 5]}').errors, []);
});

Deno.test("sizeError() refuses what is above the limit only", () => {
  assertEquals(sizeError(100_000, LIMITS), null);
  assertEquals(sizeError(100_001, LIMITS)?.code, "too_large");
  assertEquals(onlyError("x".repeat(100_001)).code, "too_large");
});

Deno.test("parseTaskFile() refuses nesting that could not be written out again", () => {
  const nested = (depth: number) =>
    `{"metadata": ${"[".repeat(depth)}${"]".repeat(depth)}, "tasks": [1]}`;
  assertEquals(onlyError(nested(40_000)).code, "too_deep");
  assertEquals(onlyError("[".repeat(90_000)).code, "too_deep");
  assertEquals(onlyError(nested(TASK_FILE_DEPTH_MAX)).code, "too_deep");
  assertEquals(parse(nested(TASK_FILE_DEPTH_MAX - 1)).errors, []);
});

Deno.test("parseTaskFile() leaves the prototype of objects alone", () => {
  const parsed = parse('{"__proto__": {"polluted": 1}, "tasks": [1]}');
  assertEquals(Object.keys(parsed.metadata as object), ["__proto__"]);
  assert(!("polluted" in {}));
});
