/**
 * The trajectories that wait to be fetched. Their memory is bounded: when there are too many, the
 * oldest is dropped, because a trajectory is never worth a task.
 *
 * @module
 */
import type { AttemptRef } from "../contract/wire.ts";
import { getLogger } from "../platform/log.ts";

const log = getLogger("shelf");

/** All trajectories together. */
export const SHELF_BYTES_MAX = 64 * 1024 * 1024;
/** Nobody fetches a trajectory after this time, ms. */
const KEPT_MS = 30 * 60_000;

interface Shelved {
  readonly farm: string;
  readonly ref: AttemptRef;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly sinceMs: number;
}

export class TrajectoryShelf {
  readonly #bytesMax: number;
  readonly #now: () => number;
  /** In the order of arrival. */
  readonly #shelved = new Map<string, Shelved>();
  #bytes = 0;

  constructor({ bytesMax = SHELF_BYTES_MAX, now = () => performance.now() } = {}) {
    this.#bytesMax = bytesMax;
    this.#now = now;
  }

  put(farm: string, { task_id, attempt }: AttemptRef, bytes: Uint8Array<ArrayBuffer>): void {
    const ref = { task_id, attempt };
    this.forget(farm, ref);
    this.#shelved.set(keyOf(farm, ref), { farm, ref, bytes, sinceMs: this.#now() });
    this.#bytes += bytes.length;
    for (const { farm, ref, sinceMs } of this.#shelved.values()) {
      const old = this.#now() - sinceMs > KEPT_MS;
      if (this.#bytes <= this.#bytesMax && !old) break;
      this.forget(farm, ref);
      log.warning("Trajectory dropped: nobody fetched it in time", { ...ref });
    }
  }

  get(farm: string, ref: AttemptRef): Uint8Array<ArrayBuffer> | undefined {
    return this.#shelved.get(keyOf(farm, ref))?.bytes;
  }

  /** What waits for a farm, oldest first. */
  list(farm: string): (AttemptRef & { readonly bytes: number })[] {
    return [...this.#shelved.values()].filter((shelved) => shelved.farm === farm)
      .map(({ ref, bytes }) => ({ ...ref, bytes: bytes.length }));
  }

  /** True when it was there. */
  forget(farm: string, ref: AttemptRef): boolean {
    const key = keyOf(farm, ref);
    const shelved = this.#shelved.get(key);
    if (shelved === undefined) return false;
    this.#shelved.delete(key);
    this.#bytes -= shelved.bytes.length;
    return true;
  }
}

function keyOf(farm: string, { task_id, attempt }: AttemptRef): string {
  return JSON.stringify([farm, attempt, task_id]);
}
