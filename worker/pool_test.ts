import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ThreadPool, threadUrl } from "./pool.ts";
import { CHAOS } from "./testing/chaos.ts";
import type { ThreadHandle } from "./thread_handle.ts";

const task = (algorithm: string, value = 0) => ({ algorithm, parameters: { value } });

/** A pool of one thread; `idle()` resolves with the thread as soon as it is free. */
function chaosPool() {
  let announce = () => {};
  const pool = new ThreadPool({
    size: 1,
    threadUrl: CHAOS.threadUrl,
    onIdle: () => announce(),
  });
  const idle = async (): Promise<ThreadHandle> => {
    for (;;) {
      const thread = pool.take();
      if (thread !== undefined) return thread;
      await new Promise<void>((resolve) => announce = resolve);
    }
  };
  return { pool, idle };
}

async function withPool(
  test: (pool: ThreadPool, idle: () => Promise<ThreadHandle>) => Promise<void>,
): Promise<void> {
  const { pool, idle } = chaosPool();
  try {
    await pool.start();
    await test(pool, idle);
  } finally {
    pool.close();
  }
}

Deno.test("ThreadPool hands out a thread that runs chunks one after the other", () =>
  withPool(async (pool, idle) => {
    const thread = await idle();
    assertEquals(pool.take(), undefined);
    for (let chunk = 0; chunk < 2; chunk++) {
      const end = await thread.run([task("instant"), task("throws")], () => {});
      assert("outcomes" in end);
      assertEquals(end.outcomes.map(({ ending }) => ending.status), ["completed", "failed"]);
    }
    pool.giveBack(thread);
    assertEquals(pool.take(), thread);
  }));

Deno.test("ThreadPool replaces a thread that dies of a throw outside the call", () =>
  withPool(async (pool, idle) => {
    const thread = await idle();
    const end = await thread.run([task("dies", 1)], () => {});
    assert("crash" in end);
    assertStringIncludes(end.crash, "thrown by a timer");
    pool.giveBack(thread);
    const next = await idle();
    assert(next !== thread);
    assertEquals(pool.replaced, 1);
    const after = await next.run([task("instant")], () => {});
    assert("outcomes" in after);
  }));

Deno.test("ThreadPool lets no simulation end its thread in silence", () =>
  withPool(async (_pool, idle) => {
    const end = await (await idle()).run([task("closes"), task("exits")], () => {});
    assert("outcomes" in end);
    assertEquals(end.outcomes.map(({ ending }) => ending.status), ["failed", "failed"]);
  }));

Deno.test("ThreadPool settles the call of a thread that is given up", () =>
  withPool(async (pool, idle) => {
    const thread = await idle();
    const end = thread.run([task("hangs", 1000)], () => {});
    thread.terminate("It hangs");
    assertEquals(await end, { crash: "It hangs" });
    assertEquals(await thread.run([task("instant")], () => {}), { crash: "It hangs" });
    pool.giveBack(thread);
    assert(await idle() !== thread);
  }));

Deno.test("ThreadPool sends outcomes ahead of a long task in the same chunk", () =>
  withPool(async (_pool, idle) => {
    const early: number[] = [];
    const end = await (await idle()).run(
      [task("instant"), task("slow", 100), task("instant")],
      (news) => {
        assert("early_outcomes" in news);
        early.push(...news.early_outcomes.map(({ place }) => place));
      },
    );
    assert("outcomes" in end);
    assertEquals(early, [0]);
    assertEquals(end.outcomes.map(({ place }) => place), [1, 2]);
  }));

Deno.test("ThreadPool says when its threads cannot start", async () => {
  const url = new URL("./testing/broken_thread.ts", import.meta.url);
  const pool = new ThreadPool({ size: 2, threadUrl: url, onIdle: () => {} });
  await assertRejects(() => pool.start(), Error, "broken on load");
  pool.close();
});

Deno.test("threadUrl() names the source beside the source, the bundle beside the bundle", () => {
  assertEquals(threadUrl("file:///x/worker/pool.ts").href, "file:///x/worker/thread.ts");
  assertEquals(threadUrl("file:///dist/worker.js").href, "file:///dist/thread.js");
});
