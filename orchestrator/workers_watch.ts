/**
 * Reads the list of workers again when its file changes. It looks at the file's time every second
 * or two, which works on every file system.
 *
 * @module
 */
import { messageOf } from "../platform/error_message.ts";
import { getLogger } from "../platform/log.ts";
import { type Config, rereadWorkers } from "./config.ts";
import type { WorkerEntry } from "./workers_file.ts";

const log = getLogger("config");

/** Time between two looks, ms. */
const LOOK_MS = 1500;

/** Calls `onChange` with each new list. A file that is wrong is told once, the old list stays. */
export function watchWorkersFile(
  config: Config,
  onChange: (workers: readonly WorkerEntry[]) => void,
): { stop(): void } {
  let seen = lookAt(config.workersPath);
  const timer = setInterval(() => {
    const now = lookAt(config.workersPath);
    if (now === seen) return;
    seen = now;
    try {
      const workers = rereadWorkers(config);
      onChange(workers);
      log.info("List of workers read again", { workers: workers.length });
    } catch (error) {
      log.error("The list of workers is wrong, the old one stays in force", {
        reason: messageOf(error),
      });
    }
  }, LOOK_MS);
  return { stop: () => clearInterval(timer) };
}

function lookAt(path: string): string {
  try {
    const { size, mtime } = Deno.statSync(path);
    return `${size} ${mtime?.getTime()}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "absent";
    return String(error);
  }
}
