/**
 * SHA-256 on the calling thread. The platform's own digest answers from another thread, and that
 * round trip takes longer than a small simulation; a farm runs many small ones.
 *
 * @module
 */

const BLOCK_BYTES = 64;
const ROUNDS = 64;
/** Where the length stands in the last block. */
const LENGTH_AT = 56;

/** First 32 bits of the fractional parts of the cube and square roots of the first primes. */
const ROUND_CONSTANTS = Int32Array.from(firstPrimes(ROUNDS), (p) => fraction(Math.cbrt(p)));
const START = Int32Array.from(firstPrimes(8), (p) => fraction(Math.sqrt(p)));

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) {
    if (primes.every((p) => n % p !== 0)) primes.push(n);
  }
  return primes;
}

function fraction(value: number): number {
  return ((value % 1) * 2 ** 32) | 0;
}

/** A digest under way: `update()` as often as there are pieces, then `hex()` once. */
export class Sha256 {
  readonly #hash = START.slice();
  readonly #schedule = new Int32Array(ROUNDS);
  readonly #rest = new Uint8Array(BLOCK_BYTES);
  #restBytes = 0;
  #totalBytes = 0;

  update(bytes: Uint8Array): this {
    this.#totalBytes += bytes.length;
    let at = 0;
    if (this.#restBytes > 0) {
      at = Math.min(bytes.length, BLOCK_BYTES - this.#restBytes);
      this.#rest.set(bytes.subarray(0, at), this.#restBytes);
      this.#restBytes += at;
      if (this.#restBytes < BLOCK_BYTES) return this;
      this.#block(this.#rest, 0);
    }
    for (; at + BLOCK_BYTES <= bytes.length; at += BLOCK_BYTES) this.#block(bytes, at);
    this.#rest.set(bytes.subarray(at));
    this.#restBytes = bytes.length - at;
    return this;
  }

  /** Ends the digest and returns it as 64 hexadecimal digits. */
  hex(): string {
    const rest = this.#rest;
    rest.fill(0, this.#restBytes);
    rest[this.#restBytes] = 0x80;
    if (this.#restBytes >= LENGTH_AT) {
      this.#block(rest, 0);
      rest.fill(0);
    }
    new DataView(rest.buffer).setBigUint64(LENGTH_AT, BigInt(this.#totalBytes) * 8n);
    this.#block(rest, 0);
    return Array.from(this.#hash, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }

  #block(bytes: Uint8Array, at: number): void {
    const w = this.#schedule, hash = this.#hash, constants = ROUND_CONSTANTS;
    for (let k = 0, b = at; k < 16; k++, b += 4) {
      w[k] = (bytes[b]! << 24) | (bytes[b + 1]! << 16) | (bytes[b + 2]! << 8) | bytes[b + 3]!;
    }
    for (let k = 16; k < ROUNDS; k++) {
      const x = w[k - 15]!, y = w[k - 2]!;
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[k] = (w[k - 16]! + s0 + w[k - 7]! + s1) | 0;
    }
    let a = hash[0]!, b = hash[1]!, c = hash[2]!, d = hash[3]!;
    let e = hash[4]!, f = hash[5]!, g = hash[6]!, h = hash[7]!;
    for (let k = 0; k < ROUNDS; k++) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const choice = (e & f) ^ (~e & g), majority = (a & b) ^ (a & c) ^ (b & c);
      const t = (h + s1 + choice + constants[k]! + w[k]!) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t) | 0;
      d = c;
      c = b;
      b = a;
      a = (t + s0 + majority) | 0;
    }
    hash[0]! += a;
    hash[1]! += b;
    hash[2]! += c;
    hash[3]! += d;
    hash[4]! += e;
    hash[5]! += f;
    hash[6]! += g;
    hash[7]! += h;
  }
}
