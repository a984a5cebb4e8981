/**
 * Programs that are killed: F1 the orchestrator, F2 workers, F26 again and again, F25 two at once,
 * F27 one after the other.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { endless, Farm, middling, places, tinies, withFarm } from "./farm.ts";
import { assertIntact } from "./ledger.ts";
import {
  chanceOf,
  faultTest,
  quantile,
  record,
  secondsSince,
  sized,
  sleep,
  until,
} from "./level.ts";
import { SimulatedWorker } from "../../tools/testing/simulated_worker.ts";

const SEED = Number(Deno.env.get("FAULTS_SEED") ?? 20240708);

faultTest("F1 an orchestrator killed at random moments loses and doubles nothing", {}, async () => {
  const kills = sized({ quick: 8, long: 25, full: 200 });
  const tasksEach = sized({ quick: 150, long: 400, full: 400 });
  const chance = chanceOf(SEED);
  const workers = ["worker-01", "worker-02", "worker-03"].map((id) =>
    new SimulatedWorker(id, { capacity: 8, workMs: 20 })
  );
  try {
    await withFarm({ places: workers }, async (farm) => {
      const serves: number[] = [];
      for (let kill = 0; kill < kills; kill++) {
        await farm.drop(`load${kill}.json`, tinies(`t${kill}`, tasksEach));
        await sleep(chance() * 900);
        await farm.kill();
        await farm.ledger.look(farm.folder);
        const startMs = performance.now();
        await farm.startOrchestrator();
        serves.push(secondsSince(startMs));
      }
      await farm.untilCount(kills * tasksEach, "completed");
      const audit = await farm.ledger.audit(farm);
      assertIntact(audit, { accepted: kills * tasksEach, completed: kills * tasksEach });
      const twice = workers.flatMap((worker) => [...worker.begun.values()]).filter((n) => n > 1);
      assertEquals(twice, [], "an attempt was begun twice on one worker");
      record({
        fault: "F1",
        what: `${kills} kills of the orchestrator, ${kills * tasksEach} tasks`,
        recovery: `p50 ${quantile(serves, 0.5)}, max ${quantile(serves, 1)}`,
        lost: audit.lost,
        double: audit.double,
        note: `seed ${SEED}`,
      });
    });
  } finally {
    await Promise.all(workers.map((worker) => worker.close()));
  }
});

/** Kills the worker that runs `id` and measures until another one runs it. */
async function rerun(farm: Farm, id: string): Promise<number> {
  const victim = await farm.atWork(id);
  // A worker that dies again and again within a second is looked after less and less often.
  await sleep(1100);
  const startMs = performance.now();
  await farm.workers.get(victim)!.kill();
  await until(`${id} runs elsewhere`, async () => {
    const task = await farm.task<{ status: string; assigned_worker: string }>(id);
    return task?.assigned_worker !== victim && task?.status === "running";
  });
  return secondsSince(startMs);
}

faultTest("F2 a killed worker's tasks run elsewhere at once", {}, async () => {
  const rounds = sized({ quick: 2, long: 12 });
  const list = places([1, 1]);
  await withFarm({ places: list }, async (farm) => {
    await Promise.all(list.map((place) => farm.startWorker(place)));
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const id = `endless-${round}`;
      await farm.drop(`${id}.json`, [endless(id)]);
      times.push(await rerun(farm, id));
      await fetch(`${farm.client.url}/tasks/${id}`, { method: "DELETE" })
        .then((answer) => answer.body?.cancel());
      await Promise.all(
        list.filter(({ id }) => dead(farm, id)).map((place) => farm.startWorker(place)),
      );
      await until("both workers are there", async () => {
        const workers = await farm.client.get<{ status: string }[]>("/workers");
        return workers.every((worker) => worker.status === "active");
      });
    }
    const audit = await farm.ledger.audit(farm);
    assertIntact(audit, { accepted: rounds, cancelled: rounds });
    assert(quantile(times, 1) <= 15, `a rerun took ${quantile(times, 1)} s`);
    record({
      fault: "F2",
      what: `${rounds} kills of a busy worker (connection refused)`,
      recovery: `p50 ${quantile(times, 0.5)}, p99 ${quantile(times, 0.99)}`,
      lost: audit.lost,
      double: audit.double,
    });
  });
});

