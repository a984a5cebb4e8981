/**
 * When the farm takes no more tasks: the queue is long enough, or a disk is nearly full. Files then
 * stay where they are, and `POST /tasks` answers 503.
 *
 * @module
 */
import type { Config } from "./config.ts";
import type { DiskWatch } from "./disk_watch.ts";
import type { Store } from "./store/store.ts";

/** A question that the inbox asks before each file: why not, or null. */
export function backpressure(
  config: Config,
  { store, disk }: { store: Store; disk: DiskWatch },
): () => Promise<string | null> {
  return async () => {
    if (disk.problem !== null) return disk.problem;
    const { pending, redistributed } = (await store.counts()).status;
    const waiting = pending + redistributed;
    if (waiting < config.tasksWaitingMax) return null;
    return `${waiting} tasks wait already, the limit is ${config.tasksWaitingMax} ` +
      `(TASKS_WAITING_MAX): no task file is taken until some are done`;
  };
}
