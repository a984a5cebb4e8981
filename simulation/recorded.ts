/**
 * A simulation that is watched: it runs in the same steps as before and shows itself at the first
 * one, at every n-th, and at the last.
 *
 * @module
 */
import type { Metrics, Simulation, Snapshot, Watch } from "./algorithm.ts";

/** Wraps a simulation that has not begun. `onFrame` looks at it; what it throws ends the run. */
export class RecordedSimulation implements Simulation {
  readonly #inner: Simulation;
  readonly #every: number;
  readonly #onFrame: (step: number) => void;

  constructor(
    inner: Simulation,
    { every, onFrame }: { readonly every: number; readonly onFrame: (step: number) => void },
  ) {
    this.#inner = inner;
    this.#every = every;
    this.#onFrame = onFrame;
    onFrame(inner.stepsCompleted);
  }

  get stepsTotal(): number {
    return this.#inner.stepsTotal;
  }

  get stepsCompleted(): number {
    return this.#inner.stepsCompleted;
  }

  get engine(): string {
    return this.#inner.engine;
  }

  advance(steps: number, watch?: Watch): void {
    const end = Math.min(this.stepsTotal, this.stepsCompleted + steps);
    let goesOn = true;
    const onPart = watch && ((completed: number) => goesOn = watch(completed));
    while (this.stepsCompleted < end) {
      const next = this.stepsCompleted + this.#every - this.stepsCompleted % this.#every;
      this.#inner.advance(Math.min(next, end) - this.stepsCompleted, onPart);
      if (!goesOn) return;
      const at = this.stepsCompleted;
      if (at % this.#every === 0 || at === this.stepsTotal) this.#onFrame(at);
    }
  }

  snapshot(): Snapshot {
    return this.#inner.snapshot();
  }

  summary(): Promise<Metrics> {
    return this.#inner.summary();
  }
}
