/**
 * The pair sweep where the disks are so crowded that lists would take more memory and time than
 * they save: the partners of each disk are looked up when its turn comes.
 *
 * @module
 */
import { anchorOf, fillBuckets, LOST, nearInBuckets, refile, removeFromBucket } from "./buckets";
import { collideAt, CONTACT_SQUARED, height, squaredLengths, sumOfLanes, width } from "./disks";
import { add, takeFrom } from "./index_set";
import { count, evenCount, found, POINT, POSITIONS, rowSet, velocities } from "./memory";
import { changed } from "./versions";

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
/** Bytes of what a row does to one disk: its point, its velocity, its number. */
export const EFFECT: u32 = 40;

/** Point and velocity of the disk whose row is in hand. */
let selfPoint: u32 = 0;
let selfVelocity: u32 = 0;
/** Where the next effect of the row is written down, and the end of that room; 0: in place. */
export let nextEffect: u32 = 0;
let effectsEnd: u32 = 0;

/** Whether the disks are such a crowd. */
export function isCrowd(): bool {
  return density() * Math.PI * TYPICAL_REACH * TYPICAL_REACH / 2 > PARTNERS_MAX;
}

function density(): f64 {
  return (count as f64) / (width * height);
}

/** Visits every pair that can touch. */
export function sweepCrowd(): void {
  startCrowd();
  for (let i: u32 = 0; i < count; i++) sweepRow(i);
}

/** Files all disks for a sweep. */
export function startCrowd(): void {
  chooseSlack();
  fillBuckets(0);
}

export function chooseSlack(): void {
  slack = max(SLACK_MIN, min(SLACK_MAX, SLACK_AT_UNIT_DENSITY * sqrt(density())));
}

/**
 * Visits the partners of disk `i`. Exported from the module, and so a function of its own: within
 * the loop over all disks it would stay slow code for the whole of a first long step.
 */
export function sweepRow(i: u32): void {
  removeFromBucket(i);
  selfPoint = POSITIONS + i * POINT;
  selfVelocity = velocities + i * POINT;
  nextEffect = 0;
  meetAll(i);
}

/**
 * Finds out what visiting the partners of disk `i` would do, without doing it. The disk's own point
 * and velocity are at `point` and `velocity` and change there; what happens to others is written
 * down from `effects` up to `end`. False when it cannot be found out.
 */
export function tryRow(i: u32, point: u32, velocity: u32, effects: u32, end: u32): bool {
  selfPoint = point;
  selfVelocity = velocity;
  nextEffect = effects;
  effectsEnd = end;
  return meetAll(i);
}

/** Each round ends with the row, or where the disk has gone too far for what was looked up. */
function meetAll(i: u32): bool {
  let after = i;
  while (after !== ROW_DONE) {
    const end = lookUp(after);
    if (end === LOST) return false;
    after = meet(i, after, end);
    if (nextEffect > effectsEnd) return false;
  }
  return true;
}

/** Puts the disks above `after` that this row's can meet into `found`, ascending; returns its end. */
function lookUp(after: u32): u32 {
  const x = load<f64>(selfPoint), y = load<f64>(selfPoint, 8);
  const n = nearInBuckets(x, y, CONTACT_DISTANCE + MARGIN + slack);
  if (n === LOST) return LOST;
  const end = found + n * 4;
  for (let f = found; f < end; f += 4) {
    const k = load<u32>(f);
    // A thread that looks ahead may see a grid in disorder, and numbers of no disk.
    if (k > after && k < count) add(rowSet, k);
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
  const from = v128.load(selfPoint);
  for (let f = found; f < end; f += GROUP) {
    let touching = touchingOf(f);
    while (touching !== 0) {
      const k = ctz(touching);
      const other = load<u32>(f + ((k as u32) << 2));
      touching &= touching - 1;
      if (!affect(other, i)) continue;
      if (isAway(selfPoint, from, slack)) return other / POINT;
      touching = touchingOf(f) & (-2 << k);
    }
  }
  return ROW_DONE;
}

/** Lets the row's disk `i` meet the one at offset `other`; false when nothing moved. */
function affect(other: u32, i: u32): bool {
  const point = other + POSITIONS, velocity = other + velocities;
  const effect = nextEffect, m = other / POINT;
  const newPoint = effect === 0 ? point : effect;
  const newVelocity = effect === 0 ? velocity : effect + POINT;
  if (!collideAt(selfPoint, selfVelocity, point, velocity, newPoint, newVelocity)) return false;
  if (effect === 0) {
    fileAgain(m, i);
  } else {
    store<u32>(effect, m, 2 * POINT);
    // Beyond the end is room for one more: the row is given up when its round is over.
    nextEffect = min(effect + EFFECT, effectsEnd + EFFECT);
  }
  return true;
}

/** Keeps disk `m`, which has moved in row `i`, where others will find it. */
export function fileAgain(m: u32, i: u32): void {
  if (isAway(m * POINT + POSITIONS, v128.load(anchorOf(m)), MARGIN)) refile(m, i);
  else changed(m);
}

/** Which of the four disks with offsets at `f` the disk touches, as bits. */
// @ts-ignore: decorator
@inline
function touchingOf(f: u32): i32 {
  const point = v128.load(selfPoint), limit = f64x2.splat(CONTACT_SQUARED);
  const d0 = f64x2.sub(point, v128.load(load<u32>(f), POSITIONS));
  const d1 = f64x2.sub(point, v128.load(load<u32>(f, 4), POSITIONS));
  const d2 = f64x2.sub(point, v128.load(load<u32>(f, 8), POSITIONS));
  const d3 = f64x2.sub(point, v128.load(load<u32>(f, 12), POSITIONS));
  return i64x2.bitmask(f64x2.lt(squaredLengths(d0, d1), limit)) |
    (i64x2.bitmask(f64x2.lt(squaredLengths(d2, d3), limit)) << 2);
}

function isAway(point: u32, from: v128, distance: f64): bool {
  const d = f64x2.sub(v128.load(point), from);
  return sumOfLanes(f64x2.mul(d, d)) > distance * distance * SAFETY;
}
