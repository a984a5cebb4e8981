import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import type { AlgorithmTable, TaskFileError } from "./task_file.ts";
import { TASK_FILE_ERRORS_LISTED, TASK_TIMEOUT_SECONDS_MAX } from "./task_file.ts";
import { checkTaskFile, TaskFileCheck } from "./task_file_check.ts";
import { parseTaskFile } from "./task_file_text.ts";

const LIMITS = { bytesMax: 1_000_000, tasksMax: 10_000 };

/** An algorithm with one parameter, `n`: a positive integer, 7 where it is absent. */
const ALGORITHMS: AlgorithmTable = {
  names: ["count", "sum"],
  find: (name) =>
    name !== "count" && name !== "count.py" ? undefined : {
      name: "count",
      check: (parameters) => {
        const { n = 7, ...unknown } = parameters as { n?: unknown };
        const errors: TaskFileError[] = Object.keys(unknown).map((key) => ({
          path: `[${JSON.stringify(key)}]`,
          code: "unknown",
          message: "is unknown",
        }));
        if (!Number.isInteger(n) || (n as number) < 1) {
          errors.push({ path: "n", code: "out_of_range", message: "must be positive" });
        }
        return errors.length > 0 ? errors : { n };
      },
    },
};

function check(source: string | Uint8Array) {
  return checkTaskFile(source, { algorithms: ALGORITHMS, limits: LIMITS });
}

function checkTasks(...tasks: unknown[]) {
  return check(JSON.stringify({ tasks }));
}

const VALID = { task_id: "a", algorithm: "count", parameters: { n: 3 } };

function specOf(task: unknown) {
  const verdict = checkTasks(task);
  assert(verdict.ok, JSON.stringify(verdict));
  return verdict.tasks[0]!.spec;
}

/** Codes and paths of the errors of one task. */
function errorsOf(task: unknown): [path: string, code: string][] {
  const verdict = checkTasks(task);
  assertFalse(verdict.ok);
  for (const error of verdict.errors) assert(error.message.startsWith(error.path), error.message);
  return verdict.errors.map((error) => [error.path, error.code]);
}

function messageOf(task: unknown): string {
  const verdict = checkTasks(task);
  assertFalse(verdict.ok);
  return verdict.errors[0]!.message;
}

Deno.test("checkTaskFile() gives a task with defaults, both names and its place", () => {
  const verdict = check(JSON.stringify({
    metadata: { a: 1 },
    rerun: true,
    tasks: [{ task_id: "a", algorithm: "count.py", parameters: {} }],
  }));
  assertEquals(verdict, {
    ok: true,
    metadata: { a: 1 },
    rerun: true,
    tasks: [{
      index: 0,
      spec: {
        task_id: "a",
        algorithm: "count",
        algorithm_written: "count.py",
        parameters: { n: 7 },
        priority: 5,
        priority_written: "medium",
      },
    }],
  });
});

Deno.test("checkTaskFile() keeps description, timeout and unknown keys", () => {
  const spec = specOf({
    ...VALID,
    description: "Simulación ☄",
    timeout: 0.5,
    owner: { name: "Ana" },
    tags: [1, null],
  });
  assertEquals(spec.description, "Simulación ☄");
  assertEquals(spec.timeout, 0.5);
  assertEquals(spec.extra, { owner: { name: "Ana" }, tags: [1, null] });
});

for (const [written, rank] of [["high", 8], ["medium", 5], ["low", 2], [1, 1], [10, 10]] as const) {
  Deno.test(`checkTaskFile() ranks priority ${written} as ${rank}`, () => {
    const spec = specOf({ ...VALID, priority: written });
    assertEquals([spec.priority, spec.priority_written], [rank, written]);
  });
}

for (const priority of [0, 11, 2.5, "HIGH", "5", "", null, true, [], {}]) {
  Deno.test(`checkTaskFile() refuses priority ${JSON.stringify(priority)}`, () => {
    assertEquals(errorsOf({ ...VALID, priority }).map(([path]) => path), ["tasks[0].priority"]);
  });
}

for (const timeout of [0, -1, TASK_TIMEOUT_SECONDS_MAX + 1, "30", null, {}]) {
  Deno.test(`checkTaskFile() refuses timeout ${JSON.stringify(timeout)}`, () => {
    assertEquals(errorsOf({ ...VALID, timeout }).map(([path]) => path), ["tasks[0].timeout"]);
    assertStringIncludes(messageOf({ ...VALID, timeout }), `up to ${TASK_TIMEOUT_SECONDS_MAX}`);
  });
}

const LONGEST_ID = "x".repeat(200);
for (const id of ["x", LONGEST_ID, "../../etc/passwd", "a b\"'", "tarea ñ 🐦", "__proto__"]) {
  Deno.test(`checkTaskFile() takes the id ${JSON.stringify(id).slice(0, 30)} as data`, () => {
    assertEquals(specOf({ ...VALID, task_id: id }).task_id, id);
  });
}

