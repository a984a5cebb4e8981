/**
 * The pair sweep as it is defined: every pair, in order. Quadratic, and the truth against which the
 * fast sweeps are tested.
 *
 * @module
 */
import { collide, type DiskState, driftAndBounce } from "./disks.ts";

/** Visits all pairs (i, j), i < j, in order. */
export function sweepNaive(state: DiskState): void {
  const count = state.positions.length / 2;
  for (let i = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) collide(state, i, j);
  }
}

/** One whole step by the definition. */
export function stepNaive(state: DiskState): void {
  driftAndBounce(state);
  sweepNaive(state);
}
