/**
 * A slow disk for everybody: each sync of the farm and of the peers takes some ms more, as it does
 * on machines whose disk is shared, and the more so while they compute.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const SOURCE = fileURLToPath(new URL("../c/slow_sync.c", import.meta.url));

/**
 * Has all programs that this process starts from now on sync slowly. `folder` holds what it builds.
 *
 * @throws {Error} Without gcc, or on another system than Linux.
 */
export async function slowSyncs(folder: string, ms: number): Promise<void> {
  if (Deno.build.os !== "linux") throw new Error("--sync-ms works on Linux only");
  const library = join(folder, "slow_sync.so");
  const args = ["-shared", "-fPIC", "-O2", "-o", library, SOURCE, "-ldl"];
  const { success, stderr } = await gcc(args);
  if (!success) {
    const said = new TextDecoder().decode(stderr).trim().slice(0, 2000);
    throw new Error(`Gcc cannot compile ${SOURCE}: ${said}`);
  }
  Deno.env.set("SLOW_SYNC_MS", String(ms));
  Deno.env.set("LD_PRELOAD", library);
}

async function gcc(args: string[]): Promise<Deno.CommandOutput> {
  try {
    return await new Deno.Command("gcc", { args, stderr: "piped" }).output();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error("--sync-ms needs gcc, to build what slows the syncs down: install gcc");
  }
}
