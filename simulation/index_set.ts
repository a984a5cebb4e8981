/**
 * A set of small integers that gives its members back in ascending order while more are added: the
 * partners of one disk, found cell by cell but to be met in the order of their numbers.
 *
 * @module
 */

/** Integers from 0 up to `size`, two levels of bits deep: one word above covers 1024 members. */
export class IndexSet {
  readonly #members: Int32Array;
  readonly #words: Int32Array;

  constructor(size: number) {
    this.#members = new Int32Array((size >>> 5) + 1);
    this.#words = new Int32Array((size >>> 10) + 1);
  }

  add(value: number): void {
    const word = value >>> 5;
    this.#members[word]! |= 1 << (value & 31);
    this.#words[word >>> 5]! |= 1 << (word & 31);
  }

  /** Removes and returns the smallest member, or -1 if there is none from `start` on. */
  takeFrom(start: number): number {
    const members = this.#members, words = this.#words;
    for (let top = start >>> 10; top < words.length; top++) {
      const filled = words[top]!;
      if (filled === 0) continue;
      const word = (top << 5) + lowestBit(filled);
      const bits = members[word]!;
      const rest = bits & (bits - 1);
      members[word] = rest;
      if (rest === 0) words[top] = filled & (filled - 1);
      return (word << 5) + lowestBit(bits);
    }
    return -1;
  }
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}
