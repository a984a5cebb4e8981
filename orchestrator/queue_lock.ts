/**
 * One orchestrator a task folder: two would take each other's files. The kernel lets the lock go
 * when the process ends, however it ends.
 *
 * @module
 */
import { join } from "node:path";
import { lockFile } from "../platform/file_lock.ts";

const LOCK_NAME = ".orchestrator.lock";

export class QueueLock {
  readonly #file: Deno.FsFile;

  private constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /**
   * Locks a task folder, which is made if it is not there; null when another orchestrator has it.
   */
  static take(folder: string): QueueLock | null {
    Deno.mkdirSync(folder, { recursive: true });
    const file = Deno.openSync(join(folder, LOCK_NAME), {
      read: true,
      write: true,
      create: true,
    });
    if (lockFile(file)) return new QueueLock(file);
    file.close();
    return null;
  }

  /** Leaves a line for whoever finds the folder locked: where this orchestrator answers. */
  note(text: string): void {
    this.#file.truncateSync(0);
    this.#file.seekSync(0, Deno.SeekMode.Start);
    this.#file.writeSync(new TextEncoder().encode(text));
  }

  release(): void {
    this.#file.close();
  }
}

/** What the holder of the lock has noted; empty when it has not or nobody holds it. */
export function readQueueNote(folder: string): string {
  try {
    return Deno.readTextFileSync(join(folder, LOCK_NAME)).trim();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
