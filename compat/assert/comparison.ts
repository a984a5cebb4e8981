/**
 * Assertions about the order of two values and the nearness of two numbers.
 *
 * @module
 */
import { AssertionError } from "./assertion_error.ts";
import { describe, ending } from "./message.ts";

/** Throws unless `actual > expected`. */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  if (actual > expected) return;
  throw new AssertionError(`Expect ${describe(actual)} > ${describe(expected)}${ending(msg)}`);
}

/** Throws unless `actual >= expected`. */
export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (actual >= expected) return;
  throw new AssertionError(`Expect ${describe(actual)} >= ${describe(expected)}${ending(msg)}`);
}

/** Throws unless `actual < expected`. */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  if (actual < expected) return;
  throw new AssertionError(`Expect ${describe(actual)} < ${describe(expected)}${ending(msg)}`);
}

/** Throws unless `actual <= expected`. */
export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (actual <= expected) return;
  throw new AssertionError(`Expect ${describe(actual)} <= ${describe(expected)}${ending(msg)}`);
}

/** A ten-millionth of the expected value, or that absolute amount where there is no such share. */
const DEFAULT_TOLERANCE = 1e-7;

/**
 * Throws unless the two numbers differ by at most `tolerance`, by default a ten-millionth of `expected`.
 */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance?: number,
  msg?: string,
): void {
  if (Object.is(actual, expected)) return;
  const allowed = tolerance ??
    (Number.isFinite(expected) ? Math.abs(expected * DEFAULT_TOLERANCE) : DEFAULT_TOLERANCE);
  const delta = Math.abs(expected - actual);
  if (delta <= allowed) return;
  throw new AssertionError(
    `Expected actual: "${show(actual)}" to be close to "${show(expected)}": ` +
      `delta "${show(delta)}" is greater than "${show(allowed)}"${ending(msg)}`,
  );
}

function show(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toExponential();
}