const WRONG_IDS: readonly [id: unknown, code: string][] = [
  [undefined, "missing"],
  [7, "wrong_type"],
  [null, "wrong_type"],
  [["a"], "wrong_type"],
  ["", "out_of_range"],
  [LONGEST_ID + "x", "out_of_range"],
  ["a\nb", "bad_characters"],
  ["a\u0000", "bad_characters"],
  ["\u009b31m", "bad_characters"],
  ["\ud800", "bad_characters"],
];
for (const [id, code] of WRONG_IDS) {
  const shown = JSON.stringify(id)?.slice(0, 30) ?? "that is missing";
  Deno.test(`checkTaskFile() refuses the id ${shown}`, () => {
    assertEquals(errorsOf({ ...VALID, task_id: id }), [["tasks[0].task_id", code]]);
    assert(messageOf({ ...VALID, task_id: id }).length < 200);
  });
}

Deno.test("checkTaskFile() says that a numeric id stands in quotes", () => {
  assertStringIncludes(messageOf({ ...VALID, task_id: 7 }), "not 7 (write it in quotes)");
});

Deno.test("checkTaskFile() names both places of an id that is used twice", () => {
  const verdict = checkTasks(VALID, { ...VALID, task_id: "b" }, VALID);
  assertFalse(verdict.ok);
  assertEquals(verdict.errors, [{
    path: "tasks[2].task_id",
    code: "duplicate_id",
    message:
      'tasks[2].task_id "a" is the same as tasks[0].task_id: every task needs an id of its own',
  }]);
});

Deno.test("checkTaskFile() names a duplicate of a task that is wrong otherwise", () => {
  const verdict = checkTasks({ ...VALID, priority: 99 }, VALID);
  assertFalse(verdict.ok);
  assertEquals(verdict.errors.map((error) => error.code), ["out_of_range", "duplicate_id"]);
});

Deno.test("checkTaskFile() lists the known algorithms", () => {
  assertEquals(errorsOf({ ...VALID, algorithm: "pyhton" }), [
    ["tasks[0].algorithm", "unknown_algorithm"],
  ]);
  assertEquals(
    messageOf({ ...VALID, algorithm: "pyhton" }),
    'tasks[0].algorithm must be one of count, sum, not "pyhton"',
  );
  assertEquals(errorsOf({ ...VALID, algorithm: undefined }), [["tasks[0].algorithm", "missing"]]);
  assertEquals(errorsOf({ ...VALID, algorithm: 1 }), [["tasks[0].algorithm", "wrong_type"]]);
});

Deno.test("checkTaskFile() puts the path in front of what an algorithm says", () => {
  const verdict = checkTasks({ ...VALID, parameters: { n: 0, "a b": 1 } });
  assertFalse(verdict.ok);
  assertEquals(verdict.errors.map(({ path, message }) => [path, message]), [
    ['tasks[0].parameters["a b"]', 'tasks[0].parameters["a b"] is unknown'],
    ["tasks[0].parameters.n", "tasks[0].parameters.n must be positive"],
  ]);
});

for (const parameters of [undefined, null, 3, "n=3", [3]]) {
  const shown = JSON.stringify(parameters) ?? "that are missing";
  Deno.test(`checkTaskFile() refuses parameters ${shown}`, () => {
    const paths = errorsOf({ ...VALID, parameters }).map(([path]) => path);
    assertEquals(paths, ["tasks[0].parameters"]);
  });
}

for (const description of [null, 3, ["a"], "x".repeat(10_001)]) {
  Deno.test(`checkTaskFile() refuses description ${JSON.stringify(description).slice(0, 10)}`, () => {
    const paths = errorsOf({ ...VALID, description }).map(([path]) => path);
    assertEquals(paths, ["tasks[0].description"]);
    assert(messageOf({ ...VALID, description }).length < 200);
  });
}

for (const task of [null, 3, "a", [VALID], true]) {
  Deno.test(`checkTaskFile() refuses ${JSON.stringify(task)} as a task`, () => {
    assertEquals(errorsOf(task), [["tasks[0]", "wrong_type"]]);
  });
}

Deno.test("checkTaskFile() tells everything that is wrong with a task at once", () => {
  const paths = errorsOf({ algorithm: 3, parameters: 4, priority: 5.5, timeout: "6" })
    .map(([path]) => path);
  assertEquals(paths, [
    "tasks[0].task_id",
    "tasks[0].algorithm",
    "tasks[0].parameters",
    "tasks[0].priority",
    "tasks[0].timeout",
  ]);
});

Deno.test("checkTaskFile() keeps a key named __proto__ as a key", () => {
  const verdict = check(
    '{"tasks": [{"task_id": "a", "algorithm": "count", "parameters": {}, "__proto__": {"x": 1}}]}',
  );
  assert(verdict.ok);
  const extra = verdict.tasks[0]!.spec.extra!;
  assertEquals(Object.keys(extra), ["__proto__"]);
  assertEquals(extra["x"], undefined);
  assertFalse("x" in {});
});

