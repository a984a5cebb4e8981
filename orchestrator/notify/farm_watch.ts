/**
 * Looks now and then for what no event tells: a queue in which nothing moves, a disk that fills up.
 * Each is told once, and again only after it was well in between.
 *
 * @module
 */
import { getLogger } from "../../platform/log.ts";
import type { DiskWatch } from "../disk_watch.ts";
import type { Listener } from "../scheduler.ts";
import type { Change, Store } from "../store/store.ts";
import type { Notifier } from "./notifier.ts";

const log = getLogger("notify");

/** Time between two looks, ms. */
const LOOK_MS = 15_000;
const MB = 1e6;

export interface FarmWatchOptions {
  readonly notifier: Pick<Notifier, "tell">;
  readonly store: Pick<Store, "counts">;
  readonly disk: Pick<DiskWatch, "look" | "freeBytes">;
  /** 0 = never. */
  readonly stuckMinutes: number;
  readonly diskLowMb: number;
  /** The clock, monotonic ms. */
  readonly now?: () => number;
}

export class FarmWatch implements Listener {
  readonly #options: FarmWatchOptions;
  readonly #now: () => number;
  #movedMs: number;
  #toldStuck = false;
  #toldDisk = false;
  #timer: ReturnType<typeof setInterval> | undefined;
  #looking: Promise<void> = Promise.resolve();

  constructor(options: FarmWatchOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#movedMs = this.#now();
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#looking = this.look();
    }, LOOK_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  committed(changes: readonly Change[]): void {
    const moved = changes.some((change) =>
      change.kind === "task" && change.ended !== undefined && change.ended.outcome !== "lost" &&
      change.ended.outcome !== "refused"
    );
    if (moved) this.#moved();
  }

  /** One look at everything; never rejects. */
  async look(): Promise<void> {
    try {
      await this.#lookAtQueue();
      await this.#lookAtDisk();
    } catch (error) {
      log.warning("Cannot look after the queue and the disk", { error });
    }
  }

  async #lookAtQueue(): Promise<void> {
    const { store, notifier, stuckMinutes } = this.#options;
    if (stuckMinutes === 0) return;
    const { pending, redistributed } = (await store.counts()).status;
    const waiting = pending + redistributed;
    if (waiting === 0) return this.#moved();
    const minutes = (this.#now() - this.#movedMs) / 60_000;
    if (minutes < stuckMinutes || this.#toldStuck) return;
    this.#toldStuck = true;
    notifier.tell({ kind: "queue_stuck", waiting, minutes: Math.floor(minutes) });
  }

  async #lookAtDisk(): Promise<void> {
    const { disk, notifier, diskLowMb } = this.#options;
    if (diskLowMb === 0) return;
    await disk.look();
    const { freeBytes } = disk;
    if (freeBytes === null) return;
    const low = freeBytes < diskLowMb * MB;
    if (low && !this.#toldDisk) {
      notifier.tell({ kind: "disk_low", free_mb: Math.floor(freeBytes / MB) });
    }
    this.#toldDisk = low;
  }

  #moved(): void {
    this.#movedMs = this.#now();
    this.#toldStuck = false;
  }
}
