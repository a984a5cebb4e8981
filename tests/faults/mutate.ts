/**
 * Damages texts at random, so that most of them are almost right: the mutator of the fuzz tests.
 *
 * @module
 */

/** What breaks parsers, checks and databases. */
const NASTY = [
  "1e999",
  "-1",
  "9007199254740993",
  "1e-400",
  "0.1",
  "NaN",
  "null",
  "true",
  '""',
  "[]",
  "{}",
  '"\\u0000"',
  '"\\ud800"',
  '"__proto__"',
  '{"__proto__":{"x":1}}',
  '"constructor"',
  '"' + "x".repeat(300) + '"',
  "[".repeat(200),
  '{"a":'.repeat(50),
  "\u0000",
  "\ufeff",
  "\\",
  '"',
  ",",
  "//",
  "'",
  "\u2028",
  "�",
  "1".repeat(400),
  '"../../x"',
  '"python"',
  '"task_id"',
];

export class Mutator {
  readonly #chance: () => number;

  constructor(chance: () => number) {
    this.#chance = chance;
  }

  /** A text with one to four changes. */
  mutate(text: string): string {
    const changes = 1 + this.#below(4);
    for (let change = 0; change < changes; change++) text = this.#once(text);
    return text.slice(0, 20_000);
  }

  #once(text: string): string {
    const at = this.#below(text.length + 1);
    const size = this.#below(40);
    switch (this.#below(7)) {
      case 0:
        return text.slice(0, at) + String.fromCharCode(this.#below(0x300)) + text.slice(at + 1);
      case 1:
        return text.slice(0, at) + text.slice(at + size);
      case 2:
        return text.slice(0, at) + text.slice(at, at + size).repeat(2) + text.slice(at + size);
      case 3:
        return text.slice(0, at) + this.#nasty() + text.slice(at);
      case 4:
        return text.slice(0, at);
      case 5:
        return this.#replaceOne(text, /-?\d+(\.\d+)?/g);
      default:
        return this.#replaceOne(text, /"[^"]*"/g);
    }
  }

  /** Puts something nasty in the place of one match. */
  #replaceOne(text: string, pattern: RegExp): string {
    const matches = [...text.matchAll(pattern)];
    const match = matches[this.#below(matches.length)];
    if (match === undefined) return text;
    return text.slice(0, match.index) + this.#nasty() + text.slice(match.index + match[0].length);
  }

  #nasty(): string {
    return NASTY[this.#below(NASTY.length)]!;
  }

  #below(limit: number): number {
    return Math.floor(this.#chance() * limit);
  }
}
