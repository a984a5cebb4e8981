/**
 * Outcomes that come too often, too late, too early, or from the wrong one: F9, F10, F11, and F28,
 * tasks that hang or are cancelled at the worst moment.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { type Farm, tinies, tiny, withFarm } from "./farm.ts";
import { assertIntact, digestOfTask } from "./ledger.ts";
import { chanceOf, faultTest, record, secondsSince, sized, sleep, until } from "./level.ts";
import {
  completed,
  digestOf,
  outcomeOf,
  SimulatedWorker,
} from "../../tools/testing/simulated_worker.ts";

type Options = ConstructorParameters<typeof SimulatedWorker>[1];

/** A farm with simulated workers `worker-01` and so on. */
async function withSimulated(
  options: readonly Options[],
  body: (farm: Farm, workers: SimulatedWorker[]) => Promise<void>,
  env: Record<string, string> = {},
): Promise<void> {
  const workers = options.map((each, at) => new SimulatedWorker(`worker-0${at + 1}`, each));
  try {
    await withFarm({ places: workers, env }, (farm) => body(farm, workers));
  } finally {
    await Promise.all(workers.map((worker) => worker.close()));
  }
}

function outcomes(...all: unknown[]) {
  return { type: "outcomes", outcomes: all };
}

faultTest(
  "F9 the same completion a hundred times, and again after a restart, counts once",
  {},
  async () => {
    await withSimulated([{ workMs: null }], async (farm, [worker]) => {
      await farm.drop("one.json", [tiny("a")]);
      const ref = await until("it is dispatched", () => [...worker!.held.values()][0]);
      const outcome = outcomeOf(ref, completed(digestOf("a")));
      worker!.complete(ref);
      for (let time = 0; time < 99; time++) worker!.say(outcomes(outcome));
      worker!.say(outcomes(...Array.from({ length: 100 }, () => outcome)));
      await farm.untilCount(1, "completed");
      farm.ledger.resultSeen("a", digestOf("a"));
      await farm.kill();
      await farm.startOrchestrator();
      await until("it is connected again", () => worker!.streams > 0);
      for (let time = 0; time < 100; time++) worker!.say(outcomes(outcome));
      worker!.heartbeat();
      await farm.drop("next.json", [tiny("b")]);
      await until("b is dispatched", () => worker!.held.has("b#1"));
      worker!.complete({ task_id: "b", attempt: 1 });
      await farm.untilCount(2, "completed");
      const task = await farm.task<{ attempts: unknown[] }>("a");
      assertEquals(task!.attempts.length, 1);
      const audit = await farm.ledger.audit(farm);
      assertIntact(audit, { accepted: 2, completed: 2 });
      record({
        fault: "F9",
        what: "one completion 300 times, a restart between",
        lost: audit.lost,
        double: audit.double,
      });
    });
  },
);

faultTest("F10 forged outcomes change nothing, true ones still count", {}, async () => {
  await withSimulated(
    [{ workMs: null, capacity: 1 }, { workMs: null, capacity: 1 }],
    async (farm, workers) => {
      await farm.drop("two.json", [tiny("a"), tiny("b")]);
      await until("both have one", () => workers.every((worker) => worker.held.size === 1));
      const [honest, liar] = workers as [SimulatedWorker, SimulatedWorker];
      const ref = [...honest.held.values()][0]!;
      const forged = completed("f".repeat(64));
      const { task_id } = ref;
      liar.say(outcomes(
        outcomeOf(ref, forged), // another worker's attempt
        outcomeOf({ task_id, attempt: 2 }, forged), // an attempt that is not there yet
        outcomeOf({ task_id: "nobody", attempt: 1 }, forged), // a task that is not there
        outcomeOf({ task_id: "../../etc/passwd", attempt: 1 }, forged),
        outcomeOf(ref, {
          status: "failed",
          failure: { kind: "permanent", code: "x", message: "x" },
        }),
        outcomeOf(ref, { status: "cancelled" }),
      ));
      liar.heartbeat();
      await sleep(500);
      assertEquals((await farm.task<{ status: string }>(task_id))!.status, "assigned");
      honest.complete(ref);
      liar.complete([...liar.held.values()][0]!);
      await farm.untilCount(2, "completed");
      assertEquals(
        await digestOfTask(farm, task_id),
        digestOf(task_id),
      );
      // Too late and different: the record stands, and somebody is told.
      liar.say(outcomes(outcomeOf(ref, forged)));
      await sleep(300);
      farm.ledger.resultSeen(task_id, digestOf(task_id));
      const audit = await farm.ledger.audit(farm);
      assertIntact(audit, { accepted: 2, completed: 2 });
      record({
        fault: "F10",
        what: "seven kinds of forged outcomes",
        lost: audit.lost,
        double: audit.double,
      });
    },
  );
});

