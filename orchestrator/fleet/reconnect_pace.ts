/**
 * How long to wait before a worker's stream is opened again: not at all after one that lasted, ever
 * longer after ones that did not, and long after a worker that breaks the contract.
 *
 * @module
 */

/** Pauses after streams that failed, in a row, ms; the last one repeats. */
const RECONNECT_MS = [0, 100, 250, 500, 1000];
/** Pauses after streams that broke the contract: what is wrong there does not pass by itself. */
const MISSPOKEN_MS = [1000, 5000, 30_000];
/** A stream that lasted this long was a good one, ms. A shorter one proves nothing: a worker that
 * only ever says hello would be called without end. */
const LASTED_MS = 1000;

/** How a stream ended: without a hello, after one, or with something the contract does not know. */
export type StreamEnd = "unsaid" | "said" | "misspoken";

export class ReconnectPace {
  #failures = 0;
  /** Streams in a row that said hello and did not last. */
  #hasty = 0;
  #misspoken = 0;

  /** The pause after a stream that ended like this, ms. */
  after(end: StreamEnd, lastedMs: number): number {
    if (end === "misspoken") return at(MISSPOKEN_MS, this.#misspoken++);
    if (end === "unsaid") return at(RECONNECT_MS, ++this.#failures);
    // It answers: when it is gone now, that is to be known at once.
    this.#failures = 0;
    if (lastedMs < LASTED_MS) return at(RECONNECT_MS, this.#hasty++);
    this.#hasty = 0;
    this.#misspoken = 0;
    return 0;
  }
}

function at(pauses: readonly number[], index: number): number {
  return pauses[Math.min(index, pauses.length - 1)]!;
}
