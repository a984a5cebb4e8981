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
  /** The word that is twisted next. Each is twisted when it is drawn: a small start needs few. */
  #next = 0;

  /** @throws {RangeError} If `seed` is not an integer from 0 to 2^32 - 1. */
  constructor(seed: number) {
    this.seed(seed);
  }

  /** Begins the stream of a seed; the array is used again. Throws as the constructor does. */
  seed(seed: number): void {
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
    this.#next = 0;
  }

  /** The next 32 random bits, as an integer from 0 to 2^32 - 1. */
  uint32(): number {
    let y = this.#twist();
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

  /** The words are twisted in their order, so each sees the others as a twist of all would. */
  #twist(): number {
    const state = this.#state;
    const at = this.#next;
    const next = at + 1 < STATE_WORDS ? at + 1 : 0;
    const far = at + SHIFT_WORDS;
    const shifted = far < STATE_WORDS ? far : far - STATE_WORDS;
    const y = (state[at]! & 0x8000_0000) | (state[next]! & 0x7fff_ffff);
    this.#next = next;
    return state[at] = state[shifted]! ^ (y >>> 1) ^ (-(y & 1) & TWIST);
  }
}
