/**
 * The pair sweep: walks the list four pairs at a time, and rows with extra pairs one pair at a time.
 *
 * @module
 */
import { collide, CONTACT_SQUARED, squaredLengths, sumOfLanes } from "./disks";
import { addExtra, extraAfter } from "./extras";
import { move, near } from "./grid";
import { nextFrom } from "./index_set";
import { anchors, count, extraRows, found, POINT, POSITIONS, rowStarts } from "./memory";
import { GROUP, PAIR, pairsEnd, rebuildList } from "./pair_list";
import { chooseSkin } from "./skin";

const CONTACT_DISTANCE: f64 = 10;
/** Makes the displacement test strict enough that rounding cannot matter. */
const SAFETY: f64 = 1 - 1e-9;
/** Share of the disks that get new anchors one by one before the whole list is made anew. */
const REANCHORED_SHARE: f64 = 0.05;
const NOBODY: u32 = 0xffff_ffff;

/** Steps that the present list has served; 0: there is none. */
let age: u32 = 0;
let skin: f64 = 0;
let reach: f64 = 0;
/** Squared distance from its anchor that a disk may reach. */
let strayLimit: f64 = 0;
let fixedSkin: f64 = 0;
/** Disks that got a new anchor since the list was made. */
let reanchored: f64 = 0;
/** Times that a disk left its skin within a sweep. */
export let repairs: f64 = 0;

/** Starts a run; a skin of 0 follows the speed of the disks. */
export function prepareLists(wantedSkin: f64): void {
  fixedSkin = wantedSkin;
  age = 0;
  reanchored = 0;
  repairs = 0;
}

/** Visits every pair that can touch. `largest` is the largest squared distance from an anchor. */
export function sweepLists(largest: f64): void {
  if (age === 0 || reanchored > reanchoredMax() || (largest > strayLimit && !reanchorStrayed())) {
    makeLists();
  }
  age++;
  let row: u32 = 0;
  while (true) {
    const next = nextFrom(extraRows, row);
    const stopped = walk(
      load<u32>(rowStarts + row * 4),
      next < 0 ? pairsEnd : load<u32>(rowStarts + next * 4),
    );
    if (stopped >= 0) {
      row = stopped + 1;
    } else if (next >= 0) {
      visitRow(next, next);
      row = next + 1;
    } else {
      return;
    }
  }
}

function makeLists(): void {
  skin = fixedSkin > 0 ? fixedSkin : chooseSkin(skin, age);
  strayLimit = skin * skin / 4 * SAFETY;
  reach = CONTACT_DISTANCE + skin;
  rebuildList(reach);
  reanchored = 0;
  age = 0;
}

function reanchoredMax(): f64 {
  return (count as f64) * REANCHORED_SHARE;
}

/** Gives all strayed disks new anchors, or returns false where too many have strayed. */
function reanchorStrayed(): bool {
  let strayed: u32 = 0;
  for (let i: u32 = 0; i < count; i++) strayed += u32(hasStrayed(i * POINT));
  if (reanchored + (strayed as f64) > reanchoredMax()) return false;
  for (let i: u32 = 0; i < count; i++) {
    if (hasStrayed(i * POINT)) reanchor(i);
  }
  return true;
}

/**
 * Visits listed pairs, from the start of a row up to `end`. Where a disk leaves its skin the walk
 * finishes that row and stops, because later rows may have got extra pairs: returns the row, or -1.
 */
function walk(from: u32, end: u32): i32 {
  // Behind the last pair the padding fills its group up; elsewhere other rows follow.
  const groupsEnd = end === pairsEnd ? end + GROUP - PAIR : end;
  let p = from;
  for (; p + GROUP <= groupsEnd; p += GROUP) {
    let touching = touchingOf(p);
    while (touching !== 0) {
      const k = ctz(touching);
      const q = p + (k as u32) * PAIR;
      touching &= touching - 1;
      if (!collide(load<u32>(q), load<u32>(q, 4))) continue;
      if (repair(load<u32>(q), load<u32>(q, 4))) return finishRow(q);
      // Disks of the pairs that follow may have moved.
      touching = touchingOf(p) & (-2 << k);
    }
  }
  for (; p < end; p += PAIR) {
    if (visit(load<u32>(p), load<u32>(p, 4))) return finishRow(p);
  }
  return -1;
}

