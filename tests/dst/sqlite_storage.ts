/**
 * The real store under a simulated farm. A crash is a copy of its files as they lie on the disk at
 * that moment, opened anew.
 *
 * @module
 */
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { openSqliteStore } from "../../orchestrator/store/sqlite.ts";
import type { Store } from "../../orchestrator/store/store.ts";
import type { SimStore } from "./memory_store.ts";
import type { Storage } from "./world.ts";

class SqliteStorage implements Storage {
  readonly #folder: string;
  #lives = 0;
  #opening: Promise<Store>;
  readonly store: SimStore;
  readonly settle = async () => {
    // The store itself now and then waits for the next turn of the event loop.
    await setImmediate();
    await setImmediate();
  };

  constructor(folder: string) {
    this.#folder = folder;
    Deno.mkdirSync(this.#path);
    this.#opening = this.#open();
    const now = <T>(act: (store: Store) => Promise<T>) => this.#opening.then(act);
    this.store = {
      receive: (start) => now((store) => store.receive(start)),
      commit: (changes) => now((store) => store.commit(changes)),
      claim: (key, after, limit) => now((store) => store.claim(key, after, limit)),
      queues: () => now((store) => store.queues()),
      unfinished: () => now((store) => store.unfinished()),
      load: (ids) => now((store) => store.load(ids)),
      counts: () => now((store) => store.counts()),
      recount: () => now((store) => store.recount()),
      removeEnded: (options) =>
        now(async (store) => {
          await writeResults(store);
          return await store.removeEnded(options);
        }),
    };
  }

  get #path(): string {
    return join(this.#folder, String(this.#lives));
  }

  async #open(): Promise<Store> {
    const { store } = await openSqliteStore(join(this.#path, "farm.db"), { farm: "farm" });
    return store;
  }

  crashed(): void {
    const before = this.#path;
    const dead = this.#opening;
    this.#lives++;
    Deno.mkdirSync(this.#path);
    for (const { name } of Deno.readDirSync(before)) {
      Deno.copyFileSync(join(before, name), join(this.#path, name));
    }
    this.#opening = dead.then((store) => store.close()).then(() => this.#open());
  }

  async close(): Promise<void> {
    await (await this.#opening).close();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/** Results in no file hold their tasks back, and there are no files here. */
async function writeResults(store: Store): Promise<void> {
  const name = crypto.randomUUID();
  const file = await store.planResultFile(() => name, { at: 0, limit: 1_000_000 });
  if (file !== null) await store.resultFileWritten(name);
}

/** A new store in a folder of its own. Close it to remove that. */
export async function openSqliteStorage(): Promise<SqliteStorage> {
  return new SqliteStorage(await Deno.makeTempDir({ prefix: "dst_" }));
}
