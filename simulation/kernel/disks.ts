/**
 * Drift, walls and collisions, operation by operation as in the TypeScript reference: the bits of
 * both must agree.
 *
 * @module
 */
import { anchors, count, evenCount, POINT, POSITIONS, velocities } from "./memory";

const RADIUS: f64 = 5;
const CONTACT_DISTANCE: f64 = 10;
export const CONTACT_SQUARED: f64 = 100;
const TIME_STEP: f64 = 0.1;
const WALL_FACTOR: f64 = -0.8;
const PAIR_FACTOR: f64 = 0.9;

export let width: f64 = 0;
export let height: f64 = 0;
let pullsTogether: bool = false;
export let pairHits: f64 = 0;
export let wallHits: f64 = 0;
/** Largest x and y that are not yet beyond the far walls, as the wall test rounds. */
let lastInsideX: f64 = 0;
let lastInsideY: f64 = 0;

/** Sets the box and the variant, the counters to zero, and the places without a disk. */
export function setUp(boxWidth: f64, boxHeight: f64, pulls: bool): void {
  setBox(boxWidth, boxHeight, pulls);
  pairHits = wallHits = 0;
  lastInsideX = lastInside(boxWidth);
  lastInsideY = lastInside(boxHeight);
  for (let i = count; i < evenCount; i++) {
    setPoint(POSITIONS + i * POINT, boxWidth / 2, boxHeight / 2);
    setPoint(velocities + i * POINT, 0, 0);
    setPoint(anchors + i * POINT, boxWidth / 2, boxHeight / 2);
  }
  setPoint(POSITIONS + evenCount * POINT, 0, 0);
  setPoint(POSITIONS + (evenCount + 1) * POINT, 1e9, 1e9);
}

/** Sets the box and the variant. */
export function setBox(boxWidth: f64, boxHeight: f64, pulls: bool): void {
  width = boxWidth;
  height = boxHeight;
  pullsTogether = pulls;
}

/** Puts the counters back to where an earlier part of the run left them. */
export function setCounters(pairsSoFar: f64, wallsSoFar: f64): void {
  pairHits = pairsSoFar;
  wallHits = wallsSoFar;
}

function setPoint(at: u32, x: f64, y: f64): void {
  store<f64>(at, x);
  store<f64>(at, y, 8);
}

function lastInside(size: f64): f64 {
  let bits = reinterpret<u64>(size - RADIUS);
  while (reinterpret<f64>(bits) + RADIUS <= size) bits++;
  while (reinterpret<f64>(bits) + RADIUS > size) bits--;
  return reinterpret<f64>(bits);
}

/** Moves every disk, treats walls, and returns the largest squared distance from an anchor. */
export function driftAndBounce(): f64 {
  const end = POSITIONS + evenCount * POINT;
  const timeStep = f64x2.splat(TIME_STEP), low = f64x2.splat(RADIUS);
  const high = f64x2.replace_lane(f64x2.splat(lastInsideX), 1, lastInsideY);
  const toVelocity = velocities - POSITIONS, toAnchor = anchors - POSITIONS;
  let largest = f64x2.splat(0);
  for (let p = POSITIONS; p < end; p += 2 * POINT) {
    const v = p + toVelocity, a = p + toAnchor;
    let p0 = f64x2.add(v128.load(p), f64x2.mul(v128.load(v), timeStep));
    let p1 = f64x2.add(v128.load(p, 16), f64x2.mul(v128.load(v, 16), timeStep));
    v128.store(p, p0);
    v128.store(p, p1, 16);
    const beyond = v128.or(
      f64x2.lt(f64x2.pmin(p0, p1), low),
      f64x2.gt(f64x2.pmax(p0, p1), high),
    );
    if (v128.any_true(beyond)) {
      bounce(p);
      bounce(p + POINT);
      p0 = v128.load(p);
      p1 = v128.load(p, 16);
    }
    const d0 = f64x2.sub(p0, v128.load(a)), d1 = f64x2.sub(p1, v128.load(a, 16));
    largest = f64x2.pmax(largest, squaredLengths(d0, d1));
  }
  return max(f64x2.extract_lane(largest, 0), f64x2.extract_lane(largest, 1));
}

