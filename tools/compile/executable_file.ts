/**
 * Executables that appear whole, also in the place of one that runs at this moment.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";

/**
 * Lets `build` write a file in a hidden folder beside `path`, then moves it to `path` and makes it
 * executable. A program that runs from the old file keeps it.
 *
 * @returns Size in bytes; null when `build` says that it made nothing.
 */
export async function replaceExecutable(
  path: string,
  build: (output: string) => Promise<boolean>,
): Promise<number | null> {
  await Deno.mkdir(dirname(path), { recursive: true });
  // A folder of its own, because a compiler that is stopped leaves files beside its output.
  const folder = await Deno.makeTempDir({ dir: dirname(path), prefix: ".compile_" });
  try {
    const output = join(folder, basename(path));
    if (!(await build(output))) return null;
    if (Deno.build.os !== "windows") await Deno.chmod(output, 0o755);
    const { size } = await Deno.stat(output);
    await Deno.rename(output, path);
    return size;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Writes pieces one after the other into a new file. */
export async function writePieces(path: string, pieces: readonly Uint8Array[]): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true });
  for (const piece of pieces) {
    for (let rest = piece; rest.length > 0;) rest = rest.subarray(await file.write(rest));
  }
  await file.sync();
}
