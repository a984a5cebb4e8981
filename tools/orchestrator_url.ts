/**
 * Which orchestrator a command line tool talks to.
 *
 * @module
 */
import { join } from "node:path";
import { readQueueNote } from "../orchestrator/queue_lock.ts";
import { UsageError } from "../platform/arguments.ts";
import { t } from "../platform/words.ts";

/** Where the orchestrator of this machine listens. */
export const LOCAL_ORCHESTRATOR = "http://127.0.0.1:5000";

/**
 * The one that is named, else the one that watches, or last watched, the task folder in here: with
 * its usual port taken it listens on another.
 *
 * @throws {UsageError} When `--orchestrator` is no http address.
 */
export function orchestratorUrl(flag: string | undefined, folder = Deno.cwd()): string {
  if (flag === undefined) return noted(join(folder, "task_queues")) ?? LOCAL_ORCHESTRATOR;
  if (/^https?:$/.test(URL.parse(flag)?.protocol ?? "")) return flag;
  const takes = t("takes.url", { url: LOCAL_ORCHESTRATOR });
  throw new UsageError(t("flag.wrong", { flag: "orchestrator", value: flag, takes }));
}

function noted(queue: string): string | null {
  try {
    const note = readQueueNote(queue);
    return /^https?:\/\/\S+$/.test(note) ? note : null;
  } catch {
    // A folder that cannot be read says nothing about where to ask.
    return null;
  }
}
