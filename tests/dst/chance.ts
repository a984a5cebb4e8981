/**
 * The only source of chance of a simulated world: a small seeded generator (sfc32, from the PractRand
 * suite). Equal seeds give equal worlds.
 *
 * @module
 */

export class Chance {
  #a: number;
  #b = 0x9e3779b9;
  #c = 0x243f6a88;
  #counter = 1;

  constructor(seed: number) {
    this.#a = seed | 0;
    for (let i = 0; i < 15; i++) this.uint32();
  }

  uint32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** In [0, 1). */
  fraction(): number {
    return this.uint32() / 2 ** 32;
  }

  happens(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** A number between `min` and `max`, in hundredths: short in a trace. */
  between(min: number, max: number): number {
    return Math.round((min + this.fraction() * (max - min)) * 100) / 100;
  }

  /** A whole number, both ends included. */
  whole(min: number, max: number): number {
    return min + Math.floor(this.fraction() * (max - min + 1));
  }

  oneOf<T>(list: readonly T[]): T {
    return list[this.whole(0, list.length - 1)]!;
  }
}
