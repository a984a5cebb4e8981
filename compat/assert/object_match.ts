/**
 * Assertion that an object contains at least the given structure.
 *
 * @module
 */
import { AssertionError } from "./assertion_error.ts";
import { equal } from "./equal.ts";
import { diff, ending } from "./message.ts";

/**
 * Throws unless every key of `expected` is in `actual` with a matching value: objects match by
 * their expected keys, arrays by their leading elements, Maps and Sets by the expected entries,
 * everything else by deep equality.
 *
 * Throws a TypeError if an argument is not an object.
 */
export function assertObjectMatch(
  actual: object,
  expected: Record<PropertyKey, unknown>,
  msg?: string,
): void {
  requireObject(actual);
  requireObject(expected);
  if (matchKeys(actual, expected, new Map())) return;
  throw new AssertionError(`Values are not equal${ending(msg)}${diff(actual, expected)}`);
}

function requireObject(value: unknown): void {
  if (typeof value === "object" && value !== null) return;
  throw new TypeError(
    `Cannot assertObjectMatch with a value that is no object: current value is ${value}`,
  );
}

type Open = Map<object, object>;

function matchKeys(actual: object, expected: object, open: Open): boolean {
  // A pair met again is a cycle: it matches unless a difference shows elsewhere.
  if (open.get(expected) === actual) return true;
  open.set(expected, actual);
  return Reflect.ownKeys(expected).every((key) =>
    key in actual && matchValue(Reflect.get(actual, key), Reflect.get(expected, key), open)
  );
}

function matchValue(actual: unknown, expected: unknown, open: Open): boolean {
  if (!isObject(actual) || !isObject(expected)) return equal(actual, expected);
  if (expected instanceof Map) {
    return actual instanceof Map &&
      [...expected].every(([key, value]) =>
        [...actual].some(([k, v]) => equal(k, key) && matchValue(v, value, open))
      );
  }
  if (expected instanceof Set) {
    return actual instanceof Set &&
      [...expected].every((value) => [...actual].some((candidate) => equal(candidate, value)));
  }
  if (Array.isArray(expected)) {
    return Array.isArray(actual) && expected.length <= actual.length &&
      matchKeys(actual, [...expected].reduce(asRecord, {}), open);
  }
  return isOpaque(expected) ? equal(actual, expected) : matchKeys(actual, expected, open);
}

/** As a record an array loses its `length`, which would otherwise have to match as well. */
function asRecord(record: Record<number, unknown>, value: unknown, index: number) {
  record[index] = value;
  return record;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isOpaque(value: object): boolean {
  return value instanceof RegExp || value instanceof Date || value instanceof URL ||
    value instanceof ArrayBuffer || ArrayBuffer.isView(value);
}
