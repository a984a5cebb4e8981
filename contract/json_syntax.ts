/**
 * Where a text stops being JSON, and why: the position and the sentence that `JSON.parse` does not
 * reliably give. Runs only on texts that `JSON.parse` refused, so it is written to be clear
 * first; a hostile file of 64 MiB still takes seconds at most.
 *
 * @module
 */
import { shownText } from "./shown_value.ts";

/** The first fault of a text; `line` and `column` count from 1, in characters. */
export interface SyntaxFault {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
  /** Such as `Expected a comma or ], found "x"`. */
  readonly problem: string;
}

/** What may come next. `…_or_close` stands at the start of a container. */
type Expected =
  | "value"
  | "value_or_close"
  | "key"
  | "key_or_close"
  | "colon"
  | "comma_or_close"
  | "end";

const EXPECTED_NAMES: Record<Expected, string> = {
  value: "a value",
  value_or_close: "a value or ]",
  key: "a name in double quotes",
  key_or_close: "a name in double quotes or }",
  colon: "a colon",
  comma_or_close: "a comma or the closing bracket",
  end: "the end of the file",
};

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const LITERAL = /true|false|null/y;
const WORD = /[\p{L}\p{N}_$+.-]+/uy;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** The end of a match of `pattern` at `offset`, or `offset` itself when it does not match. */
function matchEnd(pattern: RegExp, text: string, offset: number): number {
  pattern.lastIndex = offset;
  return pattern.test(text) ? pattern.lastIndex : offset;
}

/** Where white space ends; a loop of its own, because it runs before every token. */
function endOfSpace(text: string, offset: number): number {
  let at = offset;
  for (;; at++) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return at;
  }
}

/** Where a string stops being plain characters: at a quote, an escape, a control character. */
function endOfRun(text: string, offset: number): number {
  let at = offset;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22 || code === 0x5c || code < 0x20) return at;
  }
  return at;
}

/** Line and column of an offset, both from 1. */
export function positionAt(text: string, offset: number): { line: number; column: number } {
  let line = 1;
  let lineStart = 0;
  for (;;) {
    const next = text.indexOf("\n", lineStart);
    if (next < 0 || next >= offset) break;
    line++;
    lineStart = next + 1;
  }
  return { line, column: characters(text, { start: lineStart, end: offset }) + 1 };
}

/** Characters between two offsets: halves of a pair count once. Builds nothing, lines can be long. */
function characters(text: string, { start, end }: { start: number; end: number }): number {
  let count = 0;
  for (let i = start; i < end; i++) {
    const isSecondHalf = i > start && (text.charCodeAt(i) & 0xfc00) === 0xdc00 &&
      (text.charCodeAt(i - 1) & 0xfc00) === 0xd800;
    if (!isSecondHalf) count++;
  }
  return count;
}

function faultAt(text: string, offset: number, problem: string): SyntaxFault {
  return { offset, ...positionAt(text, offset), problem };
}

/** What stands at `offset`, with advice for what people write by mistake. */
function found(text: string, offset: number, expected: string): string {
  if (offset >= text.length) return `The text ends where ${expected} should stand`;
  const char = String.fromCodePoint(text.codePointAt(offset) ?? 0);
  if (char === "\0") {
    return `Expected ${expected}, found a NUL byte: the file was probably not written to its end`;
  }
  const word = text.slice(offset, matchEnd(WORD, text, offset)) || char;
  return `Expected ${expected}, found ${shownText(word)}${advice(word, text.slice(0, offset))}`;
}

