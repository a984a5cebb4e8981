/**
 * Frames of running attempts for those who look at them: one question to the thread at a time,
 * however many look, and none while nobody does.
 *
 * @module
 */
import type { Preview } from "../contract/preview.ts";
import type { Attempt } from "./attempts.ts";
import type { PreviewFrame } from "./thread_api.ts";

/** A thread looks at requests between two slices; with very many particles a step takes longer. */
const ANSWER_MS = 2000;

/** Asks for a frame; `onFrame` is called when there is one, perhaps never. */
export type AskThread = (attempt: Attempt, onFrame: (frame: PreviewFrame) => void) => void;

export class Previews {
  readonly #ask: AskThread;
  readonly #asked = new WeakMap<Attempt, Promise<Preview | null>>();

  constructor(ask: AskThread) {
    this.#ask = ask;
  }

  /** One frame; null when the thread did not show one in time. */
  of(attempt: Attempt): Promise<Preview | null> {
    const asked = this.#asked.get(attempt);
    if (asked !== undefined) return asked;
    const frame = new Promise<Preview | null>((resolve) => {
      const timer = setTimeout(() => resolve(null), ANSWER_MS);
      this.#ask(attempt, (frame) => {
        clearTimeout(timer);
        resolve(written(frame));
      });
    }).finally(() => this.#asked.delete(attempt));
    this.#asked.set(attempt, frame);
    return frame;
  }
}

function written({ coordinates, ...frame }: PreviewFrame): Preview {
  const bytes = new Uint8Array(2 * coordinates.length);
  const view = new DataView(bytes.buffer);
  coordinates.forEach((value, at) => view.setUint16(2 * at, value, true));
  return { ...frame, coordinates: bytes.toBase64() };
}
