/**
 * Runs a simulation in slices of time, so that whoever runs it can report progress and stop it.
 *
 * @module
 */
import type { Simulation } from "./algorithm.ts";

/** Whether to go on after a slice. */
export type SliceVerdict = "continue" | "stop";

/** Options for {@linkcode runSlices}. */
export interface RunOptions {
  /**
   * About how long a slice lasts, in milliseconds. A step is cut only where it takes longer.
   *
   * @default {50}
   */
  readonly sliceMs?: number;
  /** Called after each slice but the last; awaited, so it may let other events in. */
  readonly onSlice: (stepsCompleted: number) => SliceVerdict | Promise<SliceVerdict>;
  /**
   * The same in the middle of a step that takes longer than a slice; the fraction counts the work
   * in it. By default such a step is not cut.
   */
  readonly onPart?: (stepsCompleted: number) => SliceVerdict;
  /**
   * The clock, in milliseconds.
   *
   * @default {performance.now}
   */
  readonly now?: () => number;
}

/** The clock is read about this often in a slice. */
const LOOKS_PER_SLICE = 8;

/**
 * Advances `simulation` to its end, or until `onSlice` says stop. The number of steps between two
 * looks at the clock follows the measured speed.
 */
export async function runSlices(
  simulation: Simulation,
  options: RunOptions,
): Promise<"completed" | "stopped"> {
  const { sliceMs = 50, onSlice, onPart, now = () => performance.now() } = options;
  let steps = 1;
  let sliceStart = now();
  let lookedAt = sliceStart;
  let goesOn = true;
  const watch = onPart && ((stepsCompleted: number) => {
    if (now() - sliceStart < sliceMs) return true;
    goesOn = onPart(stepsCompleted) === "continue";
    sliceStart = now();
    return goesOn;
  });
  while (simulation.stepsCompleted < simulation.stepsTotal) {
    simulation.advance(steps, watch);
    if (!goesOn) return "stopped";
    const time = now();
    steps = stepsUntilNextLook(steps, { tookMs: time - lookedAt, sliceMs });
    lookedAt = time;
    if (time - sliceStart < sliceMs) continue;
    if (simulation.stepsCompleted >= simulation.stepsTotal) break;
    if (await onSlice(simulation.stepsCompleted) === "stop") return "stopped";
    sliceStart = lookedAt = now();
  }
  return "completed";
}

/** At most doubles, because the first steps of a run may be much faster than later ones. */
function stepsUntilNextLook(
  steps: number,
  measured: { tookMs: number; sliceMs: number },
): number {
  const lookMs = measured.sliceMs / LOOKS_PER_SLICE;
  const factor = Math.min(2, lookMs / Math.max(measured.tookMs, 1e-3));
  return Math.max(1, Math.floor(steps * factor));
}
