/**
 * One orchestrator a folder: a lock on a file beside the database, which the kernel lets go when
 * the process ends, however it ends. The file also remembers, outside of the database, up to where
 * the database has acknowledged changes, so that a database that lost some is found out.
 *
 * @module
 */
import { dirname } from "node:path";
import { StoreError } from "./store.ts";

/** What the store has acknowledged: the farm, and the number of its last durable commit. */
export interface Mark {
  readonly farm: string;
  readonly generation: number;
}

/** Wide enough for every safe integer, so that a mark is overwritten in place, never resized. */
const GENERATION_DIGITS = 16;

export class FolderLock {
  readonly #file: Deno.FsFile;
  readonly #encoder = new TextEncoder();
  /** What the file said when it was locked; null in a new one. */
  readonly found: Mark | null;

  private constructor(file: Deno.FsFile, readonly path: string, found: Mark | null) {
    this.#file = file;
    this.found = found;
  }

  /** Locks the folder of a database. Throws {@linkcode StoreError} `locked` if another has it. */
  static take(database: string): FolderLock {
    const path = `${database}.lock`;
    const file = Deno.openSync(path, { read: true, write: true, create: true });
    if (!file.tryLockSync(true)) {
      file.close();
      throw new StoreError(
        "locked",
        `Another orchestrator works with the folder ${
          dirname(database)
        }: stop it, or give this one another STATE_DIR`,
      );
    }
    return new FolderLock(file, path, readMark(file));
  }

  /**
   * Notes what was acknowledged. It is written after the database was synced and not synced
   * itself: it can be behind the database, never ahead of it.
   */
  mark(mark: Mark): void {
    const text = `${String(mark.generation).padStart(GENERATION_DIGITS, "0")} ${mark.farm}\n`;
    this.#file.seekSync(0, Deno.SeekMode.Start);
    this.#file.writeSync(this.#encoder.encode(text));
  }

  release(): void {
    this.#file.close();
  }
}

function readMark(file: Deno.FsFile): Mark | null {
  const bytes = new Uint8Array(256);
  const length = file.readSync(bytes) ?? 0;
  const match = /^(\d{16}) (\S+)\n/.exec(new TextDecoder().decode(bytes.subarray(0, length)));
  return match === null ? null : { generation: Number(match[1]), farm: match[2]! };
}
