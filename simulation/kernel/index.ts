/**
 * The hard-disk kernel, compiled to WebAssembly: what the host calls. Its TypeScript twin,
 * `list_sweep.ts`, explains the method; this one ends in the same bits.
 *
 * @module
 */
import { driftAndBounce, setUp } from "./disks";
import { allocate, POSITIONS, velocities } from "./memory";
import { isCrowd, startCrowd, sweepCrowd } from "./crowd";
import { openSweep } from "./foresight";
import { prepareLists, sweepLists } from "./sweep";

export { pairHits, setCounters, wallHits } from "./disks";
export { sweepRow } from "./crowd";
export {
  allowHelpers,
  claim,
  claimed,
  enlist,
  foresee,
  help,
  join,
  sweepRows,
  takenRows,
  wastedRows,
} from "./foresight";
export { digestState } from "./sha256";
export { repairs } from "./sweep";

let crowded: bool = false;

/** Makes room for a run. The host then writes positions and velocities and calls `begin`. */
export function create(n: u32): void {
  allocate(n);
}

export function positionsAt(): u32 {
  return POSITIONS;
}

export function velocitiesAt(): u32 {
  return velocities;
}

/** Starts a run. A skin of 0 lets the kernel choose; `crowd` (0, 1, or 2 to choose) keeps no lists. */
export function begin(width: f64, height: f64, pulls: bool, skin: f64, crowd: u32): void {
  setUp(width, height, pulls);
  prepareLists(skin);
  crowded = crowd === 2 ? isCrowd() : crowd === 1;
}

/**
 * One step. Exported so that it stays a function of its own: the engine replaces slow code by fast
 * code when a function is entered, never within a loop that runs.
 */
export function step(): void {
  const largest = driftAndBounce();
  if (crowded) sweepCrowd();
  else sweepLists(largest);
}

/** Whether this run keeps no lists; such a step can be run in parts. */
export function isCrowded(): bool {
  return crowded;
}

/** Begins a step of a crowd, whose rows are then swept by `sweepRows`. */
export function beginStep(): void {
  driftAndBounce();
  startCrowd();
  openSweep();
}

/** Runs `steps` steps. */
export function run(steps: u32): void {
  for (let n: u32 = 0; n < steps; n++) step();
}
