/**
 * How fast the simulation kernels are, beside a C program on the same thread: all contenders run the
 * same starts in turns, and must end with the same collisions.
 *
 * @module
 */
import { BOX, type Box, initialState, type Variant } from "../../simulation/disks.ts";
import { createKernel, type Engine } from "../../simulation/kernel.ts";
import { boxOfPacking } from "../../simulation/testing/states.ts";
import { err, out } from "../../platform/terminal.ts";
import { type CLibrary, loadC, OWN_C_PROGRAM } from "./c_library.ts";

/** One measured contender. */
export interface KernelRow {
  readonly bench: "kernels";
  readonly num_particles: number;
  /** Disks a unit of area as 100 in the original box, or half of the area covered. */
  readonly density: "original" | "0.5";
  readonly variant: Variant;
  readonly engine: Engine | "c";
  /** Whether this engine is the one that runs by default. */
  readonly chosen: boolean;
  readonly ns_per_particle_step: number;
  /** Time of the C program divided by this one's: larger is better. */
  readonly ratio_to_c: number | null;
}

/** Options for {@linkcode benchKernels}. */
export interface KernelBenchOptions {
  /** Fewer rounds and sizes, for a first look. */
  readonly quick: boolean;
  /** A C file to compare with, or true for our own. */
  readonly compare?: string | true;
}

const SEED = 1;
const SIZES = [
  { disks: 10, steps: 5000 },
  { disks: 100, steps: 1000 },
  { disks: 1000, steps: 200 },
  { disks: 10_000, steps: 50 },
  { disks: 100_000, steps: 20 },
] as const;
const QUICK_DISKS_MAX = 10_000;
/** Every size is measured for about this many particle-steps, in at least as many rounds. */
const PARTICLE_STEPS = 6_000_000;
const ROUNDS_MIN = 5;
const QUICK_SHARE = 0.2;

interface Case {
  readonly disks: number;
  readonly steps: number;
  readonly density: KernelRow["density"];
  readonly variant: Variant;
  readonly box: Box;
}

/** Measures all kernels at all sizes and prints the table. */
export async function benchKernels(options: KernelBenchOptions): Promise<KernelRow[]> {
  const { quick, compare } = options;
  const file = compare === true ? OWN_C_PROGRAM : compare;
  const c = file === undefined ? undefined : await loadC(file);
  if (file !== undefined && c === undefined) err("No gcc here: the ratios to C are left out");
  out("Kernels: ns per particle and step, processor time, median; (C ÷ ours), larger is better");
  const rows: KernelRow[] = [];
  for (const one of cases(quick)) {
    const measured = measure(one, { c, quick });
    rows.push(...measured);
    out(line(one, measured));
  }
  return rows;
}

function* cases(quick: boolean): Generator<Case> {
  for (const variant of ["cython", "python"] as const) {
    for (const density of ["original", "0.5"] as const) {
      for (const { disks, steps } of SIZES) {
        if (quick && (disks > QUICK_DISKS_MAX || variant === "python")) continue;
        const box = density === "0.5" ? boxOfPacking(disks, 0.5) : roomFor(disks);
        yield { disks, steps, density, variant, box };
      }
    }
  }
}

/** The original box, scaled to the density that 100 disks have in it. */
function roomFor(disks: number): Box {
  const scale = Math.sqrt(disks / 100);
  return { width: BOX.width * scale, height: BOX.height * scale };
}

function measure(one: Case, options: { c: CLibrary | undefined; quick: boolean }): KernelRow[] {
  const { c, quick } = options;
  const contenders: Record<string, () => Run> = {
    ...(c === undefined ? {} : { c: () => c.run({ ...one, seed: SEED }) }),
    wasm: () => runOurs(one, { engine: "wasm", c }),
    typescript: () => runOurs(one, { engine: "typescript", c }),
  };
  const share = quick ? QUICK_SHARE : 1;
  const rounds = Math.max(ROUNDS_MIN, Math.ceil(share * PARTICLE_STEPS / one.disks / one.steps));
  const seconds = new Map<string, number[]>();
  for (let round = 0; round <= rounds; round++) {
    const seen = new Set<string>();
    for (const [name, run] of Object.entries(contenders)) {
      const { seconds: took, collisions } = run();
      seen.add(String(collisions));
      // The first round warms everything up.
      if (round > 0) seconds.set(name, [...seconds.get(name) ?? [], took]);
    }
    if (seen.size > 1) throw new Error(`Kernels disagree at ${one.disks} particles: ${[...seen]}`);
  }
  return [...seconds].map(([name, times]) => row(one, { name, times, c: seconds.get("c") }));
}

interface Run {
  readonly seconds: number;
  readonly collisions: [pairs: number, walls: number];
}

function runOurs(one: Case, options: { engine: Engine; c: CLibrary | undefined }): Run {
  const { disks, steps, variant, box } = one;
  const now = options.c === undefined
    ? () => performance.now() / 1000
    : () => options.c!.cpuSeconds();
  const { engine } = options;
  const kernel = createKernel(initialState(disks, { seed: SEED, variant, box }), { engine });
  const start = now();
  kernel.step(steps);
  const seconds = now() - start;
  const { particleCollisions, wallCollisions } = kernel.state();
  return { seconds, collisions: [particleCollisions, wallCollisions] };
}

function row(
  one: Case,
  measured: { name: string; times: number[]; c: number[] | undefined },
): KernelRow {
  const { disks, steps, density, variant } = one;
  const { name, times, c } = measured;
  return {
    bench: "kernels",
    num_particles: disks,
    density,
    variant,
    engine: name as KernelRow["engine"],
    chosen: name === "wasm",
    ns_per_particle_step: median(times) * 1e9 / disks / steps,
    ratio_to_c: c === undefined ? null : median(c) / median(times),
  };
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

function line(one: Case, rows: KernelRow[]): string {
  const cells = rows.map(({ engine, ns_per_particle_step, ratio_to_c }) => {
    const ratio = ratio_to_c === null || engine === "c" ? "" : ` (${ratio_to_c.toFixed(2)})`;
    return `${engine} ${ns_per_particle_step.toFixed(1)}${ratio}`.padEnd(24);
  });
  const { variant, density, disks } = one;
  return `${variant.padEnd(7)} ${density.padEnd(9)} ${String(disks).padStart(7)}   ${
    cells.join("")
  }`.trimEnd();
}
