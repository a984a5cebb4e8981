/**
 * The trajectory of another task beside the one that is played: where its particles are at the same
 * step, and from which step on the two are no longer the same.
 *
 * @module
 */
import { frameOf, type Trajectory } from "../../../../contract/trajectory.ts";
import type { Between } from "./painter.ts";

/** A share of the box is rounded; more than this is another place. */
const ROUNDING = 1;

/** The last frame at or before a step, and how far it is on the way to the next one. */
export function placeOf(steps: Float64Array, step: number): { frame: number; share: number } {
  let low = 0, high = Math.max(0, steps.length - 1);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (steps[middle]! <= step) low = middle;
    else high = middle - 1;
  }
  const from = steps[low] ?? 0, to = steps[low + 1];
  const share = to === undefined ? 0 : (step - from) / (to - from);
  return { frame: low, share: Math.min(1, Math.max(0, share)) };
}

/** Where the particles are at a step; before its first frame and after its last they rest there. */
export function momentOf(trajectory: Trajectory, step: number): Between {
  const { frame, share } = placeOf(trajectory.columns.step, step);
  const last = frame + 1 >= trajectory.header.frames;
  return {
    from: frameOf(trajectory, frame),
    to: last ? null : frameOf(trajectory, frame + 1),
    share,
  };
}

/** How far two runs are the same, by the steps that both have recorded. */
export interface Parting {
  /** Steps that could be compared. */
  readonly compared: number;
  /** The last of them up to which all particles are in the same places; null: not even the first. */
  readonly sameUntil: number | null;
  /** The first at which one is elsewhere; null: there is none. */
  readonly partedAt: number | null;
}

/** Null where particles have no counterpart: the boxes or the numbers of particles differ. */
export function partingOf(one: Trajectory, other: Trajectory): Parting | null {
  const [a, b] = [one.header, other.header];
  const alike = a.particles === b.particles && a.stride === b.stride && a.width === b.width &&
    a.height === b.height;
  if (!alike) return null;
  let compared = 0;
  let sameUntil: number | null = null;
  for (let mine = 0, theirs = 0; mine < a.frames && theirs < b.frames;) {
    const step = one.columns.step[mine]!, otherStep = other.columns.step[theirs]!;
    if (step < otherStep) mine++;
    else if (step > otherStep) theirs++;
    else {
      compared++;
      const same = isSame(frameOf(one, mine++), frameOf(other, theirs++));
      if (!same) return { compared, sameUntil, partedAt: step };
      sameUntil = step;
    }
  }
  return { compared, sameUntil, partedAt: null };
}

function isSame(one: Uint16Array, other: Uint16Array): boolean {
  return one.every((value, at) => Math.abs(value - other[at]!) <= ROUNDING);
}
