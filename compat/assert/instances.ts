/**
 * Assertions about the class of a value, above all of errors.
 *
 * @module
 */
import { AssertionError } from "./assertion_error.ts";
import { ending } from "./message.ts";

/** Any class, abstract ones included. */
export type AnyConstructor = abstract new (...args: never[]) => unknown;

/** Throws unless `actual` is an instance of the class. */
export function assertInstanceOf<T extends AnyConstructor>(
  actual: unknown,
  expectedType: T,
  msg?: string,
): asserts actual is InstanceType<T> {
  if (actual instanceof expectedType) return;
  throw new AssertionError(
    `Expected object to be an instance of "${expectedType.name || "anonymous class"}" ` +
      `but was ${kindOf(actual)}${ending(msg)}`,
  );
}

function kindOf(value: unknown): string {
  if (value === null) return `"null"`;
  if (typeof value !== "object" && typeof value !== "function") return `"${typeof value}"`;
  return `"${value.constructor?.name ?? "Object"}"`;
}

/**
 * Throws unless `error` is an Error, of the given class, whose message contains the text or matches the pattern.
 */
export function assertIsError<E extends Error = Error>(
  error: unknown,
  ErrorClass?: abstract new (...args: never[]) => E,
  msgMatches?: string | RegExp,
  msg?: string,
): asserts error is E {
  if (!(error instanceof Error)) {
    throw new AssertionError(`Expected "error" to be an Error object${ending(msg)}`);
  }
  if (ErrorClass && !(error instanceof ErrorClass)) {
    throw new AssertionError(
      `Expected error to be instance of "${(ErrorClass as AnyConstructor).name}", but was "${
        (error as Error).constructor?.name
      }"${ending(msg)}`,
    );
  }
  const found = typeof msgMatches === "string"
    ? withoutColors(error.message).includes(withoutColors(msgMatches))
    : msgMatches?.test(withoutColors(error.message)) ?? true;
  if (found) return;
  throw new AssertionError(
    `Expected error message to ${msgMatches instanceof RegExp ? "match" : "include"} ${
      typeof msgMatches === "string" ? JSON.stringify(msgMatches) : msgMatches
    }, but got ${JSON.stringify(error.message)}${ending(msg)}`,
  );
}

function withoutColors(text: string): string {
  // deno-lint-ignore no-control-regex -- terminal colours begin with the escape character
  return text.replaceAll(/\x1b\[[\d;]*m/g, "");
}
