/**
 * Assertion that a list contains all of some values.
 *
 * @module
 */
import { AssertionError } from "./assertion_error.ts";
import { equal } from "./equal.ts";
import { describe, ending } from "./message.ts";

/** An array-like object; a string is not one. */
export type ArrayLikeArg<T> = ArrayLike<T> & object;

/** Throws unless each of `expected` deeply equals some element of `actual`. */
export function assertArrayIncludes<T>(
  actual: ArrayLikeArg<T>,
  expected: ArrayLikeArg<T>,
  msg?: string,
): void {
  const present = Array.from(actual);
  const missing = Array.from(expected).filter((wanted) =>
    !present.some((value) => equal(wanted, value))
  );
  if (missing.length === 0) return;
  throw new AssertionError(
    `Expected actual: "${describe(actual)}" to include: "${describe(expected)}"${
      ending(msg)
    }\nmissing: ${describe(missing)}`,
  );
}
