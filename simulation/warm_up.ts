/**
 * Makes a thread fast before its first task: the engine replaces slow code by fast code only after
 * it has run for a while.
 *
 * @module
 */
import { BOX, type Box, initialState, type Variant } from "./disks.ts";
import { createKernel } from "./kernel.ts";

const VARIANTS = ["python", "cython"] as const satisfies Variant[];
/** Sparse, dense and crowded: together they run through all of the kernel. */
const STARTS: readonly { disks: number; steps: number; box: Box }[] = [
  { disks: 100, steps: 200, box: BOX },
  { disks: 200, steps: 40, box: { width: 200, height: 150 } },
  { disks: 200, steps: 2, box: { width: 60, height: 45 } },
];

/** Runs small simulations for about `milliseconds`, at least one of each kind. */
export function warmUp(milliseconds = 50): void {
  const end = performance.now() + milliseconds;
  do {
    for (const { disks, steps, box } of STARTS) {
      for (const variant of VARIANTS) {
        createKernel(initialState(disks, { seed: 1, variant, box })).step(steps);
      }
    }
  } while (performance.now() < end);
}
