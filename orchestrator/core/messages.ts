/**
 * What goes into the core and what comes out: events in the past tense, effects in the imperative.
 * The scheduler carries effects out in a fixed order: every `persist` of a step is durable before
 * any other effect of that step is begun. So a worker never hears of an attempt that a restart
 * would not know, and never forgets an outcome that is not stored.
 *
 * @module
 */
import type {
  Assignment,
  AttemptRef,
  Heartbeat,
  Hello,
  Outcome,
  Progress,
} from "../../contract/wire.ts";
import type { Change, QueueKey, TaskRow } from "../store/store.ts";

/** A moment: `wall` (epoch ms) is written down, `mono` (monotonic ms) is what decisions use. */
export interface Instant {
  readonly wall: number;
  readonly mono: number;
}

/** A worker of the configuration. Absent limits are the worker's own. */
export interface ConfiguredWorker {
  readonly id: string;
  readonly capacity: number | null;
  readonly algorithms: readonly string[] | null;
  readonly weight: number;
  /** Where it listens; opaque here, written down for people. */
  readonly address: string;
}

/** Why a worker counts as lost: it was silent too long, or its process is known to be gone. */
export type LossReason = "silent" | "died" | "removed";

export type Event =
  & { readonly at: Instant }
  & (
    | { readonly kind: "workers_configured"; readonly workers: readonly ConfiguredWorker[] }
    | { readonly kind: "unfinished_loaded"; readonly tasks: readonly TaskRow[] }
    | { readonly kind: "queues_found"; readonly queues: readonly QueueKey[] }
    | {
      readonly kind: "tasks_claimed";
      readonly key: QueueKey;
      readonly tasks: readonly TaskRow[];
      readonly position: number;
      readonly more: boolean;
    }
    | {
      readonly kind: "batch_accepted";
      readonly batch: string;
      readonly queues: readonly QueueKey[];
      readonly requeue: readonly TaskRow[];
    }
    | { readonly kind: "worker_connected"; readonly worker: string; readonly hello: Hello }
    /** Something of it is arriving, however slowly. */
    | { readonly kind: "worker_heard"; readonly worker: string }
    | { readonly kind: "worker_heartbeat"; readonly worker: string; readonly beat: Heartbeat }
    | {
      readonly kind: "worker_progressed";
      readonly worker: string;
      readonly running: readonly Progress[];
    }
    | { readonly kind: "worker_disconnected"; readonly worker: string }
    | { readonly kind: "worker_lost"; readonly worker: string; readonly reason: LossReason }
    | { readonly kind: "worker_drain_requested"; readonly worker: string; readonly drain: boolean }
    | {
      readonly kind: "dispatch_answered";
      readonly worker: string;
      readonly accepted: readonly AttemptRef[];
      readonly refused:
        readonly (AttemptRef & { readonly code: string; readonly message: string })[];
    }
    | {
      readonly kind: "dispatch_failed";
      readonly worker: string;
      readonly attempts: readonly AttemptRef[];
      readonly message: string;
    }
    | {
      readonly kind: "attempts_ended";
      readonly worker: string;
      readonly outcomes: readonly Outcome[];
    }
    | { readonly kind: "cancel_requested"; readonly tasks: readonly TaskRow[] }
    | { readonly kind: "retry_requested"; readonly tasks: readonly TaskRow[] }
    | { readonly kind: "ticked" }
  );

export type EventOf<Kind extends Event["kind"]> = Extract<Event, { kind: Kind }>;

/** Something that people want to know about a worker or a task. */
export type Notice =
  | { readonly kind: "worker_connected"; readonly worker: string; readonly again: boolean }
  | {
    readonly kind: "worker_lost";
    readonly worker: string;
    readonly reason: LossReason;
    readonly tasks: number;
  }
  | { readonly kind: "worker_refused"; readonly worker: string; readonly message: string }
  | { readonly kind: "outcome_ignored"; readonly worker: string; readonly attempt: AttemptRef }
  | { readonly kind: "orchestrator_paused"; readonly ms: number };

/** An assignment whose algorithm and parameters are still the text that is stored. */
export type Handout = Omit<Assignment, "algorithm" | "parameters"> & { readonly content: string };

export type Effect =
  | { readonly kind: "persist"; readonly change: Change }
  | {
    readonly kind: "dispatch";
    readonly worker: string;
    /** The start of the worker's process that they were chosen for. */
    readonly epoch: string;
    readonly tasks: readonly Handout[];
  }
  | {
    readonly kind: "cancel";
    readonly worker: string;
    readonly attempts: readonly AttemptRef[];
    /** Only those that have not begun. */
    readonly unstarted?: boolean;
  }
  | {
    readonly kind: "acknowledge";
    readonly worker: string;
    readonly attempts: readonly AttemptRef[];
  }
  | {
    readonly kind: "claim";
    readonly key: QueueKey;
    readonly after: number;
    readonly limit: number;
  }
  /** A completed outcome came for a task that is already terminal: compare it with the record. */
  | { readonly kind: "compare"; readonly worker: string; readonly outcome: Outcome }
  | { readonly kind: "notify"; readonly notice: Notice };
