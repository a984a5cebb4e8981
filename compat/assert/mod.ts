/**
 * The assertions the tests use, under the names of `@std/assert`.
 *
 * @module
 */
export { AssertionError } from "./assertion_error.ts";
export { equal } from "./equal.ts";
export {
  assertEquals,
  assertNotEquals,
  assertNotStrictEquals,
  assertStrictEquals,
} from "./equality.ts";
export { assert, assertExists, assertFalse, fail, type Falsy, unreachable } from "./truth.ts";
export {
  assertAlmostEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLess,
  assertLessOrEqual,
} from "./comparison.ts";
export { assertMatch, assertNotMatch, assertStringIncludes } from "./strings.ts";
export { type ArrayLikeArg, assertArrayIncludes } from "./array_includes.ts";
export { assertObjectMatch } from "./object_match.ts";
export { type AnyConstructor, assertInstanceOf, assertIsError } from "./instances.ts";
export { assertRejects, assertThrows } from "./throwing.ts";
