/**
 * Where a replay stands, without a clock and without a screen.
 *
 * @module
 */

/** Time for a whole trajectory at speed 1, seconds, where its frames allow it. */
const RUN_SECONDS = 12;
const FRAMES_A_SECOND_MIN = 8;
const FRAMES_A_SECOND_MAX = 60;

export class Player {
  readonly frames: number;
  speed = 1;
  #position = 0;
  #playing = false;

  constructor(frames: number) {
    this.frames = frames;
  }

  /** The frame, with how far it is on the way to the next one. */
  get position(): number {
    return this.#position;
  }

  get playing(): boolean {
    return this.#playing;
  }

  get last(): number {
    return Math.max(0, this.frames - 1);
  }

  /** Frames a second at speed 1. */
  get pace(): number {
    const wanted = this.frames / RUN_SECONDS;
    return Math.min(FRAMES_A_SECOND_MAX, Math.max(FRAMES_A_SECOND_MIN, wanted));
  }

  /** At its end it begins anew. */
  toggle(): void {
    this.#playing = !this.#playing && this.frames > 1;
    if (this.#playing && this.#position >= this.last) this.#position = 0;
  }

  pause(): void {
    this.#playing = false;
  }

  seek(position: number): void {
    this.#position = Math.min(this.last, Math.max(0, position));
  }

  /** Lets time pass; stops at the end. */
  pass(ms: number): void {
    if (!this.#playing) return;
    this.seek(this.#position + ms / 1000 * this.pace * this.speed);
    if (this.#position >= this.last) this.#playing = false;
  }
}
