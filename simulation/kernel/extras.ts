/**
 * Pairs that became possible after the list was made, because a disk left its skin and got a new
 * anchor: for each row a short list in ascending order.
 *
 * @module
 */
import { add, nextFrom } from "./index_set";
import { extraRows, firstExtra, reserve, setBytes } from "./memory";

/** An extra is two words: the number of the second disk, and the address of the next extra. */
const EXTRA: u32 = 8;

let end: u32 = 0;

/** Forgets all extras; new ones are kept from `start` on. */
export function clearExtras(start: u32): void {
  for (let row = nextFrom(extraRows, 0); row >= 0; row = nextFrom(extraRows, row + 1)) {
    store<u32>(firstExtra + row * 4, 0);
  }
  memory.fill(extraRows, 0, setBytes());
  end = start;
}

/** Adds the pair (i, j), i < j, unless it is an extra already. */
export function addExtra(i: u32, j: u32): void {
  let link = firstExtra + i * 4;
  let next = load<u32>(link);
  for (; next !== 0 && load<u32>(next) < j; next = load<u32>(link)) link = next + 4;
  if (next !== 0 && load<u32>(next) === j) return;
  reserve(end + EXTRA);
  store<u32>(end, j);
  store<u32>(end, next, 4);
  store<u32>(link, end);
  end += EXTRA;
  add(extraRows, i);
}

/** Address of the first extra of row `i` above `after`; 0 if there is none. */
export function extraAfter(i: u32, after: u32): u32 {
  let extra = load<u32>(firstExtra + i * 4);
  while (extra !== 0 && load<u32>(extra) <= after) extra = load<u32>(extra, 4);
  return extra;
}
