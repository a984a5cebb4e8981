/**
 * A crowd swept by a crew that stands on one thread: who does what next is drawn by lot, so that
 * everything that threads can do to each other happens, late helpers included, and happens again
 * for the same seed.
 *
 * @module
 */
import type { DiskState } from "../disks.ts";
import { instantiateKernel, type KernelInstance } from "../kernel_instance.ts";
import { MersenneTwister } from "../mt19937.ts";

interface Helper {
  readonly kernel: KernelInstance;
  /** Claimed and not yet worked out. */
  ticket: number | undefined;
}

export class StagedCrew {
  readonly #state: DiskState;
  readonly #owner: KernelInstance;
  readonly #helpers: Helper[] = [];
  readonly #random: MersenneTwister;
  readonly #disks: number;
  #enlisted = false;

  constructor(state: DiskState, options: { readonly helpers: number; readonly seed: number }) {
    this.#state = state;
    this.#random = new MersenneTwister(options.seed);
    this.#owner = instantiateKernel();
    this.#disks = state.positions.length / 2;
    const { exports } = this.#owner, { width, height } = state.box;
    exports.create(this.#disks);
    const [positions, velocities] = this.#views();
    positions.set(state.positions);
    velocities.set(state.velocities);
    exports.begin(width, height, state.variant === "python", 0, 1);
    for (let index = 1; index <= options.helpers; index++) {
      const kernel = instantiateKernel(this.#owner.memory);
      this.#helpers.push({ kernel, ticket: undefined });
    }
  }

  /** Rows that were carried out as a helper had worked them out, and those that it did in vain. */
  get rows(): { taken: number; wasted: number } {
    const { takenRows, wastedRows } = this.#owner.exports;
    return { taken: takenRows.value, wasted: wastedRows.value };
  }

  step(): DiskState {
    const { exports } = this.#owner;
    exports.beginStep();
    let done = this.#enlisted ? 0 : exports.sweepRows(1);
    if (!this.#enlisted) this.#enlist();
    while (done < this.#disks) {
      const who = this.#draw(this.#helpers.length + 1);
      if (who === this.#helpers.length) done = exports.sweepRows(1 + this.#draw(3));
      else this.#help(this.#helpers[who]!);
    }
    return this.#readBack();
  }

  /** A helper claims a row, or works out what it claimed, maybe in an earlier step. */
  #help(helper: Helper): void {
    const { exports } = helper.kernel;
    if (helper.ticket === undefined) {
      if (exports.claim() !== 0) helper.ticket = exports.claimed.value;
    } else if (this.#draw(4) > 0) {
      exports.foresee(helper.ticket);
      helper.ticket = undefined;
    }
  }

  #enlist(): void {
    this.#enlisted = true;
    const { width, height } = this.#state.box;
    const threads = this.#helpers.length + 1;
    this.#owner.exports.enlist(threads);
    this.#helpers.forEach(({ kernel }, k) => {
      const pulls = this.#state.variant === "python";
      kernel.exports.join(this.#disks, width, height, pulls, threads, k + 1);
    });
  }

  #readBack(): DiskState {
    const [positions, velocities] = this.#views(), { exports } = this.#owner;
    this.#state.positions.set(positions);
    this.#state.velocities.set(velocities);
    this.#state.particleCollisions = exports.pairHits.value;
    this.#state.wallCollisions = exports.wallHits.value;
    return this.#state;
  }

  #views(): [positions: Float64Array, velocities: Float64Array] {
    const { exports, memory: { buffer } } = this.#owner, length = 2 * this.#disks;
    return [
      new Float64Array(buffer, exports.positionsAt(), length),
      new Float64Array(buffer, exports.velocitiesAt(), length),
    ];
  }

  #draw(below: number): number {
    return this.#random.uint32() % below;
  }
}
