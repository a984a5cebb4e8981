/**
 * Failure texts: values as readable lines, and the lines in which two values differ.
 *
 * @module
 */

/** The value as text with one property per line and keys sorted, so that a diff finds real differences only. */
export function describe(value: unknown): string {
  return Deno.inspect(value, {
    depth: Infinity,
    sorted: true,
    trailingComma: true,
    compact: false,
    iterableLimit: Infinity,
    strAbbreviateSize: Infinity,
  });
}

/** Closes a sentence: with the caller's own words if there are any, else with a full stop. */
export function ending(msg: string | undefined): string {
  return msg ? `: ${msg}` : ".";
}

/** Above this many lines on one side the table of the diff would cost more than it tells. */
const DIFF_LINES_MAX = 1000;

/** The two values line by line: `-` only in actual, `+` only in expected. */
export function diff(actual: unknown, expected: unknown): string {
  return diffLines(describe(actual).split("\n"), describe(expected).split("\n"));
}

function diffLines(left: string[], right: string[]): string {
  const output = ["", "", "    [Diff] Actual / Expected", "", ""];
  const tooLong = left.length > DIFF_LINES_MAX || right.length > DIFF_LINES_MAX;
  const shared = tooLong ? [] : longestCommonLines(left, right);
  let l = 0;
  let r = 0;
  for (const line of [...shared, undefined]) {
    while (l < left.length && left[l] !== line) output.push(paint("-", left[l++]));
    while (r < right.length && right[r] !== line) output.push(paint("+", right[r++]));
    if (line === undefined) break;
    output.push(`    ${line}`);
    l++;
    r++;
  }
  return `${output.join("\n")}\n`;
}

function paint(sign: "-" | "+", line = ""): string {
  const text = `${sign}   ${line}`;
  if (Deno.noColor) return text;
  return sign === "-" ? `\x1b[31m${text}\x1b[39m` : `\x1b[32m${text}\x1b[39m`;
}

/** Dynamic programming over suffixes: `length[i][j]` is the longest common run of left[i..] and right[j..]. */
function longestCommonLines(left: string[], right: string[]): string[] {
  const width = right.length + 1;
  const lengths = new Uint16Array((left.length + 1) * width);
  const at = (i: number, j: number) => lengths[i * width + j] ?? 0;
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      lengths[i * width + j] = left[i] === right[j]
        ? at(i + 1, j + 1) + 1
        : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const shared: string[] = [];
  for (let i = 0, j = 0; i < left.length && j < right.length;) {
    const line = left[i];
    if (line !== undefined && line === right[j]) {
      shared.push(line);
      i++;
      j++;
    } else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return shared;
}
