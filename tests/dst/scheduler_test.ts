import { assert, assertEquals } from "@std/assert";
import { DEFAULT_POLICY } from "../../orchestrator/core/state.ts";
import { type Hands, Scheduler } from "../../orchestrator/scheduler.ts";
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
  const intake = await store.receive({
    id: "b",
    file: "b.json",
    archived_as: "b.json",
    sha256: "",
    bytes: 1,
    received_at: 0,
    metadata: null,
  });
  await intake.add([checkedTask(task, 0)]);
  const { queues } = await intake.finish({ rerun: false });
  await store.commit([{ kind: "batch_accepted", batch: "b", at: 0 }]);
  disk.failing = "io";
  scheduler.submit({ kind: "queues_found", queues });
  await kernel.run(11_000);
  assert(claims.count <= 3, `${claims.count} claims in 10 s`);
  disk.failing = null;
  await kernel.run(12_000);
  assertEquals([...scheduler.state.window.keys()], ["t1"]);
});
