/**
 * Makes a thread fast before its first task: the engine replaces slow code by fast code only after
 * it has run for a while.
 *
 * @module
 */
import { type Box, initialState } from "./disks.ts";
import { CYTHON, PYTHON } from "./hard_disks.ts";
import { createKernel } from "./kernel.ts";

const SPARSE = { num_particles: 100, num_steps: 200, seed: 1 };
/** Beside the sparse runs, a dense and a crowded one: together they go through all of the kernel. */
const CLOSE: readonly { disks: number; steps: number; box: Box }[] = [
  { disks: 200, steps: 40, box: { width: 200, height: 150 } },
  { disks: 200, steps: 2, box: { width: 60, height: 45 } },
];

/** Runs small simulations for about `milliseconds`, at least one of each kind. */
export function warmUp(milliseconds = 50): void {
  const end = performance.now() + milliseconds;
  do {
    for (const algorithm of [PYTHON, CYTHON]) {
      const simulation = algorithm.create(SPARSE);
      simulation.advance(SPARSE.num_steps);
      void simulation.summary();
    }
    for (const { disks, steps, box } of CLOSE) {
      createKernel(initialState(disks, { seed: 1, variant: "python", box })).step(steps);
    }
  } while (performance.now() < end);
}
