/**
 * Assertions about the text of a string.
 *
 * @module
 */
import { AssertionError } from "./assertion_error.ts";
import { ending } from "./message.ts";

/** Throws unless `actual` matches the pattern. */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  if (expected.test(actual)) return;
  throw new AssertionError(`Expected actual: "${actual}" to match: "${expected}"${ending(msg)}`);
}

/** Throws if `actual` matches the pattern. */
export function assertNotMatch(actual: string, expected: RegExp, msg?: string): void {
  if (!expected.test(actual)) return;
  throw new AssertionError(
    `Expected actual: "${actual}" to not match: "${expected}"${ending(msg)}`,
  );
}

/** Throws unless `actual` contains the text `expected`. */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  if (actual.includes(expected)) return;
  throw new AssertionError(`Expected actual: "${actual}" to contain: "${expected}"${ending(msg)}`);
}
