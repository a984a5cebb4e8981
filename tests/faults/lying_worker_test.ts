/**
 * Workers that lie: F20 answers that are none, F22 a worker that is not the one it was. Whatever
 * one of them does, the honest one beside it finishes everything.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { type Farm, residentMiB, tinies, withFarm } from "./farm.ts";
import { assertIntact } from "./ledger.ts";
import { faultTest, record, secondsSince, sized, until } from "./level.ts";
import { completed, outcomeOf, SimulatedWorker } from "../../tools/testing/simulated_worker.ts";

type Options = NonNullable<ConstructorParameters<typeof SimulatedWorker>[1]>;

/** 20 tasks with a liar and an honest worker; all of them must complete, bounded in memory. */
async function survive(
  lie: string,
  options: Options,
  act: (liar: SimulatedWorker, farm: Farm) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const liar = new SimulatedWorker("worker-01", { capacity: 2, workMs: null, ...options });
  const honest = new SimulatedWorker("worker-02", { capacity: 1, workMs: 20 });
  try {
    // WORKER_TIMEOUT and HTTP_TIMEOUT bound what only patience can find out.
    const env = { WORKER_TIMEOUT: "3", HTTP_TIMEOUT: "2" };
    await withFarm({ places: [liar, honest], env }, async (farm) => {
      await until("the liar is called", () => (liar.calls.get("/stream") ?? 0) > 0);
      const startMs = performance.now();
      await farm.drop("load.json", tinies("t", 20));
      await act(liar, farm);
      await until(`20 tasks complete beside a worker with ${lie}`, async () => {
        return (await farm.statsOrNull())?.completed === 20;
      }, { patienceMs: 60_000 });
      const recovery = secondsSince(startMs);
      const audit = await farm.ledger.audit(farm);
      assertIntact(audit, { accepted: 20, completed: 20 });
      for (const task of await farm.client.get<{ task_id: string }[]>("/tasks")) {
        await farm.client.get(`/tasks/${task.task_id}`);
      }
      const rssMiB = await residentMiB(farm.orchestrator!.process.pid);
      assert(rssMiB < 700, `the orchestrator grew to ${rssMiB} MiB`);
      record({
        fault: "F20",
        what: lie,
        recovery,
        lost: audit.lost,
        double: audit.double,
        note: `RSS ${rssMiB} MiB`,
      });
    });
  } finally {
    await Promise.all([liar.close(), honest.close()]);
  }
}

function on(path: string, answer: () => Response): Options {
  return { answer: (asked) => asked === path ? answer() : undefined };
}

const endless = () =>
  new Response(
    new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(65_536).fill(0x20)),
    }),
  );

const silent = () => new Response(new ReadableStream({ start() {} }));

const LIES: readonly [lie: string, options: Options][] = [
  ["HTML on its stream", on("/stream", () => new Response("<html>hello</html>"))],
  ["HTML for a dispatch", on("/dispatch", () => new Response("<html>hello</html>"))],
  ["200 with an error in it", on("/dispatch", () => Response.json({ error: "no" }))],
  ["500 for a dispatch", on("/dispatch", () => new Response("no", { status: 500 }))],
  [
    "a dispatch answer that says nothing",
    on("/dispatch", () => Response.json({ accepted: [], refused: [] })),
  ],
  ["tasks accepted and forgotten", {
    answer: async (path, request): Promise<Response | void> => {
      if (path !== "/dispatch") return;
      const { tasks } = await request.json();
      return Response.json({ accepted: tasks, refused: [] });
    },
  }],
  ["tasks held and never begun", {}],
  ["an endless answer to a dispatch", on("/dispatch", endless)],
  ["a dispatch that is never answered", on("/dispatch", silent)],
  ["an endless line on its stream", on("/stream", endless)],
  ["a stream that says nothing", on("/stream", silent)],
];

for (const [lie, options] of LIES.filter((_, at) => sized({ quick: at % 3 === 0, long: true }))) {
  faultTest(`F20 a worker with ${lie} stops nobody`, {}, () => survive(lie, options));
}

