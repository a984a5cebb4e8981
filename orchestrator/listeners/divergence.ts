/**
 * Holds a late result of a finished task against the one on record. The same task must give the same
 * bits everywhere; if it did not, some machine computes wrongly, and people must know.
 *
 * @module
 */
import type { Outcome } from "../../contract/wire.ts";
import { getLogger } from "../../platform/log.ts";
import type { Counter } from "../../platform/prometheus.ts";
import type { Listener } from "../scheduler.ts";
import type { Store } from "../store/store.ts";

const log = getLogger("divergence");

/** What a result says of the simulation, as opposed to the machine that ran it. */
const DIGEST = [
  "state_sha256",
  "particle_collisions",
  "wall_collisions",
  "steps_completed",
  "particles_processed",
] as const;

export interface Divergence {
  readonly task_id: string;
  /** Worker whose result is on record, and the one that said something else later. */
  readonly recorded_by: string | null;
  readonly late_worker: string;
  /** The first figure in which they differ. */
  readonly figure: string;
  readonly recorded: unknown;
  readonly late: unknown;
}

/** Divergences named in /health; all of them are counted and logged. */
const NAMED_MAX = 20;

export class DivergenceWatch implements Listener {
  readonly #store: Store;
  readonly #counter: Counter;
  readonly #onFound: (divergence: Divergence) => void;
  readonly #found: Divergence[] = [];

  constructor(
    store: Store,
    { counter, onFound }: { counter: Counter; onFound: (divergence: Divergence) => void },
  ) {
    this.#store = store;
    this.#counter = counter;
    this.#onFound = onFound;
    counter.increment(0);
  }

  get found(): readonly Divergence[] {
    return this.#found;
  }

  compared(worker: string, outcome: Outcome): void {
    this.compare(worker, outcome).catch((error) => {
      log.warning("Cannot compare a late result", {
        task_id: outcome.task_id,
        error: String(error),
      });
    });
  }

  /** Resolves with what differs, or null. */
  async compare(worker: string, outcome: Outcome): Promise<Divergence | null> {
    if (outcome.status !== "completed") return null;
    const task = await this.#store.task(outcome.task_id);
    // Without a result on record there is nothing to differ from: cancelled, failed or unknown.
    if (task === null || task.result === null) return null;
    const { metrics } = task.result;
    const late = outcome.result.metrics;
    const figure = DIGEST.find((name) => metrics[name] !== late[name]);
    if (figure === undefined) return null;
    const divergence = {
      task_id: outcome.task_id,
      recorded_by: task.worker,
      late_worker: worker,
      figure,
      recorded: metrics[figure],
      late: late[figure],
    };
    this.#counter.increment();
    if (this.#found.length < NAMED_MAX) this.#found.push(divergence);
    this.#onFound(divergence);
    log.error("Two workers gave different results for the same task", { ...divergence });
    return divergence;
  }
}