function dead(farm: Farm, id: string): boolean {
  try {
    Deno.kill(farm.workers.get(id)!.process.pid, "SIGCONT");
    return false;
  } catch {
    return true;
  }
}

faultTest(
  "F25 a second orchestrator in the same folder or on the same queue refuses",
  {},
  async () => {
    const list = places([1]);
    await withFarm({ places: list }, async (farm) => {
      const refusal = async (env: Record<string, string>) => {
        const other = await Farm.start({ folder: farm.folder, places: list, env })
          .catch((error: Error) => error.message);
        if (typeof other === "string") return other;
        await other.kill();
        return "it started";
      };
      assert((await refusal({})).includes("Another orchestrator"));
      // Another store, the same queue: both would take the same files.
      assert((await refusal({ STATE_DIR: "other_state" })).includes("Another orchestrator"));
      await farm.startWorker(list[0]!);
      await farm.drop("after.json", tinies("after", 20));
      await farm.untilCount(20, "completed");
      const audit = await farm.ledger.audit(farm);
      assertIntact(audit, { accepted: 20, completed: 20 });
      record({
        fault: "F25",
        what: "second orchestrator, same state or same queue",
        lost: 0,
        double: 0,
      });
    });
  },
);

faultTest("F26 an orchestrator restarted again and again still gets on", {}, async () => {
  const restarts = sized({ quick: 4, long: 30, full: 150 });
  const worker = new SimulatedWorker("worker-01", { capacity: 4, workMs: 40 });
  try {
    await withFarm({ places: [worker] }, async (farm) => {
      const count = restarts * 100;
      await farm.drop("load.json", tinies("t", count));
      await farm.untilCount(1, "completed");
      let before = 0;
      let idle = 0;
      for (let restart = 0; restart < restarts; restart++) {
        await sleep(1000);
        const { completed = 0 } = await farm.statsOrNull() ?? {};
        if (completed === before && completed < count) idle++;
        before = completed;
        await farm.kill();
        await farm.startOrchestrator();
      }
      assertEquals(idle, 0, "no task completed between two restarts");
      await farm.untilCount(count, "completed");
      const audit = await farm.ledger.audit(farm);
      assertIntact(audit, { accepted: count, completed: count });
      const { lost, double } = audit;
      record({
        fault: "F26",
        what: `${restarts} restarts, one a second, ${count} tasks`,
        lost,
        double,
      });
    });
  } finally {
    await worker.close();
  }
});

faultTest("F27 an orderly restart leaves running tasks with their workers", {}, async () => {
  const list = places([2]);
  await withFarm({ places: list }, async (farm) => {
    await farm.startWorker(list[0]!);
    await farm.drop("work.json", [middling("a"), middling("b"), ...tinies("t", 30)]);
    await farm.atWork("a");
    await farm.orchestrator!.stop();
    await farm.startOrchestrator();
    await farm.untilCount(32, "completed");
    const audit = await farm.ledger.audit(farm);
    assertIntact(audit, { accepted: 32, completed: 32 });
    const task = await farm.task<{ attempts: unknown[]; redistributions: number }>("a");
    assertEquals([task!.attempts.length, task!.redistributions], [1, 0]);
    record({
      fault: "F27",
      what: "orderly restart with tasks in flight",
      lost: 0,
      double: 0,
      note: "running tasks are reattached, none runs twice",
    });
  });
});

faultTest("F27 a worker of another contract version gets nothing and says why", {}, async () => {
  const old = new SimulatedWorker("worker-01", { contract: 0 });
  const good = new SimulatedWorker("worker-02");
  try {
    await withFarm({ places: [old, good] }, async (farm) => {
      await farm.drop("work.json", tinies("t", 50));
      await farm.untilCount(50, "completed");
      assertEquals(old.begun.size, 0);
      const health = await farm.client.get<{ warnings: string[] }>("/health");
      assert(
        health.warnings.some((warning) => warning.includes("contract version 0")),
        String(health.warnings),
      );
      assertIntact(await farm.ledger.audit(farm), { completed: 50 });
    });
  } finally {
    await Promise.all([old.close(), good.close()]);
  }
});
