/**
 * Hard disks in a box: their state, how they drift and bounce off the walls, and what happens when
 * two of them meet. Every operation is rounded on its own and in a fixed order, because a result is
 * the same on every machine only if each bit is; do not regroup a sum or a product here.
 *
 * @module
 */
import { MersenneTwister } from "./mt19937.ts";

export const RADIUS = 5;
/** Two disks touch when their centres are closer than this. */
export const CONTACT_DISTANCE = 2 * RADIUS;
export const CONTACT_SQUARED = CONTACT_DISTANCE * CONTACT_DISTANCE;
/** Time of one step. */
export const TIME_STEP = 0.1;
/** Factor on a velocity component at a wall. */
export const WALL_FACTOR = -0.8;
/** Factor on the impulse of a pair. */
export const PAIR_FACTOR = 0.9;
/** Velocity components start in [-SPEED_MAX, SPEED_MAX). */
export const SPEED_MAX = 20;

/** The box of the two original programs. */
export const BOX = { width: 800, height: 600 } as const satisfies Box;

/** Size of the box; its corner is at 0, 0. */
export interface Box {
  readonly width: number;
  readonly height: number;
}

/**
 * How overlapping disks are corrected after a collision: `python` pulls the pair together (new
 * distance |2d - 10|), `cython` pushes it apart (new distance 10). Both are what the original
 * programs do.
 */
export type Variant = "python" | "cython";

/** All that a run needs to go on from here, bit for bit. */
export interface DiskState {
  readonly box: Box;
  readonly variant: Variant;
  /** x0, y0, x1, y1, … */
  readonly positions: Float64Array<ArrayBuffer>;
  /** vx0, vy0, vx1, vy1, … */
  readonly velocities: Float64Array<ArrayBuffer>;
  particleCollisions: number;
  wallCollisions: number;
}

/** Used again for each start: to make one costs more than a small start draws from it. */
const random = new MersenneTwister(0);

/** The random start: all positions are drawn before all velocities; disks may overlap. */
export function initialState(
  count: number,
  options: { seed: number; variant: Variant; box?: Box },
): DiskState {
  const { seed, variant, box = BOX } = options;
  random.seed(seed);
  const positions = new Float64Array(2 * count);
  const velocities = new Float64Array(2 * count);
  for (let k = 0; k < 2 * count; k += 2) {
    positions[k] = random.double() * (box.width - 2 * RADIUS) + RADIUS;
    positions[k + 1] = random.double() * (box.height - 2 * RADIUS) + RADIUS;
  }
  for (let k = 0; k < 2 * count; k++) {
    velocities[k] = (random.double() - 0.5) * (2 * SPEED_MAX);
  }
  return { box, variant, positions, velocities, particleCollisions: 0, wallCollisions: 0 };
}

/** An independent copy. */
export function copyState(state: DiskState): DiskState {
  return {
    ...state,
    positions: state.positions.slice(),
    velocities: state.velocities.slice(),
  };
}

/**
 * Moves every disk for one time step, then puts those beyond a wall onto it. A disk that hits two
 * walls in a step counts once.
 */
export function driftAndBounce(state: DiskState): void {
  const { positions, velocities, box } = state;
  let hits = 0;
  for (let k = 0; k < positions.length; k += 2) {
    positions[k]! += velocities[k]! * TIME_STEP;
    positions[k + 1]! += velocities[k + 1]! * TIME_STEP;
    const hitX = bounce(state, { component: k, size: box.width });
    const hitY = bounce(state, { component: k + 1, size: box.height });
    if (hitX || hitY) hits++;
  }
  state.wallCollisions += hits;
}

/** One component at its two walls. The velocity turns whichever way it pointed before. */
function bounce(state: DiskState, at: { component: number; size: number }): boolean {
  const position = state.positions[at.component]!;
  if (position - RADIUS < 0) state.positions[at.component] = RADIUS;
  else if (position + RADIUS > at.size) state.positions[at.component] = at.size - RADIUS;
  else return false;
  state.velocities[at.component]! *= WALL_FACTOR;
  return true;
}

/**
 * Lets disks `i` and `j` collide if they touch and do not separate. Returns whether they may have
 * moved. The state is changed at once, so that later pairs of the same sweep see it.
 */
export function collide(state: DiskState, i: number, j: number): boolean {
  const { positions, velocities } = state;
  const ix = 2 * i, iy = ix + 1, jx = 2 * j, jy = jx + 1;
  const dx = positions[ix]! - positions[jx]!;
  const dy = positions[iy]! - positions[jy]!;
  const squared = dx * dx + dy * dy;
  if (!(squared < CONTACT_SQUARED)) return false;
  if (squared === 0 && state.variant === "python") return false;
  const ux = velocities[ix]!, uy = velocities[iy]!, wx = velocities[jx]!, wy = velocities[jy]!;
  if (dx * (ux - wx) + dy * (uy - wy) > 0) return false;
  state.particleCollisions++;
  if (squared === 0) return false;

  const distance = Math.sqrt(squared);
  const nx = dx / distance, ny = dy / distance;
  const a = ux * nx + uy * ny;
  const b = wx * nx + wy * ny;
  velocities[ix] = ux + (b - a) * nx * PAIR_FACTOR;
  velocities[iy] = uy + (b - a) * ny * PAIR_FACTOR;
  velocities[jx] = wx + (a - b) * nx * PAIR_FACTOR;
  velocities[jy] = wy + (a - b) * ny * PAIR_FACTOR;

  // Half the overlap, towards the other disk (python) or away from it (cython); a sign is exact.
  const half = (CONTACT_DISTANCE - distance) / 2;
  const shift = state.variant === "python" ? -half : half;
  positions[ix]! += shift * nx;
  positions[iy]! += shift * ny;
  positions[jx]! -= shift * nx;
  positions[jy]! -= shift * ny;
  return true;
}

/** Total kinetic energy, summed disk by disk in order; every disk has mass 1. */
export function kineticEnergy(state: DiskState): number {
  const { velocities } = state;
  let sum = 0;
  for (let k = 0; k < velocities.length; k += 2) {
    sum += velocities[k]! * velocities[k]! + velocities[k + 1]! * velocities[k + 1]!;
  }
  return sum / 2;
}
