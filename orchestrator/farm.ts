/**
 * The orchestrator's rooms as its API and its listeners see them: what may be asked of whom.
 *
 * @module
 */
import type { TaskFileError } from "../contract/task_file.ts";
import type { Config } from "./config.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Store } from "./store/store.ts";

/** What the fleet knows of a worker beyond the core: its health, measured by asking. */
export interface WorkerHealth {
  readonly id: string;
  readonly ip: string;
  readonly port: number;
  readonly region: string | null;
  /** `unknown` before the first answer; `draining` by its own word or an operator's. */
  readonly status: "active" | "unstable" | "inactive" | "draining" | "unknown";
  /** Duration of the last answered ping, ms. */
  readonly response_ms: number | null;
  /** Epoch ms of the last answered ping. */
  readonly last_ping: number | null;
  readonly consecutive_failures: number;
  /** Share of all its cores, 0-1, and resident bytes, from its heartbeats. */
  readonly cpu: number | null;
  readonly memory_bytes: number | null;
  readonly version: string | null;
  /** Its clock minus ours at the last hello, ms. */
  readonly clock_skew_ms: number | null;
  /** What went wrong last, in one sentence; null when nothing is wrong. */
  readonly problem: string | null;
}

export interface FleetView {
  workers(): readonly WorkerHealth[];
  /**
   * A call to a worker beside the work, for what people look at. Null when there is no such worker;
   * rejects when it does not answer. Read the answer's body or cancel it.
   */
  ask(
    worker: string,
    path: string,
    call: { readonly query: Readonly<Record<string, string>>; readonly method?: "GET" | "DELETE" },
  ): Promise<Response | null>;
}

/** What became of a task file that came by another way than the folder. */
export type Dropped =
  /** It lies in the folder now, under this name. */
  | { readonly file: string; readonly tasks: number }
  | { readonly errors: readonly TaskFileError[]; readonly total: number }
  /** Nothing is taken at present, and why. */
  | { readonly closed: string };

/** What the inbox tells about itself. */
export interface InboxView {
  /** Task files seen in the folder and not yet taken. */
  readonly filesPending: number;
  /** Why no file can be taken now, in one sentence; null when all is well. */
  readonly problem: string | null;
  /**
   * Checks a task file that came by another way and writes it into the folder, atomically.
   */
  drop(text: string, options: { name?: string }): Promise<Dropped>;
}

export interface Farm {
  readonly config: Config;
  readonly store: Store;
  readonly scheduler: Scheduler;
  readonly fleet: FleetView;
  readonly inbox: InboxView;
  /** Epoch ms. */
  readonly startedAt: number;
}
