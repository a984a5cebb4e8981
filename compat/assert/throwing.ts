/**
 * Assertions that a function throws, or that the promise it returns rejects.
 *
 * @module
 */
import { AssertionError } from "./assertion_error.ts";
import { assertIsError } from "./instances.ts";
import { ending } from "./message.ts";

type ErrorClass<E extends Error> = abstract new (...args: never[]) => E;

/** What the caller wants of the error, whichever overload was used. */
interface Expectation<E extends Error> {
  errorClass: ErrorClass<E> | undefined;
  msgIncludes: string | undefined;
  msg: string | undefined;
}

/** Throws unless the function throws; returns what it threw. */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/** Throws unless the function throws an error of the class, with the text in its message; returns the error. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows<E extends Error>(
  fn: () => unknown,
  classOrMsg?: ErrorClass<E> | string,
  includesOrMsg?: string,
  msg?: string,
): unknown {
  const expected = expectation(classOrMsg, includesOrMsg, msg);
  try {
    fn();
  } catch (error) {
    checkError(error, expected, "thrown");
    return error;
  }
  throw new AssertionError(`Expected function to throw${ending(expected.msg)}`);
}

/** Rejects unless the function returns a promise that rejects; resolves with the reason. */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
/** Rejects unless the promise rejects with an error of the class, with the text in its message; resolves with it. */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects<E extends Error>(
  fn: () => PromiseLike<unknown>,
  classOrMsg?: ErrorClass<E> | string,
  includesOrMsg?: string,
  msg?: string,
): Promise<unknown> {
  const expected = expectation(classOrMsg, includesOrMsg, msg);
  const promise = call(fn, expected);
  try {
    await promise;
  } catch (error) {
    checkError(error, expected, "rejected");
    return error;
  }
  throw new AssertionError(`Expected function to reject${ending(expected.msg)}`);
}

function expectation<E extends Error>(
  classOrMsg: ErrorClass<E> | string | undefined,
  includesOrMsg: string | undefined,
  msg: string | undefined,
): Expectation<E> {
  if (typeof classOrMsg === "string") {
    return { errorClass: undefined, msgIncludes: undefined, msg: classOrMsg };
  }
  if (!classOrMsg) return { errorClass: undefined, msgIncludes: undefined, msg: includesOrMsg };
  return { errorClass: classOrMsg, msgIncludes: includesOrMsg, msg };
}

/** A synchronous throw is no rejection: the caller of the function would have to catch it in another way. */
function call<E extends Error>(
  fn: () => PromiseLike<unknown>,
  expected: Expectation<E>,
): PromiseLike<unknown> {
  const text = `Function throws when expected to reject${ending(expected.msg)}`;
  let result: unknown;
  try {
    result = fn();
  } catch (cause) {
    throw new AssertionError(text, { cause });
  }
  if (isPromiseLike(result)) return result;
  throw new AssertionError(text);
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value &&
    typeof value.then === "function";
}

/** Without an expected class anything may be thrown, otherwise only errors count. */
function checkError<E extends Error>(
  error: unknown,
  expected: Expectation<E>,
  verb: "thrown" | "rejected",
): void {
  if (!expected.errorClass) return;
  if (!(error instanceof Error)) {
    throw new AssertionError(`A non-Error object was ${verb}${ending(expected.msg)}`);
  }
  assertIsError(error, expected.errorClass, expected.msgIncludes, expected.msg);
}
