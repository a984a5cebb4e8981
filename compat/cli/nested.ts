/**
 * Nested records addressed by dotted names: `a.b` is the property `b` of the record `a`.
 *
 * @module
 */

type Nested = Record<string, unknown>;

/** What to put in. */
export interface NestedValue {
  value: unknown;
  /** Whether it joins the values that are there already. @default {false} */
  collect?: boolean;
}

/** Sets the value at the dotted name and creates the records on the way. */
export function setNested(target: Nested, name: string, { value, collect }: NestedValue): void {
  const path = name.split(".");
  // The names come from the command line: this one would change the prototype of all objects.
  if (path.includes("__proto__")) return;
  const last = path.pop() ?? "";
  let record = target;
  for (const key of path) {
    const inner = ownValue(record, key);
    const next = isRecord(inner) ? inner : {};
    record[key] = next;
    record = next;
  }
  record[last] = collect ? joined(ownValue(record, last), value) : value;
}

/** Whether there is a value at the dotted name. */
export function hasNested(target: Nested, name: string): boolean {
  const path = name.split(".");
  const last = path.pop() ?? "";
  let record: unknown = target;
  for (const key of path) record = isRecord(record) ? ownValue(record, key) : undefined;
  return isRecord(record) && Object.hasOwn(record, last);
}

function joined(existing: unknown, value: unknown): unknown[] {
  if (Array.isArray(existing)) return [...existing, value];
  return existing ? [existing, value] : [value];
}

function ownValue(record: Nested, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function isRecord(value: unknown): value is Nested {
  return typeof value === "object" && value !== null;
}
