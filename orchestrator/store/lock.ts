/**
 * One orchestrator a folder: a lock on a file beside the database, which the kernel lets go when
 * the process ends, however it ends. The file also remembers, outside of the database, what the
 * database has acknowledged, so that one that lost something is found out.
 *
 * @module
 */
import { dirname } from "node:path";
import { lockFile } from "../../platform/file_lock.ts";
import { StoreError } from "./store.ts";

/** What the database must still know when it is opened the next time. */
export interface Mark {
  readonly farm: string;
  /** Number of the last durable commit. */
  readonly generation: number;
  /** The database file as it was closed; absent while it is open, and so after a crash. */
  readonly closed?: FileDigest;
}

/** Size and CRC-32 of a file: tells whether a single byte is another one. */
export interface FileDigest {
  readonly bytes: number;
  readonly crc: number;
}

/** All marks are as long as this, so that one overwrites the other in place. */
const MARK_BYTES = 512;

export class FolderLock {
  readonly #file: Deno.FsFile;
  #released = false;
  readonly #bytes = new Uint8Array(MARK_BYTES);
  /** The mark that was there; null if there was none that could be read. */
  readonly found: Mark | null;
  /** There was something, but not a mark. */
  readonly garbled: boolean;

  private constructor(readonly path: string, file: Deno.FsFile) {
    this.#file = file;
    const length = file.readSync(this.#bytes) ?? 0;
    this.found = parseMark(new TextDecoder().decode(this.#bytes.subarray(0, length)));
    this.garbled = length > 0 && this.found === null;
  }

  /** Locks the folder of a database. Throws {@linkcode StoreError} `locked` if another has it. */
  static take(database: string): FolderLock {
    const path = `${database}.lock`;
    const file = Deno.openSync(path, { read: true, write: true, create: true });
    if (lockFile(file)) return new FolderLock(path, file);
    file.close();
    const folder = dirname(database);
    throw new StoreError(
      "locked",
      `Another orchestrator works with the folder ${folder}: stop it, or set another STATE_DIR`,
    );
  }

  /**
   * Notes what was acknowledged. A mark is written after the database was synced and not synced
   * itself: it can be behind the database, never ahead of it.
   */
  mark(mark: Mark): void {
    this.#bytes.fill(0x20);
    new TextEncoder().encodeInto(`${JSON.stringify(mark)}\n`, this.#bytes);
    this.#file.seekSync(0, Deno.SeekMode.Start);
    this.#file.writeSync(this.#bytes);
  }

  /** For a mark that must not be behind: that the database is closed, or is not any more. */
  markSynced(mark: Mark): void {
    this.mark(mark);
    this.#file.syncSync();
  }

  /** A second call does not harm. */
  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#file.close();
  }
}

function parseMark(text: string): Mark | null {
  try {
    const mark: Mark = JSON.parse(text);
    return typeof mark.farm === "string" && Number.isSafeInteger(mark.generation) ? mark : null;
  } catch {
    return null;
  }
}
