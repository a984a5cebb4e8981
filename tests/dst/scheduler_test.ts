import { assert, assertEquals } from "@std/assert";
import { DEFAULT_POLICY } from "../../orchestrator/core/state.ts";
import { type Hands, Scheduler } from "../../orchestrator/scheduler.ts";
import { accept, apply, assigned, failed } from "../../orchestrator/store/store_testing.ts";
import { Disk } from "./disk.ts";
import { Kernel, Process } from "./kernel.ts";
import { MemoryStore, type SimStore } from "./memory_store.ts";
import { checkedTask, drawTask } from "./tasks.ts";

const NO_HANDS: Hands = { dispatch() {}, cancel() {}, acknowledge() {}, reconnect() {} };

/** A scheduler in virtual time on a disk that can fail; counts the claims. */
async function startScheduler() {
  const kernel = new Kernel(1);
  const store = new MemoryStore();
  const disk = new Disk({ kernel, store, onDurable: () => {}, lostCommits: 0 });
  const process = new Process(kernel, "orchestrator");
  const opened = disk.open(process);
  const claims = { count: 0 };
  const counting: SimStore = {
    ...opened,
    claim: (key, after, limit) => {
      claims.count++;
      return opened.claim(key, after, limit);
    },
  };
  const scheduler = new Scheduler(counting, {
    policy: DEFAULT_POLICY,
    clock: process,
    timers: {
      breathe: () => process.sleep(0),
      pause: (ms) => process.sleep(ms),
      every: (ms, act) => process.every(ms, act),
    },
    seed: 1,
  });
  void scheduler.start(NO_HANDS);
  await kernel.run(1000);
  return { kernel, disk, store, scheduler, claims };
}

Deno.test("Scheduler leaves a drained worker drained when the store fails and works again", async () => {
  const { kernel, disk, scheduler } = await startScheduler();
  const worker = { id: "a", capacity: 1, algorithms: null, weight: 1, address: "a:1" };
  scheduler.submit({ kind: "workers_configured", workers: [worker] });
  scheduler.submit({ kind: "worker_drain_requested", worker: "a", drain: true });
  await kernel.run(2000);
  disk.failing = "full";
  scheduler.submit({ kind: "batch_accepted", batch: "b", queues: [], requeue: [] });
  await kernel.run(4000);
  assert(scheduler.storeError !== null);
  disk.failing = null;
  await kernel.run(6000);
  assertEquals(scheduler.storeError, null);
  assertEquals(scheduler.state.workers.get("a")?.drained, true);
});

Deno.test("Scheduler does not claim in a hurry from a store that fails", async () => {
  const { kernel, disk, store, scheduler, claims } = await startScheduler();
  const task = { ...drawTask(kernel.chance, "t1", 0), priority: 5, algorithm: "python" as const };
  const { queues } = await accept(store, "b", [checkedTask(task, 0)]);
  disk.failing = "io";
  scheduler.submit({ kind: "queues_found", queues });
  await kernel.run(11_000);
  assert(claims.count <= 3, `${claims.count} claims in 10 s`);
  disk.failing = null;
  await kernel.run(12_000);
  assertEquals([...scheduler.state.window.keys()], ["t1"]);
});

Deno.test("Scheduler.request() lets a removal come before requests that read the same tasks", async () => {
  const { kernel, store, scheduler } = await startScheduler();
  const task = { ...drawTask(kernel.chance, "t1", 0), priority: 5, algorithm: "python" as const };
  await accept(store, "b", [checkedTask(task, 0)]);
  await apply(store, ["t1"], assigned);
  await apply(store, ["t1"], failed);
  const found: number[] = [];
  const retry = scheduler.request(async () => {
    const tasks = await store.load(["t1"]);
    found.push(tasks.length);
    return { kind: "retry_requested", tasks };
  });
  const removal = scheduler.request(async () => {
    found.push((await store.removeEnded({ before: Infinity })).tasks);
    return null;
  }, { first: true });
  await kernel.run(2000);
  await Promise.all([retry, removal]);
  assertEquals(found, [1, 0]);
  assertEquals(scheduler.storeError, null);
});