/** What a liar sends for the first attempt it gets. */
const TWISTS: readonly [lie: string, more: Record<string, unknown>][] = [
  ["a result without its parts", { status: "completed", result: {} }],
  ["times beyond the calendar", { started_at: 1e300, ...completed("0") }],
  ["a negative time", { execution_ms: -5, ...completed("0") }],
  ["a result of 50 MB", {
    status: "completed",
    result: { status: "completed", output: "x".repeat(50e6), metrics: {} },
  }],
  ["a prototype in its result", {
    status: "completed",
    result: JSON.parse('{"status":"completed","output":"","metrics":{"__proto__":{"x":1}}}'),
  }],
];

for (const [lie, more] of TWISTS.filter((_, at) => sized({ quick: at < 2, long: true }))) {
  faultTest(
    `F20 a worker that sends ${lie} stops nobody`,
    {},
    () => survive(lie, { workMs: 5, twist: (outcome) => outcomeOf(outcome, more) }),
  );
}

/** After each one it is left alone for longer. */
const RUBBISH = [
  "}{\n",
  '{"type":"hello"}\n',
  ...sized({ quick: [], long: ['{"type":"outcomes"}\n', "[".repeat(1e5) + "\n"] }),
];

faultTest(
  "F20 lines out of turn and rubbish stop nobody",
  {},
  () =>
    survive("rubbish on its stream", {}, async (liar) => {
      for (const text of RUBBISH) {
        await until("the liar is called again", () => liar.streams > 0);
        liar.sayText(text);
        await until("it was hung up on", () => liar.streams === 0, { everyMs: 5 });
      }
    }),
);

faultTest(
  "F22 a worker that restarts with another capacity is used to that capacity",
  {},
  async () => {
    const first = new SimulatedWorker("worker-01", { capacity: 8, workMs: null });
    await withFarm({ places: [first] }, async (farm) => {
      await farm.drop("load.json", tinies("t", 40));
      await until("it is full", () => first.held.size === 8);
      await first.close();
      const second = new SimulatedWorker("worker-01", {
        capacity: 2,
        workMs: null,
        executionMs: 1000,
        port: first.port,
      });
      try {
        await until("the new one is full", () => second.held.size === 2);
        for (let done = 0; done < 40;) {
          const ref = await until("more", () => [...second.held.values()][0]);
          second.complete(ref);
          done++;
        }
        assertEquals(second.heldMax, 2);
        await farm.untilCount(40, "completed");
        assertEquals([...second.begun.values()].filter((times) => times > 1), []);
        const audit = await farm.ledger.audit(farm);
        assertIntact(audit, { accepted: 40, completed: 40 });
        record({
          fault: "F22",
          what: "worker restarts on its port with 2 slots instead of 8",
          lost: audit.lost,
          double: audit.double,
        });
      } finally {
        await second.close();
      }
    });
  },
);

faultTest("F22 two workers that claim one id do not mix", {}, async () => {
  const one = new SimulatedWorker("worker-01", { capacity: 2, workMs: 15 });
  const impostor = new SimulatedWorker("worker-01", { capacity: 2, workMs: 15 });
  const list = [one, { id: "worker-02", port: impostor.port }];
  try {
    await withFarm({ places: list }, async (farm) => {
      await farm.drop("load.json", tinies("t", 60));
      await farm.untilCount(60, "completed");
      const { warnings } = await farm.client.get<{ warnings: string[] }>("/health");
      const workers = await farm.client.get<{ id: string; problem?: string }[]>("/workers");
      assert(JSON.stringify([warnings, workers]).includes("calls itself"), JSON.stringify(workers));
      const both = [...one.begun.keys()].filter((key) => impostor.begun.has(key));
      assertEquals(both, []);
      assertIntact(await farm.ledger.audit(farm), { completed: 60 });
    });
  } finally {
    await Promise.all([one.close(), impostor.close()]);
  }
});
