/**
 * Crowds in the original box on one thread and on all: both run the same starts in turns, and must
 * end in the same bits.
 *
 * @module
 */
import { initialState } from "../../simulation/disks.ts";
import { createKernel } from "../../simulation/kernel.ts";

/** One size, measured by the wall clock. */
export interface CrowdRow {
  readonly bench: "crowds";
  readonly num_particles: number;
  readonly threads: number;
  readonly ms_per_step: number;
  readonly ms_per_step_alone: number;
  /** Time alone divided by time together: larger is better. */
  readonly speed_up: number;
}

const SEED = 1;
const SIZES = [
  { disks: 20_000, steps: 40 },
  { disks: 50_000, steps: 12 },
  { disks: 100_000, steps: 4 },
  { disks: 300_000, steps: 1 },
] as const;
const QUICK_DISKS_MAX = 50_000;
const ROUNDS = 3;

/** Measures all sizes, on one thread and on those of the machine. */
export function benchCrowds({ quick }: { readonly quick: boolean }): Promise<CrowdRow[]> {
  const sizes = SIZES.filter(({ disks }) => !quick || disks <= QUICK_DISKS_MAX);
  return Promise.resolve(sizes.map((size) => measure(size, navigator.hardwareConcurrency)));
}

function measure(size: { disks: number; steps: number }, threads: number): CrowdRow {
  const alone: number[] = [], together: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const one = run(size, 1), all = run(size, threads);
    if (one.digest !== all.digest) throw new Error(`Threads change the bits at ${size.disks}`);
    alone.push(one.ms);
    together.push(all.ms);
  }
  const ms_per_step = median(together) / size.steps;
  const ms_per_step_alone = median(alone) / size.steps;
  return {
    bench: "crowds",
    num_particles: size.disks,
    threads,
    ms_per_step: rounded(ms_per_step, 1),
    ms_per_step_alone: rounded(ms_per_step_alone, 1),
    speed_up: rounded(ms_per_step_alone / ms_per_step, 2),
  };
}

/** Helpers are called at once, and measured from the second step on. */
function run({ disks, steps }: { disks: number; steps: number }, threads: number) {
  const crew = { threads: () => threads, disksMin: 0, aloneMs: 0 };
  const kernel = createKernel(initialState(disks, { seed: SEED, variant: "cython" }), { crew });
  kernel.step(1);
  const start = performance.now();
  kernel.step(steps);
  const ms = performance.now() - start;
  kernel.rest();
  return { ms, digest: kernel.sha256() };
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
