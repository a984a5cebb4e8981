/**
 * The Mersenne Twister MT19937, written from its definition: the particles' starting state is drawn
 * from it, so that a seed means the same start on every machine.
 *
 * @module
 */

const STATE_WORDS = 624;
const SHIFT_WORDS = 397;
const TWIST = 0x9908b0df;
const SEED_MULTIPLIER = 1812433253;

/** Largest seed: 2^32 - 1. */
export const SEED_MAX = 0xffff_ffff;

/** A stream of random numbers; equal seeds give equal streams. */
export class MersenneTwister {
  readonly #state = new Uint32Array(STATE_WORDS);
  #next = STATE_WORDS;

  /** @throws {RangeError} If `seed` is not an integer from 0 to 2^32 - 1. */
  constructor(seed: number) {
    if (!Number.isInteger(seed) || seed < 0 || seed > SEED_MAX) {
      throw new RangeError(
        `Cannot seed MT19937 with ${seed}: give an integer from 0 to ${SEED_MAX}`,
      );
    }
    const state = this.#state;
    let word = seed;
    for (let i = 0; i < STATE_WORDS; i++) {
      state[i] = word;
      word = (Math.imul(SEED_MULTIPLIER, word ^ (word >>> 30)) + i + 1) >>> 0;
    }
  }

  /** The next 32 random bits, as an integer from 0 to 2^32 - 1. */
  uint32(): number {
    if (this.#next === STATE_WORDS) this.#twist();
    let y = this.#state[this.#next++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  /** The next double in [0, 1): 53 random bits from two 32-bit draws. */
  double(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  #twist(): void {
    const state = this.#state;
    let next = 1, shifted = SHIFT_WORDS;
    for (let k = 0; k < STATE_WORDS; k++) {
      const y = (state[k]! & 0x8000_0000) | (state[next]! & 0x7fff_ffff);
      state[k] = state[shifted]! ^ (y >>> 1) ^ (-(y & 1) & TWIST);
      if (++next === STATE_WORDS) next = 0;
      if (++shifted === STATE_WORDS) shifted = 0;
    }
    this.#next = 0;
  }
}
