/**
 * Networks that fail between orchestrator and workers: F5 and F6 partitions, F7 a bad line, F8 a
 * lost answer.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { middling, places, tinies, tiny, withFarm } from "./farm.ts";
import { assertIntact } from "./ledger.ts";
import { faultTest, record, secondsSince, sized, sleep, until } from "./level.ts";
import { FaultProxy } from "./proxy.ts";
import { keyOf, SimulatedWorker } from "../../tools/testing/simulated_worker.ts";

/** A simulated worker behind a proxy, and one that is reached directly. */
async function withProxied(
  options: { far: ConstructorParameters<typeof SimulatedWorker>[1]; seed?: number },
  body: (rig: { far: SimulatedWorker; near: SimulatedWorker; proxy: FaultProxy }) => Promise<void>,
): Promise<void> {
  const far = new SimulatedWorker("worker-01", options.far);
  const near = new SimulatedWorker("worker-02", { capacity: 2, workMs: 20 });
  const proxy = new FaultProxy(far.port, { seed: options.seed ?? 1 });
  try {
    await body({ far, near, proxy });
  } finally {
    await proxy.close();
    await Promise.all([far.close(), near.close()]);
  }
}

function listOf(rig: { far: SimulatedWorker; near: SimulatedWorker; proxy: FaultProxy }) {
  return [{ id: rig.far.id, port: rig.proxy.port }, rig.near];
}

interface TaskAnswer {
  readonly status: string;
  readonly assigned_worker: string;
  readonly redistributions: number;
  readonly attempts: unknown[];
}

for (const seconds of [1, 30, 300]) {
  const long = seconds > 1;
  const missing = seconds === 300 && sized({ quick: true, long: true, full: false })
    ? "needs FAULTS=full"
    : null;
  faultTest(`F5 a partition of ${seconds} s heals`, { long, missing }, async () => {
    await withProxied({ far: { capacity: 2, workMs: null } }, async (rig) => {
      const { far, proxy } = rig;
      await withFarm({ places: listOf(rig) }, async (farm) => {
        const count = sized({ quick: 200, long: 200, full: 10_000 });
        await farm.drop("load.json", tinies("t", count));
        await until("the far worker has work", () => far.held.size === 2);
        const held = [...far.held.values()];
        proxy.partition();
        const startMs = performance.now();
        // It goes on computing and ends while nobody hears it.
        far.workMs = 20;
        for (const ref of held) far.complete(ref);
        await sleep(seconds * 1000);
        proxy.heal();
        // What was under way is gone: both ends find out when they next speak.
        proxy.reset();
        await farm.untilCount(count, "completed");
        await until(
          "its outcomes are acknowledged",
          () => held.every((ref) => far.acknowledged.has(keyOf(ref))),
        );
        const audit = await farm.ledger.audit(farm);
        assertIntact(audit, { accepted: count, completed: count });
        const tasks = await Promise.all(held.map((ref) => farm.task<TaskAnswer>(ref.task_id)));
        // Shorter than the lease nothing is taken away; longer it is, and has run elsewhere.
        for (const task of tasks) assertEquals(task!.redistributions, seconds < 6 ? 0 : 1);
        record({
          fault: "F5",
          what: `partition of ${seconds} s, both ways, ${count} tasks`,
          recovery: Math.round((secondsSince(startMs) - seconds) * 100) / 100,
          lost: audit.lost,
          double: audit.double,
        });
      });
    });
  });
}

faultTest(
  "F6 a worker that hears and is not heard loses its tasks, not its results",
  {},
  async () => {
    await withProxied({ far: { capacity: 2, workMs: null } }, async (rig) => {
      const { far, near, proxy } = rig;
      await withFarm({ places: listOf(rig) }, async (farm) => {
        const count = sized({ quick: 40, long: 40, full: 10_000 });
        await farm.drop("load.json", tinies("t", count));
        await until("the far worker has work", () => far.held.size === 2);
        const held = [...far.held.values()];
        const startMs = performance.now();
        proxy.set({ silentFrom: true });
        await farm.untilCount(count, "completed");
        const recovery = secondsSince(startMs);
        for (const ref of held) assertEquals(near.begun.has(keyOf({ ...ref, attempt: 2 })), true);
        for (const ref of held) far.complete(ref);
        proxy.heal();
        proxy.reset();
        await until("the late outcomes are acknowledged", () => far.ended.size === 0);
        const audit = await farm.ledger.audit(farm);
        assertIntact(audit, { accepted: count, completed: count });
        assert(far.heldMax <= 2 && near.heldMax <= 1002, `held ${far.heldMax}`);
        record({
          fault: "F6",
          what: `one-way partition, ${count} tasks`,
          recovery,
          lost: audit.lost,
          double: audit.double,
        });
      });
    });
  },
);

