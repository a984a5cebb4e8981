/**
 * Assertions that two values are, or are not, equal.
 *
 * @module
 */
import { AssertionError } from "./assertion_error.ts";
import { equal } from "./equal.ts";
import { describe, diff, ending } from "./message.ts";

/** Throws unless `actual` deeply equals `expected`. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) return;
  throw new AssertionError(`Values are not equal${ending(msg)}${diff(actual, expected)}`);
}

/** Throws if `actual` deeply equals `expected`. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!equal(actual, expected)) return;
  throw new AssertionError(
    `Expected actual: ${describe(actual)} not to be: ${describe(expected)}${ending(msg)}`,
  );
}

/** Throws unless `actual` is the very value `expected`, as `Object.is` sees it. */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
  if (Object.is(actual, expected)) return;
  const sameText = describe(actual) === describe(expected);
  throw new AssertionError(
    sameText
      ? `Values have the same structure but are not reference-equal${ending(msg)}\n\n    ${
        describe(actual).replaceAll("\n", "\n    ")
      }\n`
      : `Values are not strictly equal${ending(msg)}${diff(actual, expected)}`,
  );
}

/** Throws if `actual` is the very value `expected`, as `Object.is` sees it. */
export function assertNotStrictEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!Object.is(actual, expected)) return;
  throw new AssertionError(
    `Expected "actual" to not be strictly equal to: ${describe(actual)}${ending(msg)}`,
  );
}
