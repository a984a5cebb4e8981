/**
 * What a benchmark has started and must not leave behind: stopped in the opposite order of its
 * start, at the end, on an error and on Ctrl-C alike.
 *
 * @module
 */

/** Something that runs, and how to stop it. A second `stop` does no harm. */
export interface Started<T> {
  readonly it: T;
  stop(): Promise<void>;
}

export class Running {
  readonly #stops = new Set<() => Promise<void>>();
  #ending: Promise<void> | null = null;

  /** Nothing is started any more. */
  get ending(): boolean {
    return this.#ending !== null;
  }

  /**
   * Starts something. What is stopped while it starts is stopped as soon as it has started.
   *
   * @throws {Error} After `stopAll`.
   */
  async start<T>(start: () => Promise<T>, stop: (it: T) => Promise<void>): Promise<Started<T>> {
    if (this.ending) throw new Error("The benchmark is ending");
    const starting = start();
    let stopped: Promise<void> | null = null;
    const stopOnce = () =>
      stopped ??= starting.then(stop, () => {}).finally(() => this.#stops.delete(stopOnce));
    this.#stops.add(stopOnce);
    try {
      return { it: await starting, stop: stopOnce };
    } catch (error) {
      this.#stops.delete(stopOnce);
      throw error;
    }
  }

  /** Stops all that runs, the youngest first. Errors of one do not keep the others running. */
  stopAll(): Promise<void> {
    return this.#ending ??= (async () => {
      const errors: unknown[] = [];
      for (const stop of [...this.#stops].reverse()) {
        await stop().catch((error) => errors.push(error));
      }
      if (errors.length > 0) throw new AggregateError(errors, "Not everything could be stopped");
    })();
  }
}
