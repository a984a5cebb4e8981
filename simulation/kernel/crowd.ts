/**
 * The pair sweep where the disks are so crowded that lists would take more memory and time than
 * they save: the partners of each disk are looked up when its turn comes.
 *
 * @module
 */
import { anchorOf, fillBuckets, nearInBuckets, refile, removeFromBucket } from "./buckets";
import { collide, CONTACT_SQUARED, height, squaredLengths, sumOfLanes, width } from "./disks";
import { add, takeFrom } from "./index_set";
import { count, evenCount, found, POINT, POSITIONS, rowSet } from "./memory";

const CONTACT_DISTANCE: f64 = 10;
/** Makes the displacement tests strict enough that rounding cannot matter. */
const SAFETY: f64 = 1 - 1e-9;
/** How far a disk may be from its anchor while others look for it. */
const MARGIN: f64 = 2;
/** How far a disk may move before it looks around again: the more it meets, the further it goes. */
let slack: f64 = 0;
const SLACK_MIN: f64 = 6;
const SLACK_MAX: f64 = 16;
/** Slack for one disk a unit of area; measured. */
const SLACK_AT_UNIT_DENSITY: f64 = 14;
/** With more partners a disk than this, were they spread evenly, it is a crowd. */
const PARTNERS_MAX: f64 = 12;
const TYPICAL_REACH: f64 = 18;
/** Bytes of the four offsets that are tested together. */
const GROUP: u32 = 16;
const ROW_DONE: u32 = 0xffff_ffff;

/** Whether the disks are such a crowd. */
export function isCrowd(): bool {
  return density() * Math.PI * TYPICAL_REACH * TYPICAL_REACH / 2 > PARTNERS_MAX;
}

function density(): f64 {
  return (count as f64) / (width * height);
}

/** Visits every pair that can touch. */
export function sweepCrowd(): void {
  slack = max(SLACK_MIN, min(SLACK_MAX, SLACK_AT_UNIT_DENSITY * sqrt(density())));
  fillBuckets(0);
  for (let i: u32 = 0; i < count; i++) {
    removeFromBucket(i);
    sweepRow(i);
  }
}

/**
 * Visits the partners of disk `i`. Exported from the module, and so a function of its own: within
 * the loop over all disks it would stay slow code for the whole of a first long step.
 */
export function sweepRow(i: u32): void {
  let after = i;
  // Each round ends with the row, or where the disk has gone too far for what was looked up.
  while (after !== ROW_DONE) after = meet(i, after, lookUp(i, after));
}

/** Puts the disks above `after` that disk `i` can meet into `found`, ascending; returns its end. */
function lookUp(i: u32, after: u32): u32 {
  const x = load<f64>(i * POINT, POSITIONS), y = load<f64>(i * POINT, POSITIONS + 8);
  const end = found + nearInBuckets(x, y, CONTACT_DISTANCE + MARGIN + slack) * 4;
  for (let f = found; f < end; f += 4) {
    const k = load<u32>(f);
    if (k > after) add(rowSet, k);
  }
  let to = found;
  for (let j = takeFrom(rowSet, after); j >= 0; j = takeFrom(rowSet, j)) {
    store<u32>(to, (j as u32) * POINT);
    to += 4;
  }
  // The point that nobody touches fills the last group up.
  for (let k: u32 = 0; k < GROUP; k += 4) store<u32>(to + k, (evenCount + 1) * POINT);
  return to;
}

/** Visits the offsets in `found` up to `end`; returns where to look again, or `ROW_DONE`. */
function meet(i: u32, after: u32, end: u32): u32 {
  const self = i * POINT, from = v128.load(self, POSITIONS);
  for (let f = found; f < end; f += GROUP) {
    let touching = touchingOf(self, f);
    while (touching !== 0) {
      const k = ctz(touching);
      const other = load<u32>(f + ((k as u32) << 2));
      touching &= touching - 1;
      if (!collide(self, other)) continue;
      after = other / POINT;
      if (isAway(other, v128.load(anchorOf(after)), MARGIN)) refile(after, i);
      if (isAway(self, from, slack)) return after;
      touching = touchingOf(self, f) & (-2 << k);
    }
  }
  return ROW_DONE;
}

/** Which of the four disks with offsets at `f` the disk touches, as bits. */
// @ts-ignore: decorator
@inline
function touchingOf(self: u32, f: u32): i32 {
  const point = v128.load(self, POSITIONS), limit = f64x2.splat(CONTACT_SQUARED);
  const d0 = f64x2.sub(point, v128.load(load<u32>(f), POSITIONS));
  const d1 = f64x2.sub(point, v128.load(load<u32>(f, 4), POSITIONS));
  const d2 = f64x2.sub(point, v128.load(load<u32>(f, 8), POSITIONS));
  const d3 = f64x2.sub(point, v128.load(load<u32>(f, 12), POSITIONS));
  return i64x2.bitmask(f64x2.lt(squaredLengths(d0, d1), limit)) |
    (i64x2.bitmask(f64x2.lt(squaredLengths(d2, d3), limit)) << 2);
}

function isAway(offset: u32, from: v128, distance: f64): bool {
  const d = f64x2.sub(v128.load(offset, POSITIONS), from);
  return sumOfLanes(f64x2.mul(d, d)) > distance * distance * SAFETY;
}