faultTest("F10 an earlier attempt counts only from the worker that had it", {}, async () => {
  const liarOptions = { workMs: null, capacity: 1 };
  await withSimulated([liarOptions, liarOptions, liarOptions], async (farm, workers) => {
    await farm.drop("one.json", [tiny("a")]);
    const holder = await until(
      "it is dispatched",
      () => workers.find((one) => one.held.size === 1),
    );
    const first = [...holder.held.values()][0]!;
    holder.end(first, { status: "failed", failure: { kind: "task", code: "x", message: "x" } });
    const next = await until("it runs again", () => workers.find((one) => one.held.has("a#2")));
    const liar = workers.find((one) => one !== holder && one !== next)!;
    liar.say(outcomes(outcomeOf(first, completed("f".repeat(64)))));
    await sleep(500);
    assertEquals((await farm.task<{ status: string }>("a"))!.status, "assigned");
    next.complete({ task_id: "a", attempt: 2 });
    await farm.untilCount(1, "completed");
    assertEquals(await digestOfTask(farm, "a"), digestOf("a"));
  });
});

faultTest("F11 outcome before the dispatch's answer, progress after the end", {}, async () => {
  let early = 0;
  const worker: SimulatedWorker = new SimulatedWorker("worker-01", {
    capacity: 4,
    workMs: null,
    answer: async (path, request): Promise<Response | void> => {
      if (path !== "/dispatch") return;
      const { tasks } = await request.json();
      const reply = worker.dispatch(tasks);
      for (const ref of reply.accepted) {
        if (!worker.held.has(`${ref.task_id}#${ref.attempt}`)) continue;
        worker.complete(ref);
        worker.progress(ref, 5);
        early++;
      }
      worker.heartbeat();
      await sleep(30);
      return Response.json(reply);
    },
  });
  try {
    await withFarm({ places: [worker] }, async (farm) => {
      await farm.drop("load.json", tinies("t", 40));
      await farm.untilCount(40, "completed");
      assertEquals(early, 40);
      const audit = await farm.ledger.audit(farm);
      assertIntact(audit, { accepted: 40, completed: 40 });
      record({
        fault: "F11",
        what: "40 outcomes before their dispatch was answered",
        lost: audit.lost,
        double: audit.double,
      });
    });
  } finally {
    await worker.close();
  }
});

faultTest(
  "F28 a hung task is taken back, and its worker's silence about a cancel harms nobody",
  {},
  async () => {
    const stuck = { workMs: null, capacity: 1, obeysCancel: false };
    await withSimulated([stuck, { workMs: 10, capacity: 1 }], async (farm, [bad, good]) => {
      await farm.drop("load.json", tinies("t", 6));
      const ref = await until("the bad one has one", () => [...bad!.held.values()][0]);
      bad!.progress(ref, 1);
      const startMs = performance.now();
      await farm.untilCount(6, "completed");
      const recovery = secondsSince(startMs);
      assert(good!.begun.has(`${ref.task_id}#2`));
      assert(bad!.cancelled.has(`${ref.task_id}#1`));
      // What does not obey occupies its slot, and gets nothing more.
      assertEquals(bad!.heldMax, 1);
      const audit = await farm.ledger.audit(farm);
      assertIntact(audit, { accepted: 6, completed: 6 });
      record({
        fault: "F28",
        what: "hung task (WORKER_TIMEOUT 2 s), cancel ignored",
        recovery,
        lost: audit.lost,
        double: audit.double,
      });
    }, { WORKER_TIMEOUT: "2" });
  },
);

faultTest("F28 a cancel that races with everything leaves one final state", {}, async () => {
  const count = sized({ quick: 120, long: 1500 });
  const chance = chanceOf(5);
  await withSimulated(
    [{ workMs: 30, capacity: 6 }, { workMs: 10, capacity: 2 }],
    async (farm, workers) => {
      await farm.drop("load.json", tinies("t", count));
      await farm.untilCount(1, "completed");
      const cancelled: string[] = [];
      const completedFirst: string[] = [];
      await Promise.all(Array.from({ length: 8 }, async (_, lane) => {
        for (let at = lane; at < count; at += 8) {
          if (chance() < 0.4) continue;
          const answer = await fetch(`${farm.client.url}/tasks/t-${at}`, { method: "DELETE" });
          const body = await answer.json();
          (answer.ok ? cancelled : completedFirst).push(`t-${at}`);
          assert(answer.ok || answer.status === 409, JSON.stringify(body));
          if (chance() < 0.02) workers[0]!.cut();
        }
      }));
      await farm.untilCount(count, "completed", "cancelled");
      const audit = await farm.ledger.audit(farm);
      assertIntact(audit, { accepted: count, cancelled: cancelled.length });
      for (const id of completedFirst.slice(0, 50)) {
        assertEquals((await farm.task<{ status: string }>(id))!.status, "completed");
      }
      record({
        fault: "F28",
        what: `${cancelled.length} cancels against completion and dispatch, ${count} tasks`,
        lost: audit.lost,
        double: audit.double,
      });
    },
  );
});