function advice(word: string, before: string): string {
  if (/^['‘’“”]/.test(word)) return ': text stands in plain double quotes, "';
  if (word === "/" || word === "#") return ": JSON has no comments";
  if (word === "True" || word === "False") return `: write ${word.toLowerCase()}`;
  if (word === "None") return ": write null";
  if (/^[-+]?(NaN|Infinity|nan|inf)$/.test(word)) return ": JSON has no such number";
  if (/^[-+.]?[0-9]/.test(word)) return ": not a number as JSON writes it";
  if ((word === "}" || word === "]") && before.trimEnd().endsWith(",")) {
    return ": the comma before it is one too many";
  }
  return "";
}

/** The end of the string that begins at `offset`, or the fault in it. */
function scanString(text: string, offset: number): number | SyntaxFault {
  let at = offset + 1;
  for (;;) {
    at = endOfRun(text, at);
    if (at >= text.length) return faultAt(text, at, 'The text ends inside a string: no closing "');
    if (text[at] === '"') return at + 1;
    if (text[at] !== "\\") {
      const name = text[at] === "\n" || text[at] === "\r" ? "a line break" : "a control character";
      return faultAt(text, at, `A string holds ${name}: close it with " or write it as an escape`);
    }
    const end = matchEnd(ESCAPE, text, at);
    if (end === at) return faultAt(text, at, `Unknown escape ${shownText(text.slice(at, at + 2))}`);
    at = end;
  }
}

/** The end of the scalar at `offset`, or the fault in it. */
function scanScalar(text: string, offset: number, expected: Expected): number | SyntaxFault {
  if (text[offset] === '"') return scanString(text, offset);
  const end = Math.max(matchEnd(LITERAL, text, offset), matchEnd(NUMBER, text, offset));
  // 012, 1.e5 or nullx: the longest legal beginning would blame the wrong place.
  if (end > offset && matchEnd(WORD, text, end) === end) return end;
  return faultAt(text, offset, found(text, offset, EXPECTED_NAMES[expected]));
}

/** Where a text stops being JSON, or null when it is JSON. */
export function findSyntaxFault(text: string): SyntaxFault | null {
  const closers: ("}" | "]")[] = [];
  let expected: Expected = "value";
  let at = 0;
  for (;;) {
    at = endOfSpace(text, at);
    const char = text[at];
    const closer = closers.at(-1);
    let end: number | SyntaxFault = at + 1;
    if (char === undefined && expected === "end") return null;
    if (char !== undefined && char === closer && expected.endsWith("_or_close")) {
      closers.pop();
      expected = closers.length === 0 ? "end" : "comma_or_close";
    } else if (expected.startsWith("value") && (char === "{" || char === "[")) {
      closers.push(char === "{" ? "}" : "]");
      expected = char === "{" ? "key_or_close" : "value_or_close";
    } else if (expected.startsWith("value")) {
      end = scanScalar(text, at, expected);
      expected = closers.length === 0 ? "end" : "comma_or_close";
    } else if (expected.startsWith("key") && char === '"') {
      end = scanString(text, at);
      expected = "colon";
    } else if (expected === "colon" && char === ":") {
      expected = "value";
    } else if (expected === "comma_or_close" && char === ",") {
      expected = closer === "}" ? "key" : "value";
    } else {
      end = faultAt(text, at, found(text, at, nameOf(expected, closer)));
    }
    if (typeof end !== "number") return end;
    at = end;
  }
}

function nameOf(expected: Expected, closer: string | undefined): string {
  return expected === "comma_or_close" ? `a comma or ${closer}` : EXPECTED_NAMES[expected];
}

/**
 * True if arrays and objects stand in one another more than `depthMax` deep. To be asked before
 * `JSON.parse`, whose time grows with the square of the depth, and whose result could not be
 * written out again.
 */
export function exceedsDepth(text: string, depthMax: number): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) {
      i = closingQuote(text, i);
    } else if (code === 0x5b || code === 0x7b) {
      if (++depth > depthMax) return true;
    } else if (code === 0x5d || code === 0x7d) {
      depth--;
    }
  }
  return false;
}

/** The offset of the quote that ends the string begun at `offset`, or the text's length. */
function closingQuote(text: string, offset: number): number {
  let i = offset + 1;
  while (i < text.length) {
    const code = text.charCodeAt(i);
    if (code === 0x22) break;
    i += code === 0x5c ? 2 : 1;
  }
  return i;
}
