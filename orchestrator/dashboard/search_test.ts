import { assertEquals } from "@std/assert";
import type { Store, TaskListed, TaskPage } from "../store/store.ts";
import { searchedPage } from "./search.ts";

/** A store that finds a task only in its last page; every look takes 300 ms. */
function longStore(pages: number) {
  let now = 0;
  const store = {
    page: (_: unknown, { cursor = "0" }: { cursor?: string }): Promise<TaskPage> => {
      now += 300;
      const at = Number(cursor) + 1;
      const last = at === pages;
      const tasks = last ? [{ task_id: "found" } as TaskListed] : [];
      return Promise.resolve({ tasks, next: last ? null : String(at), looked: 10 });
    },
    count: () => Promise.resolve(10 * pages),
  } as unknown as Store;
  return { store, nowMs: () => now };
}

Deno.test("searchedPage() goes on through empty pages until something is found", async () => {
  const { store, nowMs } = longStore(2);
  const found = await searchedPage(store, { text: "x" }, {
    cursor: null,
    limit: 5,
    looked: 0,
    nowMs,
  });
  assertEquals([found.tasks.length, found.next, found.looked, found.among], [1, null, 20, 20]);
});

Deno.test("searchedPage() ends when a reader has waited, and can be continued", async () => {
  const { store, nowMs } = longStore(5);
  const first = await searchedPage(store, { text: "x" }, {
    cursor: null,
    limit: 5,
    looked: 0,
    nowMs,
  });
  assertEquals([first.tasks.length, first.next, first.looked, first.among], [0, "3", 30, 50]);
  const { next: cursor, looked } = first;
  const second = await searchedPage(store, { text: "x" }, { cursor, limit: 5, looked, nowMs });
  assertEquals([second.tasks.length, second.next, second.looked], [1, null, 50]);
});

Deno.test("searchedPage() does not count what needs no search", async () => {
  const { store, nowMs } = longStore(1);
  const { among } = await searchedPage(store, { status: ["failed"] }, {
    cursor: null,
    limit: 5,
    looked: 0,
    nowMs,
  });
  assertEquals(among, null);
});
