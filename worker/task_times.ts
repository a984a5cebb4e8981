/**
 * How long tasks take here, learned from those that ran: by algorithm and by size in powers of two,
 * because cost grows with size in no simple way.
 *
 * @module
 */

/** Weight of the newest measurement. */
const WEIGHT = 0.25;

/** Measured times of completed tasks. */
export class TaskTimes {
  readonly #meanMs = new Map<string, number>();

  /** Expected time in ms; undefined while no task of about this size has run. */
  estimate(algorithm: string, work: number): number | undefined {
    return this.#meanMs.get(sizeClass(algorithm, work));
  }

  /** Takes a measured time into account. */
  learn(algorithm: string, measured: { readonly work: number; readonly ms: number }): void {
    const key = sizeClass(algorithm, measured.work);
    const before = this.#meanMs.get(key);
    const { ms } = measured;
    this.#meanMs.set(key, before === undefined ? ms : before + WEIGHT * (ms - before));
  }
}

/** At most some sixty classes an algorithm: work is a finite number. */
function sizeClass(algorithm: string, work: number): string {
  return `${Math.ceil(Math.log2(1 + Math.max(0, work)))} ${algorithm}`;
}