Deno.test("checkTaskFile() does not read a task's keys from its prototype", () => {
  const verdict = check(
    '{"tasks": [{"__proto__": {"task_id": "a", "algorithm": "count", "parameters": {}}}]}',
  );
  assertFalse(verdict.ok);
  assertEquals(verdict.errors.map((error) => error.code), ["missing", "missing", "missing"]);
});

Deno.test("checkTaskFile() lists the first errors and counts all", () => {
  const verdict = checkTasks(...Array.from({ length: TASK_FILE_ERRORS_LISTED + 500 }, () => 1));
  assertFalse(verdict.ok);
  assertEquals(verdict.errors.length, TASK_FILE_ERRORS_LISTED);
  assertEquals(verdict.errorsTotal, TASK_FILE_ERRORS_LISTED + 500);
});

Deno.test("TaskFileCheck gives the same in slices as in one go", () => {
  const tasks = Array.from({ length: 1000 }, (_, i) => ({ ...VALID, task_id: `t${i % 990}` }));
  const text = JSON.stringify({ tasks, rerun: 1 });
  const parsed = parseTaskFile(text, LIMITS);
  const whole = new TaskFileCheck(ALGORITHMS, parsed);
  const passed = whole.check(parsed.tasks);
  const sliced = new TaskFileCheck(ALGORITHMS, parsed);
  const slices = [];
  for (let at = 0; at < tasks.length; at += 64) {
    slices.push(...sliced.check(parsed.tasks.slice(at, at + 64)));
  }
  assertEquals(passed.length, 990);
  assertEquals(slices, passed);
  assertEquals(sliced.errors, whole.errors);
  assertEquals(sliced.errorsTotal, 11);
  assertEquals(sliced.check([]), []);
});

Deno.test("TaskFileCheck takes an id to be unique when it is told so", () => {
  const check = new TaskFileCheck(ALGORITHMS, { mayRepeat: (id) => id !== VALID.task_id });
  assertEquals(check.check([VALID, VALID]).map(({ index }) => index), [0, 1]);
  assertEquals(check.errorsTotal, 0);
});

Deno.test("checkTaskFile() takes bytes", () => {
  const bytes = new TextEncoder().encode(JSON.stringify({ tasks: [VALID] }));
  assert(check(bytes).ok);
});

Deno.test("checkTaskFile() answers any JSON with tasks or with errors", () => {
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom("high", "count", 3, {}, { n: 1 }));
  const task = fc.record({
    task_id: fc.oneof(fc.string(), value),
    algorithm: fc.oneof(fc.constant("count"), value),
    parameters: fc.oneof(fc.record({ n: fc.oneof(fc.nat(), value) }), value),
    priority: value,
    description: fc.oneof(fc.string(), value),
    timeout: fc.oneof(fc.double(), value),
    [`__proto__`]: value,
  }, { requiredKeys: [] });
  const file = fc.record({
    tasks: fc.oneof(fc.array(fc.oneof(task, value), { maxLength: 4 }), value),
    rerun: fc.oneof(fc.boolean(), value),
    metadata: value,
  }, { requiredKeys: [] });
  fc.assert(
    fc.property(fc.oneof(file, value), (written) => {
      const text = JSON.stringify(written);
      expectVerdict(text);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("checkTaskFile() answers any mutation of a valid file with tasks or with errors", () => {
  const valid = new TextEncoder().encode(
    JSON.stringify({ metadata: { a: "ñ" }, tasks: [{ ...VALID, priority: "high", timeout: 5 }] }),
  );
  const edit = fc.record({
    at: fc.nat(),
    removed: fc.nat({ max: 8 }),
    bytes: fc.uint8Array({ maxLength: 4 }),
  });
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
      let bytes = valid;
      for (const { at, removed, bytes: inserted } of edits) {
        const offset = at % (bytes.length + 1);
        bytes = new Uint8Array([
          ...bytes.subarray(0, offset),
          ...inserted,
          ...bytes.subarray(offset + removed),
        ]);
      }
      expectVerdict(bytes);
    }),
    { numRuns: 2000 },
  );
});

/** Either at least one task and nothing wrong, or at least one error with a full sentence. */
function expectVerdict(source: string | Uint8Array): void {
  const verdict = check(source);
  if (verdict.ok) {
    assert(verdict.tasks.length > 0);
    JSON.stringify(verdict);
    return;
  }
  assert(verdict.errors.length > 0);
  assertEquals(verdict.errorsTotal, verdict.errors.length);
  for (const error of verdict.errors) {
    assert(error.message.length > 10 && error.message.length < 500, error.message);
    assertEquals(error.line === undefined, error.column === undefined);
  }
}
