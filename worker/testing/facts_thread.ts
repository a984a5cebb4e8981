/**
 * A bare thread that does to its process what a simulation might do.
 *
 * @module
 */
import * as Comlink from "comlink";

const api = {
  echo: (value: number): number => value,
  fail: (): void => {
    throw new RangeError("too large");
  },
  throwLater: (): Promise<never> => {
    setTimeout(() => {
      throw new Error("thrown by a timer");
    });
    return new Promise(() => {});
  },
  close: (): Promise<never> => {
    globalThis.close();
    return new Promise(() => {});
  },
  /** Stays away from its event loop for `ms`, then counts up in shared memory. */
  beBusy: (ms: number, memory: SharedArrayBuffer): void => {
    const cells = new Int32Array(memory);
    Atomics.wait(cells, 1, 0, ms);
    Atomics.add(cells, 0, 1);
    Atomics.notify(cells, 0);
  },
};
export type FactsApi = typeof api;

Comlink.expose(api);
