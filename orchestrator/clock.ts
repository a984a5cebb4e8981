/**
 * Time for the scheduler's loop: what moment it is, and how to wait.
 *
 * @module
 */
import { setImmediate } from "node:timers/promises";
import type { Instant } from "./core/messages.ts";

export interface Clock {
  now(): Instant;
}
export const SYSTEM_CLOCK: Clock = {
  now: () => ({ wall: Date.now(), mono: performance.now() }),
};

/** How the loop waits: a simulated world lets time pass in its own way. */
export interface Timers {
  /** Lets everything that has arrived be queued. */
  breathe(): Promise<void>;
  pause(ms: number): Promise<void>;
  /** Calls `act` again and again; returns what ends it. */
  every(ms: number, act: () => void): () => void;
}
export const SYSTEM_TIMERS: Timers = {
  breathe: () => setImmediate(),
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  every(ms, act) {
    const timer = setInterval(act, ms);
    return () => clearInterval(timer);
  },
};
