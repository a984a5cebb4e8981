/**
 * The list both select prompts show: arrows move, typing filters, long lists scroll.
 *
 * @module
 */

/** How a select prompt looks. */
export interface MenuOptions {
  /** Whether the list is removed from the screen after the answer. @default {false} */
  clear?: boolean;
  /** How many entries are shown at once; by default as many as the terminal has room for. */
  visibleLines?: number;
  /** What marks the entry under the cursor. @default {"❯"} */
  indicator?: string;
  /** Whether the list never grows beyond the rows of the terminal. @default {false} */
  fitToRemainingHeight?: boolean;
}

/** What may be chosen: a text, or a label that stands for a value. */
export type PromptEntry<V = undefined> = V extends undefined ? string : PromptEntryWithValue<V>;

/** A label that stands for a value. */
export interface PromptEntryWithValue<V> {
  label: string;
  value: V;
}

/** What a prompt needs to know to run its menu. */
export interface Menu {
  message: string;
  labels: string[];
  options: MenuOptions;
  /** What stands between the indicator and the label. */
  mark(index: number): string;
  /** Called when space is pressed; answers whether the prompt is finished. */
  onSpace(index: number): boolean;
}

const CLEAR_BELOW = "\x1b[J";
const HIDE_CURSOR = "\x1b[?25l";
const SHOW_CURSOR = "\x1b[?25h";

/** Rows that are not entries: the message, the two lines that stand for more entries, the input line. */
const OTHER_ROWS = 4;

const encoder = new TextEncoder();

/**
 * Runs the menu on the terminal until Enter; returns the index of the entry that was last under the
 * cursor, undefined if there never was one.
 */
export function runMenu(menu: Menu): number | undefined {
  const view: View = { cursor: 0, top: 0, filter: "" };
  const keys = pressedKeys();
  let current: number | undefined;
  Deno.stdin.setRaw(true);
  write(HIDE_CURSOR);
  try {
    while (true) {
      const { height, matching, shown } = draw(menu, view);
      current = matching[view.cursor] ?? current;
      const pressed = keys.next().value;
      const finished = pressed === undefined || pressed === "\r" ||
        (pressed === " " && current !== undefined && menu.onSpace(current));
      if (!finished || menu.options.clear) write(`\x1b[${height}A${CLEAR_BELOW}`);
      if (finished) break;
      applyKey(pressed, { view, shown, count: matching.length });
    }
    return current;
  } finally {
    write(SHOW_CURSOR);
    Deno.stdin.setRaw(false);
  }
}

interface View {
  /** Position among the entries that match the filter. */
  cursor: number;
  /** The first entry on screen, counted the same way. */
  top: number;
  filter: string;
}

function matchingEntries(menu: Menu, filter: string): number[] {
  const wanted = filter.toLowerCase();
  return menu.labels.flatMap((label, index) => label.toLowerCase().includes(wanted) ? [index] : []);
}

function shownLines(options: MenuOptions, count: number): number {
  // Some pseudo terminals report no rows at all.
  const room = Math.max(1, (Deno.consoleSize().rows || 24) - OTHER_ROWS);
  return Math.min(options.visibleLines ?? count, room);
}

interface Frame {
  /** The lines on screen. */
  height: number;
  /** The entries that match the filter. */
  matching: number[];
  /** How many of them may be on screen at once. */
  shown: number;
}

function draw(menu: Menu, view: View): Frame {
  const matching = matchingEntries(menu, view.filter);
  const shown = shownLines(menu.options, menu.labels.length);
  const indicator = menu.options.indicator ?? "❯";
  const padding = " ".repeat(indicator.length);
  const visible = matching.slice(view.top, view.top + shown);
  const lines = [menu.message + (view.filter ? ` (filter: ${view.filter})` : "")];
  if (view.top > 0) lines.push(`${padding} ...`);
  for (const [row, index] of visible.entries()) {
    const start = view.top + row === view.cursor ? indicator : padding;
    lines.push(`${start} ${menu.mark(index)}${menu.labels[index]}`);
  }
  if (view.top + visible.length < matching.length) lines.push(`${padding} ...`);
  write(lines.map((line) => `${line}\r\n`).join(""));
  return { height: lines.length, matching, shown };
}

/** Yields key by key until the input ends; fast typing and pasting bring several keys in one read. */
function* pressedKeys(): Generator<string, undefined> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(64);
  while (true) {
    const length = Deno.stdin.readSync(buffer);
    if (!length) return undefined;
    const text = decoder.decode(buffer.subarray(0, length), { stream: true });
    // deno-lint-ignore no-control-regex -- arrow keys begin with the escape character
    for (const [key] of text.matchAll(/\x1b\[[\d;]*[A-Za-z~]|./gsu)) {
      if (key === "\x03") interrupt();
      yield key;
    }
  }
}

/** In raw mode the terminal sends Ctrl-C as a character; it must still end the program. */
function interrupt(): never {
  write(SHOW_CURSOR);
  Deno.stdin.setRaw(false);
  Deno.exit(0);
}

function applyKey(
  key: string,
  { view, shown, count }: { view: View; shown: number; count: number },
): void {
  if (key === "\x1b[A") {
    view.cursor = view.cursor > 0 ? view.cursor - 1 : Math.max(count - 1, 0);
  } else if (key === "\x1b[B") {
    view.cursor = view.cursor + 1 < count ? view.cursor + 1 : 0;
  } else if (key === "\x7f") {
    Object.assign(view, { cursor: 0, top: 0, filter: view.filter.slice(0, -1) });
  } else if (key !== " " && !key.startsWith("\x1b")) {
    Object.assign(view, { cursor: 0, top: 0, filter: view.filter + key });
  }
  if (view.cursor < view.top) view.top = view.cursor;
  if (view.cursor >= view.top + shown) view.top = view.cursor - shown + 1;
}

function write(text: string): void {
  Deno.stdout.writeSync(encoder.encode(text));
}