/** Squared lengths of two vectors. */
// @ts-ignore: decorator
@inline
export function squaredLengths(d0: v128, d1: v128): v128 {
  const q0 = f64x2.mul(d0, d0), q1 = f64x2.mul(d1, d1);
  return f64x2.add(v128.shuffle<f64>(q0, q1, 0, 2), v128.shuffle<f64>(q0, q1, 1, 3));
}

function bounce(p: u32): void {
  const v = p - POSITIONS + velocities;
  const x = load<f64>(p), y = load<f64>(p, 8);
  let hit = false;
  if (x - RADIUS < 0) {
    store<f64>(p, RADIUS);
    hit = true;
  } else if (x + RADIUS > width) {
    store<f64>(p, width - RADIUS);
    hit = true;
  }
  if (hit) store<f64>(v, load<f64>(v) * WALL_FACTOR);
  let hitY = false;
  if (y - RADIUS < 0) {
    store<f64>(p, RADIUS, 8);
    hitY = true;
  } else if (y + RADIUS > height) {
    store<f64>(p, height - RADIUS, 8);
    hitY = true;
  }
  if (hitY) store<f64>(v, load<f64>(v, 8) * WALL_FACTOR, 8);
  if (hit || hitY) wallHits += 1;
}

/**
 * Lets the disks at offsets `i` and `j` collide if they touch and do not separate. Returns whether
 * they may have moved.
 */
export function collide(i: u32, j: u32): bool {
  const point = j + POSITIONS, velocity = j + velocities;
  return collideAt(i + POSITIONS, i + velocities, point, velocity, point, velocity);
}

/**
 * The same for points and velocities at these addresses; the second disk's new ones go to
 * `newPoint` and `newVelocity`. Points are read and written whole, as the walk over the pairs reads
 * them: the processor cannot hand two halves just written over to a read of the whole.
 */
// @ts-ignore: decorator
@inline
export function collideAt(
  point: u32,
  velocity: u32,
  otherPoint: u32,
  otherVelocity: u32,
  newPoint: u32,
  newVelocity: u32,
): bool {
  const pi = v128.load(point), pj = v128.load(otherPoint);
  const d = f64x2.sub(pi, pj);
  const squared = sumOfLanes(f64x2.mul(d, d));
  if (!(squared < CONTACT_SQUARED)) return false;
  if (squared === 0 && pullsTogether) return false;
  const vi = v128.load(velocity), vj = v128.load(otherVelocity);
  if (sumOfLanes(f64x2.mul(d, f64x2.sub(vi, vj))) > 0) return false;
  pairHits += 1;
  if (squared === 0) return false;

  const distance = sqrt(squared);
  const n = f64x2.div(d, f64x2.splat(distance));
  const a = sumOfLanes(f64x2.mul(vi, n)), b = sumOfLanes(f64x2.mul(vj, n));
  const factor = f64x2.splat(PAIR_FACTOR);
  const gain = f64x2.mul(f64x2.mul(f64x2.splat(b - a), n), factor);
  const loss = f64x2.mul(f64x2.mul(f64x2.splat(a - b), n), factor);
  v128.store(velocity, f64x2.add(vi, gain));
  v128.store(newVelocity, f64x2.add(vj, loss));

  const half = (CONTACT_DISTANCE - distance) / 2;
  const shift = f64x2.mul(f64x2.splat(pullsTogether ? -half : half), n);
  v128.store(point, f64x2.add(pi, shift));
  v128.store(newPoint, f64x2.sub(pj, shift));
  return true;
}

/** Takes back or adds to the count of collisions between disks. */
export function countPairHits(hits: f64): void {
  pairHits += hits;
}

// @ts-ignore: decorator
@inline
export function sumOfLanes(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}
