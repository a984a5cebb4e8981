/**
 * The task folder of a simulated world and the door of one orchestrator process to it, with the
 * steps of the real inbox: receive, one commit, move; and mending of a move that was cut off.
 *
 * @module
 */
import type { NewEvent, Scheduler } from "../../orchestrator/scheduler.ts";
import type { BatchStart } from "../../orchestrator/store/store.ts";
import type { Kernel, Process } from "./kernel.ts";
import type { FarmLedger } from "./ledger.ts";
import type { SimStore } from "./memory_store.ts";
import { checkedTask, type TaskFile } from "./tasks.ts";

const RESCAN_MS = 700;

/** What is on the disk: it outlives every process. */
export interface Folder {
  readonly dropped: Map<string, TaskFile>;
  readonly processed: Set<string>;
  /** Receipts as the store keeps them: name of the file → the newest one. */
  readonly receipts: Map<string, BatchStart>;
  /** Files of which the acceptance is on its way. */
  readonly starts: Map<string, BatchStart>;
  /** Names that were given out: archived names are never used twice. */
  copies: number;
}

export function createFolder(): Folder {
  return {
    dropped: new Map(),
    processed: new Set(),
    receipts: new Map(),
    starts: new Map(),
    copies: 0,
  };
}

export interface InboxRooms {
  readonly kernel: Kernel;
  readonly process: Process;
  readonly folder: Folder;
  readonly store: SimStore;
  readonly scheduler: Scheduler;
  readonly ledger: FarmLedger;
}

export class SimInbox {
  readonly #rooms: InboxRooms;
  #isFirstScan = true;
  #isStopped = false;

  constructor(rooms: InboxRooms) {
    this.#rooms = rooms;
  }

  async run(): Promise<void> {
    const { process, folder } = this.#rooms;
    while (!this.#isStopped) {
      for (const file of [...folder.dropped.values()]) {
        if (this.#isStopped) return;
        try {
          await this.#take(file);
        } catch {
          // The store has no room now; the file stays where it is.
        }
      }
      this.#isFirstScan = false;
      await process.sleep(RESCAN_MS);
    }
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #take(file: TaskFile): Promise<void> {
    const { folder, process, kernel } = this.#rooms;
    const receipt = folder.receipts.get(file.name);
    const isUnmoved = this.#isFirstScan && receipt?.sha256 === file.bytes &&
      !folder.processed.has(receipt.archived_as);
    const archivedAs = isUnmoved ? receipt.archived_as : await this.#accept(file);
    await process.sleep(kernel.chance.between(0, 3));
    folder.processed.add(archivedAs);
    if (folder.dropped.get(file.name) === file) folder.dropped.delete(file.name);
    kernel.trace(`${file.name} is moved`);
  }

  async #accept(file: TaskFile): Promise<string> {
    const { store, scheduler, ledger, folder, process, kernel } = this.#rooms;
    const start = startOf(file, `${file.name}.${++folder.copies}`, process.now().wall);
    const intake = await store.receive(start);
    ledger.offer(start.id, file.tasks);
    folder.starts.set(start.id, start);
    try {
      await intake.add(file.tasks.map(checkedTask));
      await scheduler.request(async (): Promise<NewEvent> => {
        const { queues, requeue } = await intake.finish({ rerun: file.rerun });
        ledger.askRerun(requeue.map((row) => row.task_id));
        return { kind: "batch_accepted", batch: start.id, queues, requeue };
      });
    } catch (error) {
      await intake.abandon();
      throw error;
    }
    ledger.batchPromised(start.id);
    kernel.trace(`${file.name} is accepted as ${start.id}`);
    return start.id;
  }
}

function startOf(file: TaskFile, id: string, at: number): BatchStart {
  return {
    id,
    file: file.name,
    archived_as: id,
    sha256: file.bytes,
    bytes: file.bytes.length,
    received_at: at,
    metadata: null,
  };
}
