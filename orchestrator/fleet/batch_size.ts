/**
 * How much goes into one post to a worker: everything on a good line, ever less on one that breaks
 * or is too slow, until it comes through.
 *
 * @module
 */
import { BATCH_MAX } from "../../contract/wire.ts";

export class BatchSize {
  #size = BATCH_MAX;

  get size(): number {
    return this.#size;
  }

  passed(): void {
    this.#size = Math.min(BATCH_MAX, this.#size * 2);
  }

  failed(): void {
    this.#size = Math.max(1, Math.floor(this.#size / 2));
  }
}
