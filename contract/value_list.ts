/**
 * Lists and ranges of integers as people write them, on a command line or in a form: `100,200` or `1..50` or
 * `1..50:5`.
 *
 * @module
 */

/** Most values one list may stand for. */
export const VALUES_MAX = 100_000;

const RANGE = /^([+-]?\d+)\.\.([+-]?\d+)(?::(\d+))?$/;
const INTEGER = /^[+-]?\d+$/;

/**
 * The integers of a list such as `1,5..9:2`, in the order written. A range includes its end where a
 * step falls on it.
 *
 * @throws {RangeError} With what is wrong, as a sentence that names the part.
 */
export function parseIntegers(text: string): number[] {
  const values: number[] = [];
  for (const part of text.split(",").map((part) => part.trim())) {
    const { start, end, step } = parsePart(part);
    // Counted before it is written out: 1..4000000000 must not fill the memory first.
    const count = Math.floor((end - start) / step) + 1;
    if (values.length + count > VALUES_MAX) {
      throw new RangeError(`${part} makes the list longer than ${VALUES_MAX} values`);
    }
    for (let i = 0; i < count; i++) values.push(start + i * step);
  }
  return values;
}

function parsePart(part: string): { start: number; end: number; step: number } {
  if (INTEGER.test(part)) return { start: integer(part), end: integer(part), step: 1 };
  const [, startText, endText, stepText] = RANGE.exec(part) ?? [];
  if (startText === undefined || endText === undefined) {
    throw new RangeError(
      `"${part}" is neither an integer nor a range such as 1..50 or 1..50:5`,
    );
  }
  const [start, end, step] = [integer(startText), integer(endText), integer(stepText ?? "1")];
  if (step === 0) throw new RangeError(`${part} has step 0: a range needs a step of at least 1`);
  if (end < start) throw new RangeError(`${part} falls: write a range from small to large`);
  return { start, end, step };
}

function integer(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is too large`);
  return value;
}
