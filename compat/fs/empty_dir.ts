/**
 * Makes sure that a folder is there and empty.
 *
 * @module
 */
import { join } from "node:path";
import { pathText } from "./paths.ts";

/** Deletes everything in the folder, or creates the folder; the folder itself is never deleted. */
export async function emptyDir(dir: string | URL): Promise<void> {
  try {
    const names = await Array.fromAsync(Deno.readDir(dir), (entry) => entry.name);
    const path = pathText(dir);
    await Promise.all(names.map((name) => Deno.remove(join(path, name), { recursive: true })));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    await Deno.mkdir(dir, { recursive: true });
  }
}

/** As {@linkcode emptyDir}, without a promise. */
export function emptyDirSync(dir: string | URL): void {
  try {
    for (const entry of [...Deno.readDirSync(dir)]) {
      Deno.removeSync(join(pathText(dir), entry.name), { recursive: true });
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    Deno.mkdirSync(dir, { recursive: true });
  }
}
