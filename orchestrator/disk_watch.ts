/**
 * Looks at the free space where the farm writes, so that it stops taking new work before a disk is
 * full: what is accepted must still be finished and written down.
 *
 * @module
 */
import { statfs } from "node:fs/promises";

/** Time between two looks, ms. */
const LOOK_MS = 5000;
const MIB = 2 ** 20;

export interface DiskWatchOptions {
  /** Folders to look at: the store, the results, the task files. */
  readonly folders: readonly string[];
  /** Less free space than this stops the intake, bytes. */
  readonly freeMinBytes: number;
  /** Told when the intake stops (why) and when it may go on (null). */
  readonly changed?: (problem: string | null) => void;
}

export class DiskWatch {
  readonly #options: DiskWatchOptions;
  #problem: string | null = null;
  #freeBytes: number | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(options: DiskWatchOptions) {
    this.#options = options;
  }

  /** Why no task file is taken now, in one sentence; null when there is room. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Free bytes on the fullest of the disks; null before the first look. */
  get freeBytes(): number | null {
    return this.#freeBytes;
  }

  async start(): Promise<void> {
    await this.look();
    this.#timer = setInterval(() => this.look(), LOOK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async look(): Promise<void> {
    let fullest: { folder: string; free: number } | null = null;
    for (const folder of this.#options.folders) {
      const free = await freeBytesOf(folder);
      if (free !== null && (fullest === null || free < fullest.free)) fullest = { folder, free };
    }
    this.#freeBytes = fullest?.free ?? null;
    const { freeMinBytes, changed } = this.#options;
    const wasFull = this.#problem !== null;
    this.#problem = fullest !== null && fullest.free < freeMinBytes
      ? `Only ${Math.floor(fullest.free / MIB)} MiB are free for ${fullest.folder}, and ` +
        `${Math.floor(freeMinBytes / MIB)} MiB are kept (DISK_FREE_MIN_MB): no task file is ` +
        `taken until there is more room`
      : null;
    if (wasFull !== (this.#problem !== null)) changed?.(this.#problem);
  }
}

/** Null where the folder is not there yet or the system does not tell. */
async function freeBytesOf(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}
