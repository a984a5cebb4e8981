/**
 * The latest events, kept so that a reader who was away for a moment misses none. Bounded in number
 * and in bytes; what falls out is known by its id, so that nobody is told a story with a hole.
 *
 * @module
 */

/** One event as it goes over the wire. */
export interface SentEvent {
  readonly id: number;
  readonly topic: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export class EventReplay {
  readonly #eventsMax: number;
  readonly #bytesMax: number;
  #events: SentEvent[] = [];
  #bytes = 0;
  /** Everything after this id is here. */
  #completeAfter: number;

  constructor(startId: number, options: { eventsMax: number; bytesMax: number }) {
    this.#completeAfter = startId;
    this.#eventsMax = options.eventsMax;
    this.#bytesMax = options.bytesMax;
  }

  add(event: SentEvent): void {
    this.#events.push(event);
    this.#bytes += event.bytes.length;
    while (this.#events.length > this.#eventsMax || this.#bytes > this.#bytesMax) {
      const gone = this.#events.shift()!;
      this.#bytes -= gone.bytes.length;
      this.#completeAfter = gone.id;
    }
  }

  /** Forgets everything; events up to `lastId` were not all recorded. */
  clear(lastId: number): void {
    this.#events = [];
    this.#bytes = 0;
    this.#completeAfter = lastId;
  }

  /** The events after an id, or null when some of them are not here any more. */
  after(id: number): readonly SentEvent[] | null {
    if (id < this.#completeAfter) return null;
    return this.#events.filter((event) => event.id > id);
  }
}
