/**
 * What the worker process and its threads say to each other. Outcomes cross as plain data, because
 * an error thrown across comlink loses its class.
 *
 * @module
 */
import type { Preview } from "../contract/preview.ts";
import type { Recording } from "../contract/recording.ts";
import type { Parameters } from "../contract/task.ts";
import type { Failure } from "../contract/wire.ts";

/** A task as a thread gets it; its place in the chunk is its name there. */
export interface ThreadTask {
  readonly algorithm: string;
  readonly parameters: Parameters;
  /** Bounds this attempt from its start, ms. */
  readonly timeout_ms?: number | undefined;
  readonly record?: Recording | undefined;
}

/**
 * How a task ended in a thread. A result is the JSON of a `TaskResult`: nobody on its way to the
 * orchestrator looks into it, and a text crosses at a third of the price of an object.
 */
export type Ending =
  | { readonly status: "completed"; readonly result: string }
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
  /**
   * Gives the thread its control block, and the grant that tells how many threads a large task may
   * use; lets it compile what it will run.
   */
  warmUp(control: SharedArrayBuffer, grant: SharedArrayBuffer): void;
  /**
   * Runs the tasks in order and resolves with the outcomes not yet sent as {@linkcode ThreadNews}.
   * Never rejects.
   */
  runChunk(tasks: readonly ThreadTask[]): Promise<readonly ThreadOutcome[]>;
}

/** A frame of what runs, before it is written for the wire. */
export type PreviewFrame = Omit<Preview, "coordinates"> & {
  readonly coordinates: Uint16Array<ArrayBuffer>;
};

/**
 * Posted beside comlink's messages (which all have an `id`): outcomes that must not wait for a long
 * task behind them in the same chunk, trajectories, which follow the outcomes of their tasks, and
 * frames that were asked for.
 */
export type ThreadNews =
  | { readonly early_outcomes: readonly ThreadOutcome[] }
  | { readonly trajectory: Uint8Array<ArrayBuffer>; readonly place: number }
  | { readonly preview: PreviewFrame; readonly place: number };

/** The news in a message from a thread, if it carries any. */
export function threadNews(message: unknown): ThreadNews | undefined {
  const news = message as Partial<Record<string, unknown>> | null;
  const known = news?.["early_outcomes"] ?? news?.["trajectory"] ?? news?.["preview"];
  return known === undefined ? undefined : message as ThreadNews;
}
