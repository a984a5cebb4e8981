import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { reopening } from "./reopening.ts";
import { openSqliteStore } from "./sqlite.ts";
import { type Store, StoreError } from "./store.ts";

async function withStore(body: (path: string, store: Store) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "farm.db");
  const { store } = await openSqliteStore(path);
  try {
    await body(path, store);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const DOWN = new StoreError("io", "The disk failed", { down: true });

Deno.test("reopening() passes the failure on once, and then works on a fresh store", async () => {
  await withStore(async (path, first) => {
    let failing = true;
    const breaking: Store = {
      ...first,
      counts: () => failing ? Promise.reject(DOWN) : first.counts(),
    };
    const store = reopening(breaking, async () => (await openSqliteStore(path)).store);
    await assertRejects(() => store.counts(), StoreError, "The disk failed");
    failing = false;
    assertEquals((await store.counts()).total, 0);
    assertEquals(store.farm, first.farm);
    await store.close();
    await assertRejects(() => first.counts(), StoreError);
  });
});

Deno.test("reopening() goes on trying while the store cannot be opened", async () => {
  await withStore(async (path, first) => {
    const breaking: Store = { ...first, counts: () => Promise.reject(DOWN) };
    let opened = 0;
    const store = reopening(breaking, async () => {
      if (++opened < 3) throw new StoreError("io", "Still broken");
      return (await openSqliteStore(path)).store;
    });
    await assertRejects(() => store.counts(), StoreError, "The disk failed");
    await assertRejects(() => store.counts(), StoreError, "Still broken");
    await assertRejects(() => store.counts(), StoreError, "Still broken");
    assertEquals((await store.counts()).total, 0);
    await store.close();
  });
});

Deno.test("reopening() keeps a store whose failure it can live with", async () => {
  await withStore(async (_path, first) => {
    const full = new StoreError("full", "No space");
    const breaking: Store = { ...first, queues: () => Promise.reject(full) };
    const store = reopening(breaking, () => Promise.reject(new Error("not to be opened")));
    await assertRejects(() => store.queues(), StoreError, "No space");
    assertEquals((await store.counts()).total, 0);
    await store.close();
  });
});
