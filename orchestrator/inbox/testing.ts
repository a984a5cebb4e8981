/**
 * A task folder to test with: an inbox, a real store and scheduler behind it, and no worker.
 *
 * @module
 */
import { assert } from "@std/assert";
import { join } from "node:path";
import { TASK_FILE_LIMITS } from "../../contract/task_file.ts";
import { parameterChecks } from "../../simulation/parameter_check.ts";
import { DEFAULT_POLICY } from "../core/state.ts";
import { type Hands, Scheduler } from "../scheduler.ts";
import { openSqliteStore } from "../store/sqlite.ts";
import type { Store } from "../store/store.ts";
import { Archive } from "./archive.ts";
import { Inbox } from "./inbox.ts";

const NO_HANDS: Hands = { dispatch() {}, cancel() {}, acknowledge() {}, reconnect() {} };
export const DEFAULTS = { num_particles: 100, num_steps: 500, seed: 42 };

/** A task folder with a real store and scheduler behind it, and no worker. */
export class Desk {
  readonly folder: string;
  readonly queue: string;
  readonly store: Store;
  readonly scheduler: Scheduler;
  /** Why nothing may be taken. */
  closed: string | null = null;
  inbox: Inbox;

  private constructor(folder: string, store: Store, scheduler: Scheduler) {
    this.folder = folder;
    this.queue = join(folder, "task_queues");
    this.store = store;
    this.scheduler = scheduler;
    this.inbox = this.newInbox();
  }

  static async open(): Promise<Desk> {
    const folder = await Deno.makeTempDir({ prefix: "inbox_" });
    await Deno.mkdir(join(folder, "task_queues"));
    const { store } = await openSqliteStore(join(folder, "state", "farm.db"));
    const scheduler = new Scheduler(store, { policy: DEFAULT_POLICY, seed: 1 });
    await scheduler.start(NO_HANDS);
    return new Desk(folder, store, scheduler);
  }

  newInbox(limits = TASK_FILE_LIMITS): Inbox {
    return this.inbox = new Inbox({
      closedBecause: () => Promise.resolve(this.closed),
      folder: this.queue,
      settleMs: 100,
      store: this.store,
      scheduler: this.scheduler,
      archive: new Archive(this.queue),
      algorithms: parameterChecks(DEFAULTS),
      limits,
    });
  }

  async drop(name: string, content: string | Uint8Array): Promise<void> {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    await Deno.writeFile(join(this.queue, `.${name}.part`), bytes);
    await Deno.rename(join(this.queue, `.${name}.part`), join(this.queue, name));
  }

  async list(folder: string): Promise<string[]> {
    const entries = await Array.fromAsync(Deno.readDir(join(this.queue, folder)));
    return entries.map((entry) => entry.name).sort();
  }

  /** Waits until a condition holds; the test's own time limit ends it otherwise. */
  async until(holds: () => Promise<boolean> | boolean): Promise<void> {
    for (let tries = 0; !await holds(); tries++) {
      assert(tries < 3000, "it did not come true within 30 s");
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async untilFiles(accepted: number, rejected = 0): Promise<void> {
    await this.until(async () => {
      const counts = await this.store.counts();
      return counts.files_accepted === accepted && counts.files_rejected === rejected &&
        (await this.left()).length === 0;
    });
  }

  async left(): Promise<string[]> {
    return (await this.list(".")).filter((name) => name.endsWith(".json"));
  }

  async close(): Promise<void> {
    await this.inbox.stop();
    await this.scheduler.stop();
    await this.store.close();
    await Deno.remove(this.folder, { recursive: true });
  }
}

export function deskTest(name: string, body: (desk: Desk) => Promise<void>): void {
  Deno.test(name, async () => {
    const desk = await Desk.open();
    try {
      await body(desk);
    } finally {
      await desk.close();
    }
  });
}

export function fileOf(...ids: string[]): string {
  const tasks = ids.map((task_id) => ({
    task_id,
    algorithm: "python",
    parameters: { num_particles: 2, num_steps: 3, seed: 4 },
  }));
  return JSON.stringify({ tasks });
}
