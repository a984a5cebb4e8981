/**
 * Files that do not parse yet: which ones, how they looked, and since when they look like that.
 *
 * @module
 */
import { isSame, type Look } from "./large_file.ts";

export class Settling {
  readonly #files = new Map<string, { look: Look; sinceMono: number }>();
  readonly #settleMs: number;

  /** `settleMs`: how long a file must look the same before it is believed to be as it is. */
  constructor(settleMs: number) {
    this.#settleMs = settleMs;
  }

  get size(): number {
    return this.#files.size;
  }

  /** How long this file has looked like this already, ms; null when it is news. */
  #sameForMs(name: string, look: Look): number | null {
    const known = this.#files.get(name);
    return known !== undefined && isSame(known.look, look)
      ? performance.now() - known.sinceMono
      : null;
  }

  /** Nothing happened to it, and its time is not up: it need not be read again. */
  isWaiting(name: string, look: Look): boolean {
    const ms = this.#sameForMs(name, look);
    return ms !== null && ms < this.#settleMs;
  }

  isDue(name: string, look: Look): boolean {
    const ms = this.#sameForMs(name, look);
    return ms !== null && ms >= this.#settleMs;
  }

  /** It does not parse. */
  note(name: string, look: Look): void {
    if (this.#sameForMs(name, look) === null) {
      this.#files.set(name, { look, sinceMono: performance.now() });
    }
  }

  forget(name: string): void {
    this.#files.delete(name);
  }

  names(): Iterable<string> {
    return this.#files.keys();
  }

  /** Time until the next of them is due, ms; infinite when there is none. */
  nextMs(): number {
    const now = performance.now();
    let ms = Infinity;
    for (const { sinceMono } of this.#files.values()) {
      ms = Math.min(ms, sinceMono + this.#settleMs - now);
    }
    return ms;
  }
}
