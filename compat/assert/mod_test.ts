/**
 * Tests of the assertions: what passes, what fails, with which error, and what they tell the compiler.
 *
 * @module
 */
import nodeAssert from "node:assert/strict";
import * as std from "./mod.ts";

/** Runs something that must fail as an assertion and returns its message without colours. */
function failure(fn: () => unknown): string {
  let caught: unknown;
  try {
    fn();
  } catch (error) {
    caught = error;
  }
  nodeAssert.ok(caught instanceof std.AssertionError, `no AssertionError but ${caught}`);
  // deno-lint-ignore no-control-regex -- terminal colours
  return caught.message.replaceAll(/\x1b\[\d+m/g, "");
}

Deno.test("AssertionError has its own name and keeps a cause", () => {
  const error = new std.AssertionError("x", { cause: 1 });
  nodeAssert.ok(error instanceof Error);
  nodeAssert.equal(error.name, "AssertionError");
  nodeAssert.equal(error.cause, 1);
});

Deno.test("assert() wants a truthy value and narrows", () => {
  const value: string | undefined = ["x"].at(0);
  std.assert(value);
  nodeAssert.equal(value.length, 1);
  nodeAssert.equal(failure(() => std.assert(0)), "");
  nodeAssert.equal(failure(() => std.assert("", "told so")), "told so");
});

Deno.test("assertFalse() wants a falsy value", () => {
  for (const value of [false, 0, 0n, "", null, undefined]) std.assertFalse(value);
  nodeAssert.equal(failure(() => std.assertFalse([], "no")), "no");
});

Deno.test("assertExists() lets everything but null and undefined pass and narrows", () => {
  const value: string | null = ["x"].at(0) ?? null;
  std.assertExists(value);
  nodeAssert.equal(value.length, 1);
  std.assertExists(0);
  std.assertExists("");
  nodeAssert.match(failure(() => std.assertExists(null)), /not be null or undefined\.$/);
  nodeAssert.match(failure(() => std.assertExists(undefined, "why")), /: why$/);
});

Deno.test("fail() and unreachable() always throw", () => {
  nodeAssert.equal(failure(() => std.fail()), "Failed assertion.");
  nodeAssert.equal(failure(() => std.fail("x")), "Failed assertion: x");
  nodeAssert.equal(failure(() => std.unreachable()), "Unreachable.");
  nodeAssert.equal(failure(() => std.unreachable("x")), "Unreachable: x");
});

Deno.test("assertEquals() shows the lines that differ", () => {
  std.assertEquals({ a: [1, 2] }, { a: [1, 2] });
  const message = failure(() => std.assertEquals({ b: 2, a: 1, c: 3 }, { c: 3, a: 1, b: 4 }));
  nodeAssert.ok(message.startsWith("Values are not equal.\n"));
  nodeAssert.ok(
    message.includes("\n    {\n      a: 1,\n-     b: 2,\n+     b: 4,\n      c: 3,\n    }"),
  );
  nodeAssert.ok(failure(() => std.assertEquals(1, 2, "x")).startsWith("Values are not equal: x\n"));
});

Deno.test("assertEquals() can show very long values", () => {
  const long = Array.from({ length: 3000 }, (_, i) => i);
  nodeAssert.ok(failure(() => std.assertEquals(long, [...long, 1])).includes("2999"));
});

Deno.test("assertNotEquals() fails for equal values", () => {
  std.assertNotEquals({ a: 1 }, { a: 2 });
  nodeAssert.match(failure(() => std.assertNotEquals([1], [1])), /^Expected actual: /);
});

Deno.test("assertStrictEquals() wants the same value and narrows", () => {
  const value: unknown = 5;
  std.assertStrictEquals(value, 5);
  nodeAssert.equal(value.toFixed(), "5");
  std.assertStrictEquals(NaN, NaN);
  failure(() => std.assertStrictEquals(0, -0));
  nodeAssert.match(failure(() => std.assertStrictEquals({}, {})), /not reference-equal/);
  nodeAssert.match(failure(() => std.assertStrictEquals(1, 2)), /^Values are not strictly equal\./);
  std.assertNotStrictEquals({}, {});
  failure(() => std.assertNotStrictEquals(1, 1));
});

Deno.test("assertAlmostEquals() tolerates a ten-millionth by default", () => {
  std.assertAlmostEquals(1, 1 + 0.9e-7);
  failure(() => std.assertAlmostEquals(1, 1 + 2e-7));
  std.assertAlmostEquals(1e9, 1e9 + 99);
  failure(() => std.assertAlmostEquals(1e9, 1e9 + 101));
  std.assertAlmostEquals(1, 1.5, 0.5);
  failure(() => std.assertAlmostEquals(1, 1.5, 0.4));
  std.assertAlmostEquals(Infinity, Infinity);
  std.assertAlmostEquals(NaN, NaN);
  failure(() => std.assertAlmostEquals(0, NaN));
  nodeAssert.match(failure(() => std.assertAlmostEquals(1, 2, 0.1, "x")), /: x$/);
});

Deno.test("assertGreater() and its relatives compare", () => {
  std.assertGreater(2, 1);
  std.assertGreaterOrEqual(2, 2);
  std.assertLess(1, 2);
  std.assertLessOrEqual(new Date(1), new Date(1));
  nodeAssert.equal(failure(() => std.assertGreater(1, 1)), "Expect 1 > 1.");
  nodeAssert.equal(failure(() => std.assertGreaterOrEqual(1, 2)), "Expect 1 >= 2.");
  nodeAssert.equal(failure(() => std.assertLess(1, 1, "x")), "Expect 1 < 1: x");
  nodeAssert.equal(failure(() => std.assertLessOrEqual(2, 1)), "Expect 2 <= 1.");
});

Deno.test("assertMatch() and its relatives look into strings", () => {
  std.assertMatch("abc", /b/);
  std.assertNotMatch("abc", /x/);
  std.assertStringIncludes("abc", "bc");
  failure(() => std.assertMatch("abc", /x/));
  failure(() => std.assertNotMatch("abc", /b/));
  nodeAssert.equal(
    failure(() => std.assertStringIncludes("abc", "x")),
    'Expected actual: "abc" to contain: "x".',
  );
});

Deno.test("assertArrayIncludes() compares deeply and names what is missing", () => {
  std.assertArrayIncludes([{ a: 1 }, { b: 2 }], [{ b: 2 }]);
  std.assertArrayIncludes(new Uint8Array([1, 2]), [2]);
  nodeAssert.match(
    failure(() => std.assertArrayIncludes([1, 2], [2, 3])),
    /missing: \[\n {2}3,\n\]/,
  );
});

Deno.test("assertObjectMatch() wants the expected part only", () => {
  interface Point {
    x: number;
    y: number;
    inner: { list: number[]; seen: Map<string, object>; tags: Set<string> };
  }
  const point: Point = {
    x: 1,
    y: 2,
    inner: { list: [1, 2, 3], seen: new Map([["a", { n: 1, m: 2 }]]), tags: new Set(["p", "q"]) },
  };
  std.assertObjectMatch(point, { x: 1 });
  std.assertObjectMatch(point, { inner: { list: [1, 2] } });
  std.assertObjectMatch(point, {
    inner: { seen: new Map([["a", { n: 1 }]]), tags: new Set(["q"]) },
  });
  failure(() => std.assertObjectMatch(point, { x: 2 }));
  failure(() => std.assertObjectMatch(point, { z: undefined }));
  failure(() => std.assertObjectMatch(point, { inner: { list: [2] } }));
  failure(() => std.assertObjectMatch(point, { inner: { list: [1, 2, 3, 4] } }));
  failure(() => std.assertObjectMatch(point, { inner: { tags: new Set(["z"]) } }));
  failure(() => std.assertObjectMatch({ a: null }, { a: { b: 1 } }));
  failure(() => std.assertObjectMatch({ a: /x/g }, { a: /x/i }));
});

Deno.test("assertObjectMatch() ends on cycles", () => {
  const actual: Record<string, unknown> = { a: 1 };
  actual["self"] = actual;
  std.assertObjectMatch(actual, { self: { self: { a: 1 } } });
  const expected: Record<string, unknown> = { a: 1 };
  expected["self"] = expected;
  std.assertObjectMatch(actual, expected);
});

Deno.test("assertInstanceOf() names both classes and narrows", () => {
  const value: unknown = new Map([["a", 1]]);
  std.assertInstanceOf(value, Map);
  nodeAssert.equal(value.size, 1);
  nodeAssert.match(failure(() => std.assertInstanceOf({}, Date)), /"Date" but was "Object"\.$/);
  nodeAssert.match(failure(() => std.assertInstanceOf(null, Date)), /but was "null"/);
  nodeAssert.match(failure(() => std.assertInstanceOf(1, Date)), /but was "number"/);
});

Deno.test("assertIsError() checks class and message and narrows", () => {
  const error: unknown = new RangeError("too \x1b[31mfar\x1b[39m");
  std.assertIsError(error);
  std.assertIsError(error, RangeError, "too far");
  nodeAssert.equal(error.name, "RangeError");
  std.assertIsError(error, Error, /^too/);
  failure(() => std.assertIsError("x"));
  nodeAssert.match(
    failure(() => std.assertIsError(error, TypeError)),
    /instance of "TypeError", but was "RangeError"/,
  );
  failure(() => std.assertIsError(error, RangeError, "near"));
  failure(() => std.assertIsError(error, RangeError, /near/));
});
