/**
 * Files that are there whole or not at all, also after a crash: written under a hidden name beside
 * the target, synced, then given their name. Hidden, because watchers of a folder skip such names.
 *
 * @module
 */
import { basename, dirname, extname, join } from "node:path";

/** Numbers tried after a name before giving up: `x.json`, `x_2.json`, … */
const SUFFIX_MAX = 100_000;

/** The `attempt`-th name for a path that may be taken: the path itself, then `_2`, `_3`, … */
export function numberedPath(path: string, attempt: number): string {
  if (attempt <= 1) return path;
  const extension = extname(path);
  return join(dirname(path), `${basename(path, extension)}_${attempt}${extension}`);
}

/**
 * Writes a file that did not exist, under `path` or, if that is taken, with `_2`, `_3` … before its
 * extension. Never overwrites, also not what another process creates at the same moment.
 *
 * @returns The path it was written to.
 */
export async function writeNewFileAtomically(
  path: string,
  data: Uint8Array | string,
): Promise<string> {
  const hidden = await writeHidden(dirname(path), data);
  try {
    return await moveToNewFile(hidden, path);
  } catch (error) {
    await removeIfThere(hidden);
    throw error;
  }
}

/**
 * Writes a file in place of the one under `path`, if there is one; readers see old or new. Data that
 * comes in pieces is never held as a whole.
 */
export async function replaceFileAtomically(
  path: string,
  data: Uint8Array | string | AsyncIterable<string>,
): Promise<void> {
  const hidden = await writeHidden(dirname(path), data);
  try {
    await Deno.rename(hidden, path);
  } catch (error) {
    await removeIfThere(hidden);
    throw error;
  }
  await syncFolder(dirname(path));
}

/**
 * Moves a file within a file system to `path` or, if that is taken, with `_2`, `_3` … before its
 * extension; `first` is the number to begin with. Never overwrites, also not what another process
 * creates at the same moment.
 *
 * @returns The path it was moved to.
 */
export async function moveToNewFile(
  source: string,
  path: string,
  { first = 1 }: { first?: number } = {},
): Promise<string> {
  for (let attempt = first; attempt <= SUFFIX_MAX; attempt++) {
    const target = numberedPath(path, attempt);
    try {
      await claimName(source, target);
    } catch (error) {
      if (error instanceof Deno.errors.AlreadyExists) continue;
      throw error;
    }
    await syncFolder(dirname(target));
    return target;
  }
  throw new Error(`Cannot find a free name for ${path}: ${SUFFIX_MAX} are taken`);
}

/** Renames without ever replacing: a hard link fails where a rename would overwrite. */
async function claimName(source: string, target: string): Promise<void> {
  try {
    await Deno.link(source, target);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists || error instanceof Deno.errors.NotFound) {
      throw error;
    }
    // Some file systems have no hard links. There the name is taken by an empty file, which the
    // rename then replaces; a reader may see it empty for a moment.
    (await Deno.open(target, { write: true, createNew: true })).close();
    await Deno.rename(source, target).catch(async (reason) => {
      await removeIfThere(target);
      throw reason;
    });
    return;
  }
  await Deno.remove(source);
}

async function writeHidden(
  folder: string,
  data: Uint8Array | string | AsyncIterable<string>,
): Promise<string> {
  // Short and random, whatever the target is called: names have a length limit.
  const hidden = join(folder, `.${crypto.randomUUID()}.tmp`);
  const file = await Deno.open(hidden, { write: true, createNew: true });
  try {
    if (typeof data === "string" || data instanceof Uint8Array) await writeAll(file, data);
    else for await (const piece of data) await writeAll(file, piece);
    await file.sync();
  } catch (error) {
    await removeIfThere(hidden);
    throw error;
  } finally {
    file.close();
  }
  return hidden;
}

async function writeAll(file: Deno.FsFile, data: Uint8Array | string): Promise<void> {
  let rest = typeof data === "string" ? new TextEncoder().encode(data) : data;
  while (rest.length > 0) rest = rest.subarray(await file.write(rest));
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch {
    // The error that led here says more than this one would.
  }
}

/** Makes names in a folder durable. Windows cannot open folders, and needs no such step. */
async function syncFolder(folder: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  using handle = await Deno.open(folder, { read: true });
  await handle.sync();
}
