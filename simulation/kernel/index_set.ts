/**
 * Sets of numbers below the count that give their members back in ascending order: two levels of
 * bits, one word above covers 4096 numbers.
 *
 * @module
 */
import { count } from "./memory";

const NONE: i32 = -1;

// @ts-ignore: decorator
@inline
function upper(set: u32): u32 {
  return set + ((count >> 6) + 1) * 8;
}

/** Adds a number to the set at address `set`. */
export function add(set: u32, value: u32): void {
  const word = set + ((value >> 6) << 3), above = upper(set) + ((value >> 12) << 3);
  store<u64>(word, load<u64>(word) | ((1 as u64) << (value & 63)));
  store<u64>(above, load<u64>(above) | ((1 as u64) << ((value >> 6) & 63)));
}

/** Removes and returns the smallest number, which must not be under `start`; -1 if there is none. */
export function takeFrom(set: u32, start: u32): i32 {
  const words = upper(set), last = count >> 12;
  for (let top = start >> 12; top <= last; top++) {
    const filled = load<u64>(words + (top << 3));
    if (filled === 0) continue;
    const word = (top << 6) + (ctz(filled) as u32);
    const bits = load<u64>(set + (word << 3));
    const rest = bits & (bits - 1);
    store<u64>(set + (word << 3), rest);
    if (rest === 0) store<u64>(words + (top << 3), filled & (filled - 1));
    return ((word << 6) + (ctz(bits) as u32)) as i32;
  }
  return NONE;
}

/** The smallest number of the set from `start` on, left in it; -1 if there is none. */
export function nextFrom(set: u32, start: u32): i32 {
  if (start >= count) return NONE;
  let word = start >> 6;
  const rest = load<u64>(set + (word << 3)) & (~(0 as u64) << (start & 63));
  if (rest !== 0) return ((word << 6) + (ctz(rest) as u32)) as i32;
  word++;
  const words = upper(set), last = count >> 12;
  let mask = ~(0 as u64) << (word & 63);
  for (let top = word >> 6; top <= last; top++) {
    const filled = load<u64>(words + (top << 3)) & mask;
    mask = ~(0 as u64);
    if (filled === 0) continue;
    word = (top << 6) + (ctz(filled) as u32);
    return ((word << 6) + (ctz(load<u64>(set + (word << 3))) as u32)) as i32;
  }
  return NONE;
}
