/**
 * What the scheduler's loop is connected to: what feeds it, what acts for it, what is told.
 *
 * @module
 */
import type { AttemptRef, Outcome } from "../contract/wire.ts";
import type { Effect, Event, Notice } from "./core/messages.ts";
import type { Change } from "./store/store.ts";

/** An event before the loop stamps it with the time. */
export type Untimed<E> = E extends Event ? Omit<E, "at"> : never;
export type NewEvent = Untimed<Event>;

/** What acts on workers. Nothing here may throw; answers return as events. */
export interface Hands {
  dispatch(effect: Extract<Effect, { kind: "dispatch" }>): void;
  cancel(effect: Extract<Effect, { kind: "cancel" }>): void;
  acknowledge(worker: string, attempts: readonly AttemptRef[]): void;
  /** Opens the connection to a worker anew (null: to all), so that it says what it holds. */
  reconnect(worker: string | null): void;
}

/** Told after the fact, in order. Listeners must not throw and must not take long. */
export interface Listener {
  /** Changes that are durable now, and the batches that ended with them. */
  committed?(changes: readonly Change[], finished: readonly string[]): void;
  noticed?(notice: Notice): void;
  /** A late result of a finished task, to be held against the one on record. */
  compared?(worker: string, outcome: Outcome): void;
  /** The store failed (with its error) or works again (null). */
  storeFailed?(error: Error | null): void;
}
