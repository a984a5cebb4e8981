/**
 * Which ids of a large file may stand in it twice. A million ids take a hundred megabytes, one bit
 * for each takes none to speak of: whoever looks for duplicates need remember only these few.
 *
 * @module
 */

const BITS_MIN = 2 ** 10;
const BITS_MAX = 2 ** 27;

export class RepeatedIds {
  readonly #seen: Uint8Array;
  readonly #mask: number;
  readonly #repeated = new Set<number>();

  /** `fileBytes` is the size of the file: a task has many bytes, so most bits stay unused. */
  constructor(fileBytes: number) {
    let bits = BITS_MIN;
    while (bits < fileBytes && bits < BITS_MAX) bits *= 2;
    this.#seen = new Uint8Array(bits / 8);
    this.#mask = bits - 1;
  }

  /** To be told all the tasks of the file, as written. */
  note(tasks: readonly unknown[]): void {
    for (const task of tasks) {
      const id = (task as { task_id?: unknown } | null)?.task_id;
      if (typeof id !== "string") continue;
      const bit = this.#bitOf(id);
      const byte = this.#seen[bit >>> 3]!;
      const flag = 1 << (bit & 7);
      if ((byte & flag) !== 0) this.#repeated.add(bit);
      else this.#seen[bit >>> 3] = byte | flag;
    }
  }

  /** False for an id that stands in the file once. True for the others, and by chance for a few. */
  mayRepeat(id: string): boolean {
    return this.#repeated.has(this.#bitOf(id));
  }

  #bitOf(id: string): number {
    let hash = 0x811c9dc5;
    for (let at = 0; at < id.length; at++) {
      hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
    }
    // The upper bits have seen every character, the lower ones only their lower bits.
    return (hash ^ (hash >>> 15)) & this.#mask;
  }
}
