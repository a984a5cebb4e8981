/**
 * The two algorithms of the original programs, `python` and `cython`: hard disks in a box of
 * 800 × 600, told apart by how they correct an overlap.
 *
 * @module
 */
import type { Algorithm, Metrics, Observation, Simulation, Snapshot, Watch } from "./algorithm.ts";
import { initialState, kineticEnergy, RADIUS, type Variant } from "./disks.ts";
import { createKernel, type Kernel } from "./kernel.ts";
import { type HardDiskParameters, hardDiskParameters } from "./parameters.ts";

/** The original program in plain Python: overlapping pairs are pulled together. */
export const PYTHON = {
  name: "python",
  aliases: ["benchmark.py"],
  description: "Hard disks in a box, exactly as the original Python program computes them",
  parameters: hardDiskParameters,
  example: { num_particles: 100, num_steps: 500, seed: 42 },
  work,
  create: (parameters: Record<string, unknown>): Simulation => create(parameters, "python"),
} as const satisfies Algorithm;

/** The original program in Cython: overlapping pairs are pushed apart. */
export const CYTHON = {
  name: "cython",
  aliases: ["benchmark_cython.py"],
  description: "Hard disks in a box, exactly as the original Cython program computes them",
  parameters: hardDiskParameters,
  example: { num_particles: 100, num_steps: 500, seed: 42 },
  work,
  create: (parameters: Record<string, unknown>): Simulation => create(parameters, "cython"),
} as const satisfies Algorithm;

function work(parameters: Record<string, unknown>): number {
  const { num_particles, num_steps } = parameters as HardDiskParameters;
  return num_particles * num_steps;
}

function create(parameters: Record<string, unknown>, variant: Variant): Simulation {
  const { num_particles, num_steps, seed } = parameters as HardDiskParameters;
  const kernel = createKernel(initialState(num_particles, { seed, variant }));
  return new HardDiskSimulation(kernel, num_steps);
}

/** A run of `stepsTotal` steps on a kernel. */
export class HardDiskSimulation implements Simulation {
  readonly stepsTotal: number;
  readonly #kernel: Kernel;
  #stepsCompleted = 0;
  #givenUp = false;

  constructor(kernel: Kernel, stepsTotal: number) {
    this.#kernel = kernel;
    this.stepsTotal = stepsTotal;
  }

  get stepsCompleted(): number {
    return this.#stepsCompleted;
  }

  get engine(): string {
    return this.#kernel.engine;
  }

  advance(steps: number, watch?: Watch): void {
    if (this.#givenUp) throw new TypeError("A run that was given up cannot go on");
    const before = this.#stepsCompleted;
    const allowed = Math.max(0, Math.min(steps, this.stepsTotal - before));
    const done = this.#kernel.step(allowed, watch && ((stepsDone) => watch(before + stepsDone)));
    this.#givenUp = !done;
    if (done) this.#stepsCompleted += allowed;
    if (!done || this.#stepsCompleted === this.stepsTotal) this.#kernel.rest();
  }

  snapshot(): Snapshot {
    const { positions, velocities } = this.#kernel.state();
    return {
      step: this.#stepsCompleted,
      positions: positions.slice(),
      velocities: velocities.slice(),
    };
  }

  observe(): Observation {
    const state = this.#kernel.state();
    return {
      box: state.box,
      radius: RADIUS,
      positions: state.positions,
      kineticEnergy: kineticEnergy(state),
      particleCollisions: state.particleCollisions,
      wallCollisions: state.wallCollisions,
    };
  }

  summary(): Promise<Metrics> {
    const state = this.#kernel.state();
    const metrics = {
      particles_processed: state.positions.length / 2,
      steps_completed: this.#stepsCompleted,
      particle_collisions: state.particleCollisions,
      wall_collisions: state.wallCollisions,
      kinetic_energy: kineticEnergy(state),
    };
    const state_sha256 = this.#kernel.sha256();
    const { engine, threads } = this.#kernel;
    const several = threads > 1 ? { threads } : {};
    return Promise.resolve({ ...metrics, state_sha256, engine, ...several });
  }
}
