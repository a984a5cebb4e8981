/**
 * Makes sure that a file is there.
 *
 * @module
 */
import { dirname } from "node:path";
import { ensureDir, ensureDirSync } from "./ensure_dir.ts";
import { kindOf, pathText } from "./paths.ts";

/**
 * Creates an empty file and its parent folders unless the file exists already; never changes its contents.
 *
 * Rejects with an Error if something else stands there.
 */
export async function ensureFile(filePath: string | URL): Promise<void> {
  try {
    requireFile(filePath, await Deno.lstat(filePath));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    await ensureDir(dirname(pathText(filePath)));
    // Appending nothing creates the file and spares what another caller has written meanwhile.
    await Deno.writeFile(filePath, new Uint8Array(), { append: true });
  }
}

/** As {@linkcode ensureFile}, without a promise. */
export function ensureFileSync(filePath: string | URL): void {
  try {
    requireFile(filePath, Deno.lstatSync(filePath));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    ensureDirSync(dirname(pathText(filePath)));
    Deno.writeFileSync(filePath, new Uint8Array(), { append: true });
  }
}

function requireFile(path: string | URL, info: Deno.FileInfo): void {
  if (info.isFile) return;
  throw new Error(`Failed to ensure file exists: expected 'file', got '${kindOf(info)}': ${path}`);
}
