/**
 * How wide the skin is: a wide one makes long lists that serve many steps, a narrow one short lists
 * that soon have to be made anew. The choice never shows in the results.
 *
 * @module
 */
import { height, width } from "./disks";
import { count } from "./memory";

/** Fastest that a disk may be at the start, in length a step. */
const SPEED_MAX: f64 = 2.83;
const SKIN_MIN: f64 = 2;

/** Cost of making the lists against that of walking them; measured. */
const BALANCE: f64 = 12;

/** The skin for new lists, when the last ones, of skin `last`, served `age` steps (0: none yet). */
export function chooseSkin(last: f64, age: u32): f64 {
  const speed = age > 0 ? min(SPEED_MAX, last / 2 / (age as f64)) : SPEED_MAX;
  // Lists cost (10 + s)^2 a step to walk and 1 / s to make: least where s^3 + 10 s^2 = c.
  const c = BALANCE * speed * (width * height) / (count as f64);
  let s: f64 = 64;
  for (let k = 0; k < 8; k++) s -= (s * s * s + 10 * s * s - c) / (3 * s * s + 20 * s);
  return max(SKIN_MIN, s);
}
