/**
 * Memory that the worker process shares with one of its threads, so that progress and cancellation
 * need neither side's event loop: a simulation does not let its thread see messages.
 *
 * Each task of a chunk has a place whose state moves by compare-and-exchange only, so that exactly
 * one side wins when the thread starts a task at the moment the process takes it back.
 *
 * @module
 */

/** Most tasks that one call hands to a thread. */
export const CHUNK_MAX = 64;

/** States of one place. */
const WAITING = 0;
const RUNNING = 1;
const ENDED = 2;
const TAKEN_BACK = 3;
const TO_STOP = 4;

/** Indexes after the places; eight bytes each have the rest, so it starts at a multiple of 8. */
const RUNNING_PLACE = CHUNK_MAX;
const STEPS_TOTAL = CHUNK_MAX + 1;
const PREVIEW_WANTED = CHUNK_MAX + 2;
const STARTED_AT_OFFSET = (CHUNK_MAX + 4) * Int32Array.BYTES_PER_ELEMENT;
const STEPS_COMPLETED_OFFSET = STARTED_AT_OFFSET + Float64Array.BYTES_PER_ELEMENT;
const BYTES = STEPS_COMPLETED_OFFSET + BigInt64Array.BYTES_PER_ELEMENT;

/** The work in a step that takes minutes is shown in parts as small as this. */
const PARTS_PER_STEP = 1000;

/** The task that a thread runs at this moment. Steps fit 31 bits: a task has at most 10⁹. */
export interface RunningPlace {
  readonly place: number;
  /** Epoch ms. */
  readonly startedAt: number;
  /** With a fraction in the middle of a long step. */
  readonly stepsCompleted: number;
  readonly stepsTotal: number;
}

/** What became of a request to stop one place of the chunk. */
export type StopOutcome = "taken back" | "asked" | "ended";

/** One side's view of the shared memory. */
export class ControlBlock {
  readonly memory: SharedArrayBuffer;
  readonly #cells: Int32Array;
  readonly #startedAt: Float64Array;
  readonly #parts: BigInt64Array;

  /** Without `memory`: a new block, no place running. */
  constructor(memory = new SharedArrayBuffer(BYTES)) {
    this.memory = memory;
    this.#cells = new Int32Array(memory, 0, CHUNK_MAX + 4);
    this.#startedAt = new Float64Array(memory, STARTED_AT_OFFSET, 1);
    this.#parts = new BigInt64Array(memory, STEPS_COMPLETED_OFFSET, 1);
  }

  // --- the process -----------------------------------------------------------------------------

  /** Makes all places wait. Only while the thread has no chunk. */
  reset(): void {
    this.#cells.fill(WAITING);
    Atomics.store(this.#cells, RUNNING_PLACE, -1);
  }

  /** What runs now; undefined between two tasks and before the first. */
  running(): RunningPlace | undefined {
    const place = Atomics.load(this.#cells, RUNNING_PLACE);
    if (place < 0 || !this.isRunning(place)) return undefined;
    return {
      place,
      startedAt: this.#startedAt[0]!,
      stepsCompleted: Number(Atomics.load(this.#parts, 0)) / PARTS_PER_STEP,
      stepsTotal: Atomics.load(this.#cells, STEPS_TOTAL),
    };
  }

  /** True from the start of the task at `place` to its end, asked to stop or not. */
  isRunning(place: number): boolean {
    const state = Atomics.load(this.#cells, place);
    return state === RUNNING || state === TO_STOP;
  }

  /** Takes the task at `place` back if the thread has not begun it. */
  takeBack(place: number): boolean {
    return Atomics.compareExchange(this.#cells, place, WAITING, TAKEN_BACK) === WAITING;
  }

  /** Takes the task at `place` back, or asks the thread to stop it after its present slice. */
  stop(place: number): StopOutcome {
    if (this.takeBack(place)) return "taken back";
    const before = Atomics.compareExchange(this.#cells, place, RUNNING, TO_STOP);
    return before === RUNNING || before === TO_STOP ? "asked" : "ended";
  }

  /** Asks the thread for one frame of what it runs. */
  askPreview(): void {
    Atomics.store(this.#cells, PREVIEW_WANTED, 1);
  }

  // --- the thread ------------------------------------------------------------------------------

  /** Begins the task at `place`, unless the process has taken it back. */
  begin(place: number, startedAt: number): boolean {
    this.#startedAt[0] = startedAt;
    this.steps(0, 0);
    if (Atomics.compareExchange(this.#cells, place, WAITING, RUNNING) !== WAITING) return false;
    Atomics.store(this.#cells, RUNNING_PLACE, place);
    return true;
  }

  /** Says how far the present task is. */
  steps(completed: number, total: number): void {
    Atomics.store(this.#parts, 0, BigInt(Math.floor(completed * PARTS_PER_STEP)));
    Atomics.store(this.#cells, STEPS_TOTAL, total);
  }

  /** True once the process has asked to stop the task at `place`. */
  isToStop(place: number): boolean {
    return Atomics.load(this.#cells, place) === TO_STOP;
  }

  /** True once for each time the process has asked for a frame. */
  takePreviewRequest(): boolean {
    return Atomics.exchange(this.#cells, PREVIEW_WANTED, 0) === 1;
  }

  /** Ends the task at `place`. */
  end(place: number): void {
    Atomics.store(this.#cells, RUNNING_PLACE, -1);
    Atomics.store(this.#cells, place, ENDED);
  }
}
