/**
 * SHA-256 of the state where it lies: all positions, then all velocities.
 *
 * @module
 */
import { count, DIGEST, POINT, POSITIONS, velocities } from "./memory";

const ROUNDS: u32 = 64;
const BLOCK_POINTS: u32 = 4;

/** First 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const constants = memory.data<u32>([
0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]) as u32;
/** The same of the square roots of the first 8 primes. */
const start = memory.data<u32>([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]) as u32;
const schedule: u32 = DIGEST;
const hash: u32 = DIGEST + 256;

/** Digests the state; returns the address of the eight words of the digest. */
export function digestState(): u32 {
  const points: u32 = 2 * count;
  memory.copy(hash, start, 32);
  let point: u32 = 0;
  for (; point + BLOCK_POINTS <= points; point += BLOCK_POINTS) {
    for (let k: u32 = 0; k < BLOCK_POINTS; k++) schedulePoint(k, addressOf(point + k));
    digestBlock();
  }
  // The number of points is even, so that the end mark and the length always fit in this block.
  memory.fill(schedule, 0, 64);
  const rest = points - point;
  for (let k: u32 = 0; k < rest; k++) schedulePoint(k, addressOf(point + k));
  store<u32>(schedule + rest * POINT, 0x8000_0000);
  const bits = (points as u64) * POINT * 8;
  store<u32>(schedule + 56, (bits >> 32) as u32);
  store<u32>(schedule + 60, bits as u32);
  digestBlock();
  return hash;
}

function addressOf(point: u32): u32 {
  return point < count ? POSITIONS + point * POINT : velocities + (point - count) * POINT;
}

/** The bytes of a point are four words, big end first. */
function schedulePoint(k: u32, address: u32): void {
  const to = schedule + k * POINT;
  store<u32>(to, bswap<u32>(load<u32>(address)));
  store<u32>(to, bswap<u32>(load<u32>(address, 4)), 4);
  store<u32>(to, bswap<u32>(load<u32>(address, 8)), 8);
  store<u32>(to, bswap<u32>(load<u32>(address, 12)), 12);
}

function digestBlock(): void {
  for (let w = schedule + 64; w < schedule + ROUNDS * 4; w += 4) {
    const x = load<u32>(w - 60), y = load<u32>(w - 8);
    const s0 = rotr<u32>(x, 7) ^ rotr<u32>(x, 18) ^ (x >> 3);
    const s1 = rotr<u32>(y, 17) ^ rotr<u32>(y, 19) ^ (y >> 10);
    store<u32>(w, load<u32>(w - 64) + s0 + load<u32>(w - 28) + s1);
  }
  let a = load<u32>(hash), b = load<u32>(hash, 4), c = load<u32>(hash, 8), d = load<u32>(hash, 12);
  let e = load<u32>(hash, 16), f = load<u32>(hash, 20);
  let g = load<u32>(hash, 24), h = load<u32>(hash, 28);
  for (let k: u32 = 0; k < ROUNDS * 4; k += 4) {
    const s1 = rotr<u32>(e, 6) ^ rotr<u32>(e, 11) ^ rotr<u32>(e, 25);
    const s0 = rotr<u32>(a, 2) ^ rotr<u32>(a, 13) ^ rotr<u32>(a, 22);
    const choice = (e & f) ^ (~e & g), majority = (a & b) ^ (a & c) ^ (b & c);
    const t = h + s1 + choice + load<u32>(constants + k) + load<u32>(schedule + k);
    h = g;
    g = f;
    f = e;
    e = d + t;
    d = c;
    c = b;
    b = a;
    a = t + s0 + majority;
  }
  store<u32>(hash, load<u32>(hash) + a);
  store<u32>(hash, load<u32>(hash, 4) + b, 4);
  store<u32>(hash, load<u32>(hash, 8) + c, 8);
  store<u32>(hash, load<u32>(hash, 12) + d, 12);
  store<u32>(hash, load<u32>(hash, 16) + e, 16);
  store<u32>(hash, load<u32>(hash, 20) + f, 20);
  store<u32>(hash, load<u32>(hash, 24) + g, 24);
  store<u32>(hash, load<u32>(hash, 28) + h, 28);
}
