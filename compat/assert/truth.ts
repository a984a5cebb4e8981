/**
 * Assertions about one value being true, false, present, and places never to be reached.
 *
 * @module
 */
import { AssertionError } from "./assertion_error.ts";
import { ending } from "./message.ts";

/** The values that count as false. */
export type Falsy = false | 0 | 0n | "" | null | undefined;

/** Throws unless `expr` is truthy. */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}

/** Throws unless `expr` is falsy. */
export function assertFalse(expr: unknown, msg = ""): asserts expr is Falsy {
  if (expr) throw new AssertionError(msg);
}

/** Throws if `actual` is null or undefined. */
export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T> {
  if (actual === undefined || actual === null) {
    throw new AssertionError(
      `Expected actual: "${actual}" to not be null or undefined${ending(msg)}`,
    );
  }
}

/** Throws always. */
export function fail(msg?: string): never {
  throw new AssertionError(`Failed assertion${ending(msg)}`);
}

/** Throws always; marks code that no input may reach. */
export function unreachable(msg?: string): never {
  throw new AssertionError(`Unreachable${ending(msg)}`);
}
