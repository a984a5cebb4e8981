/**
 * A value as an error message shows it: short, on one line, and never recursive, because what is
 * shown was written by somebody else.
 *
 * @module
 */

const LENGTH_MAX = 60;

/** Text in quotes with escapes, cut after 60 characters. */
export function shownText(text: string): string {
  return text.length <= LENGTH_MAX
    ? JSON.stringify(text)
    : JSON.stringify(text.slice(0, LENGTH_MAX)) + "…";
}

/** Any JSON value: scalars as written, containers by kind only. */
export function shownValue(value: unknown): string {
  switch (typeof value) {
    case "string":
      return shownText(value);
    case "number":
      return Number.isFinite(value) ? String(value) : "a number beyond 1.8e308";
    case "boolean":
      return String(value);
    default:
      if (value === null) return "null";
      return Array.isArray(value) ? "an array" : "an object";
  }
}