faultTest("F7 a slow and shaky line kills nobody", { long: true }, async () => {
  await withProxied({ far: { capacity: 4, workMs: 100 }, seed: 7 }, async (rig) => {
    const { far, near, proxy } = rig;
    await near.close();
    proxy.set({ delayMs: 200, jitterMs: 100, bytesPerSecond: 8000, resetChance: 0.05 });
    await withFarm({ places: [{ id: far.id, port: proxy.port }] }, async (farm) => {
      const count = sized({ quick: 40, long: 300, full: 10_000 });
      const startMs = performance.now();
      await farm.drop("load.json", tinies("t", count));
      await farm.untilCount(count, "completed");
      const audit = await farm.ledger.audit(farm);
      assertIntact(audit, { accepted: count, completed: count });
      const twice = [...far.begun.values()].filter((times) => times > 1);
      assertEquals(twice, []);
      const { redistributed_total } = await farm.stats();
      record({
        fault: "F7",
        what: `64 kbit/s, 200 ± 100 ms, 5 % resets, ${count} tasks`,
        recovery: `${secondsSince(startMs)} in all`,
        lost: audit.lost,
        double: audit.double,
        note: `${proxy.resets} resets, ${redistributed_total} tasks taken back`,
      });
    });
  });
});

faultTest("F8 a dispatch whose answer is lost is not run twice", {}, async () => {
  const count = sized({ quick: 60, long: 60, full: 10_000 });
  let lost = 0;
  const worker: SimulatedWorker = new SimulatedWorker("worker-01", {
    capacity: 2,
    workMs: 15,
    // So long that nothing is sent ahead: many small dispatches.
    executionMs: 1000,
    // Every second answer is lost after the worker has taken the tasks.
    answer: async (path, request): Promise<Response | void> => {
      if (path !== "/dispatch" || lost >= count / 2) return;
      const { tasks } = await request.json();
      const reply = worker.dispatch(tasks);
      return worker.calls.get(path)! % 2 === 1 && lost++ >= 0
        ? brokenAnswer()
        : Response.json(reply);
    },
  });
  try {
    await withFarm({ places: [worker] }, async (farm) => {
      await farm.drop("load.json", tinies("t", count));
      await farm.untilCount(count, "completed");
      assert(lost > 0);
      assertEquals([...worker.begun.values()].filter((times) => times > 1), []);
      const audit = await farm.ledger.audit(farm);
      assertIntact(audit, { accepted: count, completed: count });
      const again = [...worker.begun.keys()].filter((key) => !key.endsWith("#1"));
      assertEquals(again, [], "a lost answer cost an attempt");
      record({
        fault: "F8",
        what: `${lost} lost answers to dispatches, ${count} tasks`,
        lost: audit.lost,
        double: audit.double,
      });
    });
  } finally {
    await worker.close();
  }
});

/** Headers and half a body, then the connection breaks. */
function brokenAnswer(): Response {
  return new Response(
    new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"accepted":['));
        setTimeout(() => controller.error(new Error("lost")), 20);
      },
    }),
  );
}

faultTest(
  "F3 a worker stopped for longer than its lease overwrites nothing",
  { long: true },
  async () => {
    const list = places([1, 1]);
    await withFarm({ places: list }, async (farm) => {
      await Promise.all(list.map((place) => farm.startWorker(place)));
      await farm.drop("two.json", [middling("a"), tiny("b")]);
      const victim = await farm.atWork("a");
      const { process } = farm.workers.get(victim)!;
      process.kill("SIGSTOP");
      const startMs = performance.now();
      await until("its task runs elsewhere", async () => {
        const task = await farm.task<TaskAnswer>("a");
        return task?.status === "completed" || task?.assigned_worker !== victim;
      });
      const detection = secondsSince(startMs);
      await farm.untilCount(2, "completed");
      const before = await farm.task<{ result: { metrics: unknown } }>("a");
      await sleep(Math.max(0, 30_000 - (performance.now() - startMs)));
      process.kill("SIGCONT");
      await until("it is back", async () => {
        const workers = await farm.client.get<{ id: string; status: string }[]>("/workers");
        return workers.find(({ id }) => id === victim)?.status === "active";
      });
      await farm.drop("more.json", tinies("t", 50));
      await farm.untilCount(52, "completed");
      const after = await farm.task<{ result: { metrics: unknown } }>("a");
      assertEquals(after!.result, before!.result);
      const audit = await farm.ledger.audit(farm);
      assertIntact(audit, { accepted: 52, completed: 52 });
      record({
        fault: "F3",
        what: "worker stopped for 30 s",
        detection,
        lost: audit.lost,
        double: audit.double,
      });
    });
  },
);

faultTest("F4 an orchestrator that was stopped blames nobody for it", {}, async () => {
  const seconds = sized({ quick: 9, long: 60 });
  const list = places([1, 1]);
  await withFarm({ places: list }, async (farm) => {
    await Promise.all(list.map((place) => farm.startWorker(place)));
    const timed = { ...middling("a"), timeout: 30 };
    await farm.drop("two.json", [timed, middling("b"), ...tinies("t", 20)]);
    await farm.atWork("a");
    const { process } = farm.orchestrator!;
    process.kill("SIGSTOP");
    await sleep(seconds * 1000);
    process.kill("SIGCONT");
    const startMs = performance.now();
    await farm.untilCount(22, "completed");
    const tasks = await farm.client.get<(TaskAnswer & { retry_count: number })[]>("/tasks");
    for (const task of tasks) assertEquals([task.retry_count, task.redistributions], [0, 0]);
    const audit = await farm.ledger.audit(farm);
    assertIntact(audit, { accepted: 22, completed: 22 });
    record({
      fault: "F4",
      what: `orchestrator stopped for ${seconds} s`,
      recovery: secondsSince(startMs),
      lost: audit.lost,
      double: audit.double,
      note: "no lease expired, no retry spent",
    });
  });
});
