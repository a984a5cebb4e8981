/**
 * Tasks and workers as the core holds them.
 *
 * @module
 */
import type { Progress } from "../../contract/wire.ts";
import type { TaskRow } from "../store/store.ts";
import type { ConfiguredWorker } from "./messages.ts";

/** An attempt that a worker holds, until its outcome comes or the worker no longer lists it. */
export interface HeldAttempt {
  readonly attempt: number;
  /**
   * It stood in a hello or heartbeat. Before that its absence from one proves nothing, because the
   * line may have been written before the dispatch arrived.
   */
  confirmed: boolean;
  /** The dispatch was answered, or belongs to an earlier life of this orchestrator. */
  answered: boolean;
  /** It was called back: once is enough. */
  recalled?: boolean;
}

/** A worker as the core sees it. */
export interface WorkerState {
  readonly id: string;
  configured: ConfiguredWorker;
  connected: boolean;
  /** Which start of the process answers; null before the first hello. */
  epoch: string | null;
  capacity: number;
  queueMax: number;
  algorithms: ReadonlySet<string>;
  /** It said so itself. */
  draining: boolean;
  /** An operator said so. */
  drained: boolean;
  /** Everything that occupies it, by task id; also cancelled attempts that have not ended yet. */
  readonly held: Map<string, HeldAttempt>;
  lastHeardMono: number;
  /** Moving average of execution times, ms; null before the first outcome. */
  meanMs: number | null;
  /** Refusals and failed dispatches in a row, and the pause they earned. */
  refusals: number;
  pausedUntilMono: number;
  /** How often in a row it kept tasks without starting them. */
  unstarted: number;
}

/** A task that the core holds: waiting in the window, assigned or running. */
export interface WindowTask {
  readonly row: TaskRow;
  /**
   * It stands in a queue. It may stay there after it left the waiting states (a lost worker came
   * back with it), and must not be put there a second time.
   */
  queued: boolean;
  /** Latest progress of the running attempt. */
  progress: Progress | null;
  /** When the running attempt last moved. */
  movedMono: number;
  startedMono: number | null;
}
