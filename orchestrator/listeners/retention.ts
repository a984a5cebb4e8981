/**
 * Removes archived task files and results files that are older than the configuration wants them
 * kept. Off by default: nobody's results vanish by themselves.
 *
 * @module
 */
import { join } from "node:path";
import { getLogger } from "../../platform/log.ts";
import type { Config } from "../config.ts";

const log = getLogger("retention");

const DAY_MS = 86_400_000;
/** How often it looks. */
const LOOK_MS = 3_600_000;

export class Retention {
  readonly #config: Config;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(config: Config) {
    this.#config = config;
  }

  async start(): Promise<void> {
    const { retentionProcessedDays, retentionResultsDays } = this.#config;
    if (retentionProcessedDays === 0 && retentionResultsDays === 0) return;
    this.#timer = setInterval(() => this.sweep(Date.now()), LOOK_MS);
    await this.sweep(Date.now());
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Removes what is too old at a moment (epoch ms); what cannot be removed is logged. */
  async sweep(now: number): Promise<void> {
    const { queuePath, resultsPath, retentionProcessedDays, retentionResultsDays } = this.#config;
    const ours = /^task_results_\d{8}_\d{6}(_\d+)?\.json$/;
    await removeOld(join(queuePath, "processed"), {
      names: /^\d{8}_\d{6}_.*\.json$/,
      days: retentionProcessedDays,
      now,
    });
    await removeOld(resultsPath, { names: ours, days: retentionResultsDays, now });
    for (const folder of await foldersIn(join(resultsPath, "trajectories"))) {
      await removeOld(folder, { names: /\.traj\.gz$/, days: retentionResultsDays, now });
      // Refused while something is left in it.
      await Deno.remove(folder).catch(() => {});
    }
  }
}

async function foldersIn(folder: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    return entries.filter(({ isDirectory }) => isDirectory).map(({ name }) => join(folder, name));
  } catch {
    return [];
  }
}

async function removeOld(
  folder: string,
  { names, days, now }: { names: RegExp; days: number; now: number },
): Promise<void> {
  if (days === 0) return;
  let removed = 0;
  try {
    for await (const entry of Deno.readDir(folder)) {
      if (!entry.isFile || !names.test(entry.name)) continue;
      const path = join(folder, entry.name);
      const { mtime } = await Deno.lstat(path);
      if (mtime === null || now - mtime.getTime() <= days * DAY_MS) continue;
      await Deno.remove(path);
      removed++;
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) {
      log.warning("Cannot remove old files", { folder, error });
    }
  }
  if (removed > 0) log.info("Old files removed", { folder, removed, days });
}
