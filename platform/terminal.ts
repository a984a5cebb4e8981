/**
 * What the command line programs write: data to stdout, messages to stderr, tables and colour where
 * a person reads them.
 *
 * @module
 */

const encoder = new TextEncoder();

/** A terminal stream, as far as this file needs it; tests hand in their own. */
export interface Output {
  writeSync(bytes: Uint8Array): number;
  isTerminal(): boolean;
}

/** Writes all of `text`. A reader that has gone (`… | head`) is no error of the program. */
export function write(output: Output, text: string): void {
  let bytes = encoder.encode(text);
  try {
    while (bytes.length > 0) bytes = bytes.subarray(output.writeSync(bytes));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

/** Writes a line of data to stdout. */
export function out(line = ""): void {
  write(Deno.stdout, line + "\n");
}

/** Writes a line for people to stderr. */
export function err(line = ""): void {
  write(Deno.stderr, line + "\n");
}

const STYLES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, cyan: 36 } as const;
export type Style = keyof typeof STYLES;

/** True where colour helps: a terminal, and no `NO_COLOR` in the environment. */
export function wantsColor(output: Output = Deno.stdout): boolean {
  return !Deno.env.get("NO_COLOR") && output.isTerminal();
}

/** A function that styles text for `output`, or leaves it as it is where no colour is wanted. */
export function styler(output: Output = Deno.stdout): (style: Style, text: string) => string {
  if (!wantsColor(output)) return (_style, text) => text;
  return (style, text) => `\x1b[${STYLES[style]}m${text}\x1b[0m`;
}

/** `text` without control characters, so that a task id cannot move the cursor of the reader. */
export function printable(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, "�");
}

export interface TableOptions {
  /** Columns (by index) whose cells stand at the right: numbers. */
  readonly right?: readonly number[];
  /** Applied to a padded cell; row -1 is the header. */
  readonly style?: (cell: string, row: number, column: number) => string;
}

/** Rows under a header, columns aligned, two spaces between them. No line ends in spaces. */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  options: TableOptions = {},
): string {
  const all = [header, ...rows].map((row) =>
    header.map((_, column) => printable(row[column] ?? ""))
  );
  const widths = header.map((_, column) =>
    all.reduce((width, row) => Math.max(width, [...(row[column] ?? "")].length), 0)
  );
  const lines = all.map((row, index) =>
    row.map((cell, column) => {
      const space = " ".repeat((widths[column] ?? 0) - [...cell].length);
      const atRight = options.right?.includes(column) ?? false;
      const last = column === row.length - 1;
      const padded = atRight ? space + cell : last ? cell : cell + space;
      return options.style?.(padded, index - 1, column) ?? padded;
    }).join("  ").trimEnd()
  );
  return lines.join("\n");
}
