/**
 * A module of the project with everything it imports, as one JavaScript text.
 *
 * @module
 */
import { join } from "node:path";
import { runDeno } from "./deno_command.ts";

/** The bundler itself is fetched on its first use. */
const BUNDLE_MS = 180_000;

/**
 * Bundles `module`, a path in the project at `root`. The text ends with a line end.
 *
 * @throws {Error} When a module is missing, or the bundler cannot be had.
 */
export async function bundle(module: string, root: string): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "enjambre_bundle_" });
  try {
    const output = join(folder, "bundle.js");
    const args = ["bundle", "--platform", "deno", "--output", output, module];
    const { success, said } = await runDeno(args, { folder: root, limitMs: BUNDLE_MS });
    if (!success) throw new Error(`Cannot bundle ${module}: ${said}`);
    return (await Deno.readTextFile(output)).replace(/\n*$/, "\n");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
