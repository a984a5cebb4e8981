/**
 * What the worker process and its threads say to each other. Outcomes cross as plain data, because
 * an error thrown across comlink loses its class.
 *
 * @module
 */
import type { Failure, TaskResult } from "../contract/wire.ts";
import type { Parameters } from "../contract/task.ts";

/** A task as a thread gets it; its place in the chunk is its name there. */
export interface ThreadTask {
  readonly algorithm: string;
  readonly parameters: Parameters;
  /** Bounds this attempt from its start, ms. */
  readonly timeout_ms?: number | undefined;
}

/** How a task ended in a thread. */
export type Ending =
  | { readonly status: "completed"; readonly result: TaskResult }
  | { readonly status: "failed"; readonly failure: Failure }
  | { readonly status: "cancelled" };

/** An ended task of the present chunk. */
export interface ThreadOutcome {
  readonly place: number;
  /** Epoch ms. */
  readonly started_at: number;
  readonly ended_at: number;
  /** From a monotonic clock. */
  readonly execution_ms: number;
  readonly ending: Ending;
}

/** What a thread offers through comlink. One chunk at a time. */
export interface ThreadApi {
  /** Gives the thread its control block and lets it compile what it will run. */
  warmUp(control: SharedArrayBuffer): void;
  /**
   * Runs the tasks in order and resolves with the outcomes not yet sent as an
   * {@linkcode EarlyOutcomes}. Never rejects.
   */
  runChunk(tasks: readonly ThreadTask[]): Promise<readonly ThreadOutcome[]>;
}

/**
 * Posted beside comlink's messages (which all have an `id`): outcomes that must not wait for a long
 * task behind them in the same chunk.
 */
export interface EarlyOutcomes {
  readonly early_outcomes: readonly ThreadOutcome[];
}

/** The outcomes in a message from a thread, if it carries any. */
export function earlyOutcomes(message: unknown): readonly ThreadOutcome[] | undefined {
  return (message as Partial<EarlyOutcomes> | null)?.early_outcomes;
}
