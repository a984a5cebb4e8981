/**
 * Deep equality as the assertions understand it.
 *
 * It differs from `node:assert` on purpose: 0 equals -0, an object without prototype equals a plain
 * one, Set and Map entries match in any order, weak collections cannot be compared.
 *
 * @module
 */

type Compare = (a: unknown, b: unknown) => boolean;
type Bytes = ArrayBuffer | SharedArrayBuffer;

/** Own state of these cannot be read as properties, but their text tells them apart completely. */
const TEXTUAL_PROTOTYPES = new Set<object>(
  [RegExp, URL, URLSearchParams, Intl.Locale].map((type) => type.prototype),
);

/**
 * Whether two values are deeply equal: same prototype, same keys, equal contents.
 *
 * Throws a TypeError for two WeakMaps or two WeakSets, whose contents cannot be listed.
 */
export function equal(a: unknown, b: unknown): boolean {
  // Pairs under comparison; meeting one again means a cycle, which is equal unless a difference shows elsewhere.
  const open = new Map<object, object>();

  function compare(left: unknown, right: unknown): boolean {
    if (left === right || Object.is(left, right)) return true;
    if (!isObject(left) || !isObject(right)) return false;
    if (left instanceof Date && right instanceof Date) {
      return Object.is(left.getTime(), right.getTime());
    }
    if (!samePrototype(left, right)) return false;
    const verdict = compareOpaque(left, right, compare);
    if (verdict !== undefined) return verdict;
    if (open.get(left) === right) return true;
    if (Object.keys(left).length !== Object.keys(right).length) return false;
    open.set(left, right);
    const result = compareContents(left, right, compare);
    // A pair found different must not pass for a cycle when it is met again.
    if (!result) open.delete(left);
    return result;
  }

  return compare(a, b);
}

function compareContents(a: object, b: object, compare: Compare): boolean {
  if (a instanceof Set && b instanceof Set) return equalSets(a, b, compare);
  if (a instanceof Map && b instanceof Map) return equalMaps(a, b, compare);
  return equalProperties(a, b, compare);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function samePrototype(a: object, b: object): boolean {
  return (Object.getPrototypeOf(a) ?? Object.prototype) ===
    (Object.getPrototypeOf(b) ?? Object.prototype);
}

/** Compares the kinds whose contents are not properties; undefined for all other kinds. */
function compareOpaque(a: object, b: object, compare: Compare): boolean | undefined {
  if (a instanceof WeakMap) throw new TypeError("Cannot compare WeakMap instances");
  if (a instanceof WeakSet) throw new TypeError("Cannot compare WeakSet instances");
  if (a instanceof WeakRef) return compare(a.deref(), (b as WeakRef<object>).deref());
  if (TEXTUAL_PROTOTYPES.has(Object.getPrototypeOf(a))) return String(a) === String(b);
  if (isBytes(a)) return equalElements(new Uint8Array(a), new Uint8Array(b as Bytes));
  if (ArrayBuffer.isView(a) && !(a instanceof DataView)) {
    return equalElements(a as Uint8Array, b as Uint8Array);
  }
  return undefined;
}

function isBytes(value: object): value is Bytes {
  return value instanceof ArrayBuffer || value instanceof SharedArrayBuffer;
}

function equalElements(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i] && !Object.is(a[i], b[i])) return false;
  }
  return true;
}

function equalSets(a: Set<unknown>, b: Set<unknown>, compare: Compare): boolean {
  if (a.size !== b.size) return false;
  const unmatched = new Set(b);
  for (const value of a) {
    const twin = b.has(value) ? value : isObject(value) ? find(unmatched, value, compare) : NOTHING;
    if (!unmatched.delete(twin)) return false;
  }
  return true;
}

const NOTHING = Symbol("nothing");

function find(candidates: Iterable<unknown>, wanted: object, compare: Compare): unknown {
  for (const candidate of candidates) if (compare(wanted, candidate)) return candidate;
  return NOTHING;
}

function equalMaps(
  a: Map<unknown, unknown>,
  b: Map<unknown, unknown>,
  compare: Compare,
): boolean {
  if (a.size !== b.size) return false;
  const unmatched = new Map(b);
  for (const [key, value] of a) {
    if (unmatched.has(key) && compare(value, unmatched.get(key))) {
      unmatched.delete(key);
      continue;
    }
    if (!isObject(key)) return false;
    const twin = [...unmatched].find(([k, v]) => compare(key, k) && compare(value, v));
    if (twin === undefined) return false;
    unmatched.delete(twin[0]);
  }
  return true;
}

function equalProperties(a: object, b: object, compare: Compare): boolean {
  const keys = isPlain(a)
    ? new Set([...enumerableKeys(a), ...enumerableKeys(b)])
    : new Set([...allKeys(a), ...allKeys(b)]);
  for (const key of keys) {
    if (!(key in a) || !(key in b)) return false;
    if (!compare(Reflect.get(a, key), Reflect.get(b, key))) return false;
  }
  return true;
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || prototype === Array.prototype;
}

function enumerableKeys(value: object): PropertyKey[] {
  return Reflect.ownKeys({ ...value });
}

/** Instances show part of their state through accessors of their class, so those count as properties too. */
function allKeys(value: object): PropertyKey[] {
  const keys: PropertyKey[] = [];
  let level: object | null = value;
  while (level !== null && level !== Object.prototype && level !== Array.prototype) {
    keys.push(...Reflect.ownKeys(level));
    level = Object.getPrototypeOf(level);
  }
  return keys;
}
