/**
 * Copies files and folders.
 *
 * @module
 */
import { dirname, join, resolve } from "node:path";
import { ensureDir, ensureDirSync } from "./ensure_dir.ts";
import { isSameOrBelow, pathText } from "./paths.ts";

/** How to copy. */
export interface CopyOptions {
  /** Whether existing files are replaced and existing folders filled up. @default {false} */
  overwrite?: boolean;
  /** Whether the copies carry the times of the originals. @default {false} */
  preserveTimestamps?: boolean;
}

/**
 * Copies a file, a symlink (as a link) or a folder with everything in it; files that only the
 * destination has stay.
 *
 * Rejects with AlreadyExists if the destination exists and may not be overwritten, with an Error if
 * source and destination are the same or a folder would be copied into itself.
 */
export async function copy(
  src: string | URL,
  dest: string | URL,
  options: CopyOptions = {},
): Promise<void> {
  const from = resolve(pathText(src));
  const to = resolve(pathText(dest));
  if (from === to) throw samePath();
  const info = await Deno.lstat(from);
  if (info.isDirectory) requireOutside(from, to);
  await copyEntry(from, to, { ...options, info });
}

/** As {@linkcode copy}, without a promise. */
export function copySync(src: string | URL, dest: string | URL, options: CopyOptions = {}): void {
  const from = resolve(pathText(src));
  const to = resolve(pathText(dest));
  if (from === to) throw samePath();
  const info = Deno.lstatSync(from);
  if (info.isDirectory) requireOutside(from, to);
  copyEntrySync(from, to, { ...options, info });
}

interface Step extends CopyOptions {
  /** What the source is, links not followed. */
  info: Deno.FileInfo;
}

async function copyEntry(from: string, to: string, step: Step): Promise<void> {
  const { info, ...options } = step;
  await requireRoom(to, step);
  if (info.isSymlink) return await copyLink(from, to);
  if (info.isDirectory) {
    await ensureDir(to);
    for await (const { name } of Deno.readDir(from)) {
      const child = join(from, name);
      await copyEntry(child, join(to, name), { ...options, info: await Deno.lstat(child) });
    }
  } else {
    await Deno.copyFile(from, to);
  }
  if (options.preserveTimestamps) {
    const [atime, mtime] = timesOf(info);
    await Deno.utime(to, atime, mtime);
  }
}

function copyEntrySync(from: string, to: string, step: Step): void {
  const { info, ...options } = step;
  requireRoomSync(to, step);
  if (info.isSymlink) return copyLinkSync(from, to);
  if (info.isDirectory) {
    ensureDirSync(to);
    for (const { name } of Deno.readDirSync(from)) {
      const child = join(from, name);
      copyEntrySync(child, join(to, name), { ...options, info: Deno.lstatSync(child) });
    }
  } else {
    Deno.copyFileSync(from, to);
  }
  if (options.preserveTimestamps) {
    const [atime, mtime] = timesOf(info);
    Deno.utimeSync(to, atime, mtime);
  }
}

async function copyLink(from: string, to: string): Promise<void> {
  const target = await Deno.readLink(from);
  const type = await Deno.stat(resolve(dirname(from), target)).then(
    linkType,
    () => "file" as const,
  );
  await Deno.remove(to).catch(ignoreNotFound);
  await Deno.symlink(target, to, { type });
}

function copyLinkSync(from: string, to: string): void {
  const target = Deno.readLinkSync(from);
  let type: "dir" | "file" = "file";
  try {
    type = linkType(Deno.statSync(resolve(dirname(from), target)));
  } catch { /* a broken link is copied as it is */ }
  try {
    Deno.removeSync(to);
  } catch (error) {
    ignoreNotFound(error);
  }
  Deno.symlinkSync(target, to, { type });
}

function linkType(info: Deno.FileInfo): "dir" | "file" {
  return info.isDirectory ? "dir" : "file";
}

async function requireRoom(to: string, step: Step): Promise<void> {
  const existing = await Deno.lstat(to).catch(ignoreNotFound);
  if (existing) requireReplaceable(to, existing, step);
}

function requireRoomSync(to: string, step: Step): void {
  let existing: Deno.FileInfo | undefined;
  try {
    existing = Deno.lstatSync(to);
  } catch (error) {
    ignoreNotFound(error);
  }
  if (existing) requireReplaceable(to, existing, step);
}

function requireReplaceable(to: string, existing: Deno.FileInfo, step: Step): void {
  if (step.info.isDirectory && !existing.isDirectory) {
    throw new Error(`Cannot overwrite non-directory '${to}' with a directory`);
  }
  if (!step.overwrite) throw new Deno.errors.AlreadyExists(`'${to}' already exists`);
}

function timesOf(info: Deno.FileInfo): [Date, Date] {
  if (!info.atime || !info.mtime) {
    throw new Deno.errors.InvalidData("Cannot preserve timestamps: the system reports none");
  }
  return [info.atime, info.mtime];
}

function requireOutside(from: string, to: string): void {
  if (!isSameOrBelow(from, to)) return;
  throw new Error(`Cannot copy '${from}' to a subdirectory of itself, '${to}'`);
}

function samePath(): Error {
  return new Error("Source and destination cannot be the same");
}

function ignoreNotFound(error: unknown): undefined {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
