/**
 * Moves files and folders.
 *
 * @module
 */
import { isSameOrBelow, pathText } from "./paths.ts";

/** How to move. */
export interface MoveOptions {
  /** Whether an existing destination is replaced. @default {false} */
  overwrite?: boolean;
}

/**
 * Renames `src` to `dest`, across folders of one file system.
 *
 * Rejects with AlreadyExists if `dest` exists and may not be overwritten, with NotSupported if `src`
 * is a folder and `dest` is the same or lies below it.
 */
export async function move(
  src: string | URL,
  dest: string | URL,
  options?: MoveOptions,
): Promise<void> {
  requireMovable(await Deno.stat(src), src, dest);
  if (options?.overwrite) {
    if (isSamePath(src, dest)) return;
    await Deno.remove(dest, { recursive: true }).catch(ignoreNotFound);
  } else if (await Deno.lstat(dest).then(() => true, ignoreNotFound)) {
    throw alreadyExists(dest);
  }
  await Deno.rename(src, dest);
}

/** As {@linkcode move}, without a promise. */
export function moveSync(src: string | URL, dest: string | URL, options?: MoveOptions): void {
  requireMovable(Deno.statSync(src), src, dest);
  if (options?.overwrite) {
    if (isSamePath(src, dest)) return;
    attempt(() => Deno.removeSync(dest, { recursive: true }));
  } else if (attempt(() => Deno.lstatSync(dest))) {
    throw alreadyExists(dest);
  }
  Deno.renameSync(src, dest);
}

function requireMovable(info: Deno.FileInfo, src: string | URL, dest: string | URL): void {
  if (info.isDirectory && isSameOrBelow(pathText(src), pathText(dest))) {
    throw new Deno.errors.NotSupported(
      `Cannot move '${src}' to a subdirectory of itself, '${dest}'`,
    );
  }
}

/** Removing the destination first would destroy the only copy of a file that is moved onto itself. */
function isSamePath(src: string | URL, dest: string | URL): boolean {
  return isSameOrBelow(pathText(src), pathText(dest)) &&
    isSameOrBelow(pathText(dest), pathText(src));
}

function alreadyExists(dest: string | URL): Error {
  return new Deno.errors.AlreadyExists(`Destination '${dest}' already exists`);
}

function ignoreNotFound(error: unknown): undefined {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    return ignoreNotFound(error);
  }
}
