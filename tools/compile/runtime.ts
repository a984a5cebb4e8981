/**
 * The Deno executable that a self-extracting file carries: this very one, or the one that the npm
 * package of another system holds.
 *
 * @module
 */
import { join } from "node:path";
import { runDeno } from "./deno_command.ts";
import type { Target } from "./programs.ts";

const FETCH_MS = 300_000;

/**
 * The bytes of the executable for `target`, of the same version as this one.
 *
 * @throws {Error} One sentence when it cannot be had.
 */
export async function readRuntime(target: Target): Promise<Uint8Array<ArrayBuffer>> {
  if (target.triple === Deno.build.target) return await Deno.readFile(Deno.execPath());
  const folder = await Deno.makeTempDir({ prefix: "enjambre_runtime_" });
  try {
    return await fetchRuntime(target, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Installs the package into a folder of its own, which leaves this project's lock file alone. */
async function fetchRuntime(target: Target, folder: string): Promise<Uint8Array<ArrayBuffer>> {
  const { runtimePackage } = target;
  const version = Deno.version.deno;
  const dependencies = { [runtimePackage]: version };
  await Deno.writeTextFile(join(folder, "package.json"), JSON.stringify({ dependencies }));
  const { said } = await runDeno(["install", "--node-modules-dir=auto"], {
    folder,
    limitMs: FETCH_MS,
  });
  try {
    return await Deno.readFile(join(folder, "node_modules", runtimePackage, "deno"));
  } catch (error) {
    throw new Error(
      `Cannot get Deno ${version} for ${target.triple} (npm package ${runtimePackage}): ` +
        `${said || (error as Error).message}. Compile on such a machine, ` +
        `or name its denort executable in DENORT_BIN`,
      { cause: error },
    );
  }
}
