/**
 * Lists a folder with everything below it.
 *
 * @module
 */
import { basename, join, normalize } from "node:path";
import { pathText } from "./paths.ts";

/** What to list. */
export interface WalkOptions {
  /** How many levels below the root; 0 is the root alone. @default {Infinity} */
  maxDepth?: number;
  /** @default {true} */
  includeFiles?: boolean;
  /** @default {true} */
  includeDirs?: boolean;
  /** Only where links are not followed. @default {true} */
  includeSymlinks?: boolean;
  /** Whether a link is replaced by what it points to. @default {false} */
  followSymlinks?: boolean;
  /** Whether followed links give the real path instead of the path through the link. @default {true} */
  canonicalize?: boolean;
  /** Only paths with one of these endings; the leading dot may be missing. */
  exts?: string[];
  /** Only paths that match one of these. */
  match?: RegExp[];
  /** No paths that match one of these, and nothing below them. */
  skip?: RegExp[];
}

/** One thing found. */
export interface WalkEntry extends Deno.DirEntry {
  /** The path, starting with the root as it was given. */
  path: string;
}

/** Yields the root and what is below it; the order is that of the file system. */
export async function* walk(
  root: string | URL,
  options?: WalkOptions,
): AsyncIterableIterator<WalkEntry> {
  const plan = planOf(options);
  if (plan.maxDepth < 0) return;
  const path = normalizeRoot(root);
  if (plan.includeDirs && isWanted(path, plan)) yield await entryOf(path);
  if (plan.maxDepth < 1 || isSkipped(path, plan)) return;
  for await (const found of Deno.readDir(path)) {
    let entry: WalkEntry = { ...found, path: join(path, found.name) };
    if (found.isSymlink) {
      if (!plan.followSymlinks) {
        if (plan.includeSymlinks && isWanted(entry.path, plan)) yield entry;
        continue;
      }
      entry = await followed(entry, plan);
    }
    if (entry.isDirectory) yield* walk(entry.path, { ...plan, maxDepth: plan.maxDepth - 1 });
    else if (plan.includeFiles && isWanted(entry.path, plan)) yield entry;
  }
}

/** As {@linkcode walk}, without promises. */
export function* walkSync(
  root: string | URL,
  options?: WalkOptions,
): IterableIterator<WalkEntry> {
  const plan = planOf(options);
  if (plan.maxDepth < 0) return;
  const path = normalizeRoot(root);
  if (plan.includeDirs && isWanted(path, plan)) yield entryOfSync(path);
  if (plan.maxDepth < 1 || isSkipped(path, plan)) return;
  for (const found of Deno.readDirSync(path)) {
    let entry: WalkEntry = { ...found, path: join(path, found.name) };
    if (found.isSymlink) {
      if (!plan.followSymlinks) {
        if (plan.includeSymlinks && isWanted(entry.path, plan)) yield entry;
        continue;
      }
      entry = followedSync(entry, plan);
    }
    if (entry.isDirectory) yield* walkSync(entry.path, { ...plan, maxDepth: plan.maxDepth - 1 });
    else if (plan.includeFiles && isWanted(entry.path, plan)) yield entry;
  }
}

type Plan =
  & Required<Omit<WalkOptions, "exts" | "match" | "skip">>
  & Pick<WalkOptions, "exts" | "match" | "skip">;

function planOf(options: WalkOptions = {}): Plan {
  return {
    maxDepth: Infinity,
    includeFiles: true,
    includeDirs: true,
    includeSymlinks: true,
    followSymlinks: false,
    canonicalize: true,
    ...options,
  };
}

function normalizeRoot(root: string | URL): string {
  return normalize(pathText(root));
}

async function entryOf(path: string): Promise<WalkEntry> {
  return described(path, await Deno.stat(path));
}

function entryOfSync(path: string): WalkEntry {
  return described(path, Deno.statSync(path));
}

function described(path: string, info: Deno.FileInfo): WalkEntry {
  const { isFile, isDirectory, isSymlink } = info;
  return { path, name: basename(path), isFile, isDirectory, isSymlink };
}

async function followed(entry: WalkEntry, plan: Plan): Promise<WalkEntry> {
  const target = await Deno.realPath(entry.path);
  const info = await Deno.lstat(target);
  return plan.canonicalize ? described(target, info) : { ...described(entry.path, info) };
}

function followedSync(entry: WalkEntry, plan: Plan): WalkEntry {
  const target = Deno.realPathSync(entry.path);
  const info = Deno.lstatSync(target);
  return plan.canonicalize ? described(target, info) : { ...described(entry.path, info) };
}

function isWanted(path: string, plan: Plan): boolean {
  if (plan.exts && !plan.exts.some((ext) => path.endsWith(ext.startsWith(".") ? ext : `.${ext}`))) {
    return false;
  }
  if (plan.match && !plan.match.some((pattern) => matches(pattern, path))) return false;
  return !isSkipped(path, plan);
}

function isSkipped(path: string, plan: Plan): boolean {
  return plan.skip?.some((pattern) => matches(pattern, path)) ?? false;
}

/** `String.search` starts at the beginning each time, whatever a global pattern remembers. */
function matches(pattern: RegExp, path: string): boolean {
  return path.search(pattern) !== -1;
}
