/**
 * The pair sweep where the disks are so crowded that lists would take more memory and time than
 * they save: the partners of each disk are looked up when its turn comes.
 *
 * @module
 */
import { anchorOf, fillBuckets, nearInBuckets, refile, removeFromBucket } from "./buckets";
import { collide, height, width } from "./disks";
import { add, takeFrom } from "./index_set";
import { count, found, POINT, POSITIONS, rowSet } from "./memory";

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

function sweepRow(i: u32): void {
  const point = POSITIONS + i * POINT;
  let x = load<f64>(point), y = load<f64>(point, 8);
  lookUp(x, y, i);
  for (let j = takeFrom(rowSet, i); j >= 0; j = takeFrom(rowSet, j)) {
    const partner = (j as u32) * POINT;
    if (!collide(i * POINT, partner)) continue;
    const anchor = anchorOf(j);
    if (isAway(POSITIONS + partner, load<f64>(anchor), load<f64>(anchor, 8), MARGIN)) refile(j, i);
    if (!isAway(point, x, y, slack)) continue;
    x = load<f64>(point);
    y = load<f64>(point, 8);
    lookUp(x, y, j);
  }
}

/** Adds to the row in hand all above `floor` that a disk can meet within its slack of (x, y). */
function lookUp(x: f64, y: f64, floor: u32): void {
  const end = found + nearInBuckets(x, y, CONTACT_DISTANCE + MARGIN + slack) * 4;
  for (let f = found; f < end; f += 4) {
    const k = load<u32>(f);
    if (k > floor) add(rowSet, k);
  }
}

function isAway(point: u32, x: f64, y: f64, distance: f64): bool {
  const dx = load<f64>(point) - x, dy = load<f64>(point, 8) - y;
  return dx * dx + dy * dy > distance * distance * SAFETY;
}
