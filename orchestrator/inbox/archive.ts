/**
 * Where task files go once they have been judged: processed/ and rejected/, under names that were
 * never used before. Nothing is ever overwritten.
 *
 * @module
 */
import { join } from "node:path";
import type { TaskFileError } from "../../contract/task_file.ts";
import { moveToNewFile, replaceFileAtomically } from "../../platform/atomic_file.ts";
import { fileStamp } from "../../platform/file_time.ts";
import { isSame, type Look, lookOf } from "./large_file.ts";

/** Longest part of a dropped name that is kept in the archived one: file names end at 255 bytes. */
const NAME_LENGTH_MAX = 120;

/** The archived name of a file (`20240708_143000_my_batch.json`), `_2` … when it is taken. */
export async function archivedName(
  file: string,
  { at, isTaken }: { at: number; isTaken: (name: string) => Promise<boolean> },
): Promise<string> {
  const stem = `${fileStamp(at)}_${file.replace(/\.json$/i, "").slice(0, NAME_LENGTH_MAX)}`;
  for (let copy = 1;; copy++) {
    const name = copy === 1 ? `${stem}.json` : `${stem}_${copy}.json`;
    if (!await isTaken(name)) return name;
  }
}

/** A batch's id: the archived name without `.json`. */
export function batchId(archivedAs: string): string {
  return archivedAs.replace(/\.json$/, "");
}

export class Archive {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get processed(): string {
    return join(this.#folder, "processed");
  }

  get rejected(): string {
    return join(this.#folder, "rejected");
  }

  /** Makes the folders, also after somebody removed them. */
  async ensure(): Promise<void> {
    await Deno.mkdir(this.processed, { recursive: true });
    await Deno.mkdir(this.rejected, { recursive: true });
  }

  async holds(name: string): Promise<boolean> {
    for (const folder of [this.processed, this.rejected]) {
      if (await exists(join(folder, name))) return true;
    }
    return false;
  }

  /** False when another file stood under this name by now: it is left there, to be judged. */
  async moveToProcessed(file: string, archivedAs: string, look: Look): Promise<boolean> {
    return await this.#move(file, join(this.processed, archivedAs), look);
  }

  /**
   * The errors first: a file in rejected/ always has them beside it. False when another file stood
   * under this name by now: it is left there, to be judged.
   */
  async moveToRejected(
    file: string,
    what: { archivedAs: string; errors: readonly TaskFileError[]; total: number },
    look: Look,
  ): Promise<boolean> {
    const target = join(this.rejected, what.archivedAs);
    const report = {
      file,
      rejected_as: what.archivedAs,
      errors_total: what.total,
      errors: what.errors,
    };
    await this.ensure();
    await replaceFileAtomically(`${target}.errors.json`, `${JSON.stringify(report, null, 2)}\n`);
    return await this.#move(file, target, look);
  }

  async #move(file: string, target: string, look: Look): Promise<boolean> {
    await this.ensure();
    const path = join(this.#folder, file);
    if (!isSame(look, lookOf(await Deno.lstat(path)))) return false;
    // One process owns this folder, so nothing can appear between the look and the move.
    if (await exists(target)) throw new Error(`Cannot archive ${file}: ${target} exists already`);
    await Deno.rename(path, target);
    // Somebody may have dropped another file of this name in this very moment.
    if (isSame(look, lookOf(await Deno.lstat(target)))) return true;
    // Nobody has judged that one. It goes back under a name of its own: whoever saw its name free for
    // a moment may be using it again.
    await moveToNewFile(target, path, { first: 2 });
    return false;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
