/**
 * Makes sure that a folder is there.
 *
 * @module
 */
import { kindOf } from "./paths.ts";

/**
 * Creates the folder and its parents unless it exists already; a symlink to a folder counts as one.
 *
 * Rejects with an Error if something else stands there.
 */
export async function ensureDir(dir: string | URL): Promise<void> {
  try {
    // Creating first and asking afterwards: two callers at once must both succeed.
    await Deno.mkdir(dir, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    requireDirectory(dir, await Deno.stat(dir));
  }
}

/** As {@linkcode ensureDir}, without a promise. */
export function ensureDirSync(dir: string | URL): void {
  try {
    Deno.mkdirSync(dir, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    requireDirectory(dir, Deno.statSync(dir));
  }
}

function requireDirectory(dir: string | URL, info: Deno.FileInfo): void {
  if (info.isDirectory) return;
  throw new Error(
    `Failed to ensure directory exists: expected 'dir', got '${kindOf(info)}': ${dir}`,
  );
}
