/**
 * Random boxes of disks for the tests: every density from a gas to an overfull box, odd shapes,
 * both variants, the same cases for the same seed.
 *
 * @module
 */
import { BOX, type DiskState, initialState, RADIUS } from "../disks.ts";
import { MersenneTwister } from "../mt19937.ts";

/** A random start, with what a failing test needs to name it. */
export interface RandomCase {
  readonly name: string;
  readonly state: DiskState;
}

/** `count` random starts drawn from `seed`. */
export function* randomCases(count: number, seed: number): Generator<RandomCase> {
  const random = new MersenneTwister(seed);
  for (let k = 0; k < count; k++) {
    const disks = 1 + Math.floor(random.double() * (k % 5 === 0 ? 400 : 80));
    const packing = 0.01 + random.double() * 0.85;
    const area = disks * Math.PI * RADIUS ** 2 / packing;
    let width = Math.max(12, Math.sqrt(area * 4 / 3));
    let height = Math.max(12, width * 0.75);
    if (k % 7 === 0) ({ width, height } = BOX);
    if (k % 11 === 0) [width, height] = [height * 4, width / 4 + 11];
    const variant = k % 2 === 0 ? "python" : "cython";
    const state = initialState(disks, { seed: random.uint32(), variant, box: { width, height } });
    yield { name: `case ${k} of seed ${seed}: ${disks} disks, ${variant}`, state };
  }
}

/** Box with the given packing fraction, in the shape of the original one. */
export function boxOfPacking(disks: number, packing: number): { width: number; height: number } {
  const width = Math.sqrt(disks * Math.PI * RADIUS ** 2 / packing * 4 / 3);
  return { width, height: width * 0.75 };
}

/** What differs between two states, or undefined where every bit is the same. */
export function difference(actual: DiskState, expected: DiskState): string | undefined {
  if (actual.particleCollisions !== expected.particleCollisions) return "particle collisions";
  if (actual.wallCollisions !== expected.wallCollisions) return "wall collisions";
  const positions = differentAt(actual.positions, expected.positions);
  if (positions >= 0) return `position of disk ${positions >> 1}`;
  const velocities = differentAt(actual.velocities, expected.velocities);
  return velocities >= 0 ? `velocity of disk ${velocities >> 1}` : undefined;
}

function differentAt(actual: Float64Array, expected: Float64Array): number {
  return actual.findIndex((value, k) => !Object.is(value, expected[k]));
}
