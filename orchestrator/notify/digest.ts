/**
 * Gathers events until it is time to tell of them: each once, the first ones of a kind by name, the
 * rest as a number, so that a million failures are one short message.
 *
 * @module
 */
import { eventKey, type FarmEvent } from "./farm_event.ts";

/** Events of one kind that a message names. */
export const LISTED_MAX = 10;
/** Keys remembered to tell an event from its repetition; beyond, repetitions may be counted. */
const KEYS_MAX = 10_000;

type Kind = FarmEvent["kind"];

/** What a message tells. */
export interface DigestContent {
  /** In the order in which they happened. */
  readonly events: readonly FarmEvent[];
  /** How many more there were of a kind. */
  readonly more: ReadonlyMap<Kind, number>;
}

export class Digest {
  #listed = new Map<string, FarmEvent>();
  #counts = new Map<Kind, number>();
  #keys = new Set<string>();

  get isEmpty(): boolean {
    return this.#listed.size === 0;
  }

  add(event: FarmEvent): void {
    const key = eventKey(event);
    if (this.#listed.has(key)) {
      // The newer one says how it stands; it takes its place in time, too.
      this.#listed.delete(key);
      this.#listed.set(key, event);
      return;
    }
    if (this.#keys.has(key)) return;
    if (this.#keys.size < KEYS_MAX) this.#keys.add(key);
    const count = (this.#counts.get(event.kind) ?? 0) + 1;
    this.#counts.set(event.kind, count);
    if (count <= LISTED_MAX) this.#listed.set(key, event);
  }

  /** Everything gathered so far; the digest is empty afterwards. */
  take(): DigestContent {
    const more = new Map<Kind, number>();
    for (const [kind, count] of this.#counts) {
      if (count > LISTED_MAX) more.set(kind, count - LISTED_MAX);
    }
    const events = [...this.#listed.values()];
    this.#listed = new Map();
    this.#counts = new Map();
    this.#keys = new Set();
    return { events, more };
  }
}