/** Which of the four pairs from `p` on touch, as bits. */
// @ts-ignore: decorator
@inline
function touchingOf(p: u32): i32 {
  const limit = f64x2.splat(CONTACT_SQUARED);
  const first = f64x2.lt(squaredLengths(apart(p), apart(p + PAIR)), limit);
  const second = f64x2.lt(squaredLengths(apart(p + 2 * PAIR), apart(p + 3 * PAIR)), limit);
  return i64x2.bitmask(first) | (i64x2.bitmask(second) << 2);
}

// @ts-ignore: decorator
@inline
function apart(pair: u32): v128 {
  return f64x2.sub(
    v128.load(load<u32>(pair), POSITIONS),
    v128.load(load<u32>(pair, 4), POSITIONS),
  );
}

function finishRow(pair: u32): i32 {
  const row = load<u32>(pair) / POINT;
  visitRow(row, load<u32>(pair, 4) / POINT);
  return row as i32;
}

/** Visits the partners of disk `i` above `after`: listed and extra ones, merged. */
function visitRow(i: u32, after: u32): void {
  const end = load<u32>(rowStarts + i * 4, 4);
  let p = load<u32>(rowStarts + i * 4);
  while (p < end && load<u32>(p, 4) / POINT <= after) p += PAIR;
  let extra = extraAfter(i, after);
  while (true) {
    const listed = p < end ? load<u32>(p, 4) / POINT : NOBODY;
    const added = extra !== 0 ? load<u32>(extra) : NOBODY;
    const j = min(listed, added);
    if (j === NOBODY) return;
    if (listed === j) p += PAIR;
    if (added === j) extra = load<u32>(extra, 4);
    if (visit(i * POINT, j * POINT)) extra = extraAfter(i, j);
  }
}

/** Tests the pair at these offsets; true if a disk left its skin. */
function visit(i: u32, j: u32): bool {
  return collide(i, j) && repair(i, j);
}

/** After a collision: gives disks that left their skin new anchors; true if there were any. */
function repair(i: u32, j: u32): bool {
  const oneStrayed = hasStrayed(i), otherStrayed = hasStrayed(j);
  if (!oneStrayed && !otherStrayed) return false;
  if (oneStrayed) reanchor(i / POINT);
  if (otherStrayed) reanchor(j / POINT);
  repairs += f64(u32(oneStrayed) + u32(otherStrayed));
  return true;
}

/** Gives a disk a new anchor, and an extra pair with each disk that only now is within reach. */
function reanchor(m: u32): void {
  const oldX = load<f64>(anchors + m * POINT), oldY = load<f64>(anchors + m * POINT, 8);
  const x = load<f64>(POSITIONS + m * POINT), y = load<f64>(POSITIONS + m * POINT, 8);
  reanchored += 1;
  move(m, x, y);
  const n = near(x, y, reach, -1);
  for (let f = found; f < found + n * 4; f += 4) {
    const k = load<u32>(f);
    const dx = oldX - load<f64>(anchors + k * POINT);
    const dy = oldY - load<f64>(anchors + k * POINT, 8);
    const wasListed = dx * dx + dy * dy < reach * reach;
    if (k !== m && !wasListed) addExtra(min(m, k), max(m, k));
  }
}

// @ts-ignore: decorator
@inline
function hasStrayed(offset: u32): bool {
  const d = f64x2.sub(v128.load(offset, POSITIONS), v128.load(offset + anchors));
  return sumOfLanes(f64x2.mul(d, d)) > strayLimit;
}
