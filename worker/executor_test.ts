import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Assignment } from "../contract/wire.ts";
import type { HeldOutcome } from "./attempts.ts";
import { Executor } from "./executor.ts";
import { CHAOS } from "./testing/chaos.ts";

const FARM = "farm";

interface Setup {
  readonly executor: Executor;
  readonly outcomes: HeldOutcome[];
  /** Resolves with the outcome of a task, once it has one. */
  readonly outcomeOf: (task_id: string, attempt?: number) => Promise<HeldOutcome>;
  /** Resolves when a task runs and has completed at least one step. */
  readonly started: (task_id: string) => Promise<void>;
}

async function withExecutor(
  options: { capacity?: number; queueMax?: number },
  test: (setup: Setup) => Promise<void>,
): Promise<void> {
  const outcomes: HeldOutcome[] = [];
  const waiters: (() => void)[] = [];
  const executor = new Executor({
    capacity: options.capacity ?? 1,
    queueMax: options.queueMax ?? 100,
    findAlgorithm: CHAOS.find,
    threadUrl: CHAOS.threadUrl,
    onEnded: ({ outcome }) => {
      outcomes.push(outcome!);
      for (const wake of waiters.splice(0)) wake();
    },
    onTrajectory: () => {},
  });
  const outcomeOf = async (task_id: string, attempt = 1): Promise<HeldOutcome> => {
    for (;;) {
      const found = outcomes.find((one) => one.task_id === task_id && one.attempt === attempt);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => waiters.push(resolve));
    }
  };
  const started = async (task_id: string): Promise<void> => {
    while (!executor.running().some((running) => running.task_id === task_id)) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  try {
    await executor.start();
    await test({ executor, outcomes, outcomeOf, started });
  } finally {
    executor.close();
  }
}

function task(task_id: string, algorithm: string, value = 0, attempt = 1): Assignment {
  return { task_id, attempt, algorithm, parameters: { value } };
}

const ref = (task_id: string, attempt = 1) => ({ task_id, attempt });

Deno.test("Executor runs what it accepts and keeps outcomes until they are acknowledged", () =>
  withExecutor({ capacity: 2 }, async ({ executor, outcomeOf }) => {
    const tasks = Array.from({ length: 50 }, (_, id) => task(`t${id}`, "instant"));
    const reply = executor.dispatch({ farm: FARM, tasks });
    assertEquals([reply.accepted.length, reply.refused.length], [50, 0]);
    for (const { task_id } of tasks) {
      assertEquals((await outcomeOf(task_id)).status, "completed");
    }
    assertEquals(executor.ledger.endedOf(FARM).length, 50);
    executor.acknowledge(FARM, tasks);
    assertEquals([executor.ledger.held, executor.waiting], [0, 0]);
  }));

Deno.test("Executor accepts a repeated dispatch and does not run it again", () =>
  withExecutor({}, async ({ executor, outcomes, outcomeOf }) => {
    const request = { farm: FARM, tasks: [task("a", "slow", 20)] };
    for (let time = 0; time < 3; time++) {
      assertEquals(executor.dispatch(request).accepted, [ref("a")]);
    }
    await outcomeOf("a");
    assertEquals(executor.dispatch(request).accepted, [ref("a")]);
    executor.acknowledge(FARM, [ref("a")]);
    assertEquals(executor.dispatch(request).accepted, [ref("a")]);
    executor.dispatch({ farm: FARM, tasks: [task("b", "instant")] });
    await outcomeOf("b");
    assertEquals(outcomes.map(({ task_id }) => task_id), ["a", "b"]);
  }));

Deno.test("Executor refuses what it cannot run, one by one", () =>
  withExecutor({ queueMax: 1 }, async ({ executor, started, outcomeOf }) => {
    const first = executor.dispatch({
      farm: FARM,
      tasks: [task("x", "nobody"), task("a", "slow", 50)],
    });
    assertEquals(first.accepted, [ref("a")]);
    assertEquals(first.refused[0]?.code, "unknown_algorithm");
    await started("a");
    const second = executor.dispatch({
      farm: FARM,
      tasks: [task("b", "instant"), task("c", "instant")],
    });
    assertEquals(second.accepted, [ref("b")]);
    assertEquals(second.refused.map(({ task_id, code }) => [task_id, code]), [["c", "queue_full"]]);
    await outcomeOf("b");
  }));

Deno.test("Executor cancels what waits and what runs, and each yields one outcome", () =>
  withExecutor({}, async ({ executor, outcomes, outcomeOf, started }) => {
    const tasks = [task("runs", "slow", 60_000), task("waits", "instant"), task("c", "instant")];
    executor.dispatch({ farm: FARM, tasks });
    await started("runs");
    for (let time = 0; time < 2; time++) executor.cancel(FARM, [ref("runs"), ref("waits")]);
    assertEquals((await outcomeOf("waits")).started_at, null);
    assertEquals((await outcomeOf("runs")).status, "cancelled");
    await outcomeOf("c");
    executor.cancel(FARM, [ref("runs"), ref("c"), ref("unheard of")]);
    assertEquals(outcomes.map(({ task_id, status }) => `${task_id} ${status}`), [
      "waits cancelled",
      "runs cancelled",
      "c completed",
    ]);
  }));

Deno.test("Executor gives up a thread that ignores a cancel, and goes on with another", () =>
  withExecutor({}, async ({ executor, outcomeOf, started }) => {
    executor.dispatch({ farm: FARM, tasks: [task("hangs", "hangs", 2000), task("b", "instant")] });
    await started("hangs");
    executor.cancel(FARM, [ref("hangs")]);
    const outcome = await outcomeOf("hangs");
    assertEquals(outcome.status, "cancelled");
    assert(outcome.execution_ms < 1900, "it did not wait for the thread");
    assertEquals(executor.threadsHanging, 1);
    assertEquals((await outcomeOf("b")).status, "completed");
    assertEquals(executor.threadsReplaced, 1);
  }));

Deno.test("Executor takes nothing more while too many of its threads hang", () =>
  withExecutor({}, async ({ executor, outcomeOf, started }) => {
    for (const id of ["first", "second"]) {
      executor.dispatch({ farm: FARM, tasks: [task(id, "hangs", 3000)] });
      await started(id);
      executor.cancel(FARM, [ref(id)]);
      await outcomeOf(id);
    }
    assert(executor.hangsTooMuch);
    const { refused } = executor.dispatch({ farm: FARM, tasks: [task("late", "instant")] });
    assertEquals(refused[0]?.code, "threads_hang");
  }));

Deno.test("Executor ends attempts at their timeout, obedient or not", () =>
  withExecutor({ capacity: 2 }, async ({ executor, outcomeOf }) => {
    executor.dispatch({
      farm: FARM,
      tasks: [
        { ...task("obeys", "slow", 60_000), timeout_ms: 50 },
        { ...task("hangs", "hangs", 2000), timeout_ms: 50 },
      ],
    });
    for (const task_id of ["obeys", "hangs"]) {
      const outcome = await outcomeOf(task_id);
      assert(outcome.status === "failed", task_id);
      assertEquals(outcome.failure.kind, "timeout");
    }
  }));

Deno.test("Executor lets a crash cost the attempt that ran, not those behind it", () =>
  withExecutor({}, async ({ executor, outcomeOf, outcomes }) => {
    executor.dispatch({ farm: FARM, tasks: [task("learn", "dies")] });
    await outcomeOf("learn");
    // One chunk: as far as anybody knows, tasks of this algorithm are short.
    const tasks = [task("a", "dies"), task("b", "dies"), task("x", "dies", 1), task("c", "dies")];
    executor.dispatch({ farm: FARM, tasks });
    const crash = await outcomeOf("x");
    assert(crash.status === "failed");
    assertEquals(crash.failure.kind, "crash");
    assertStringIncludes(crash.failure.message, "thrown by a timer");
    for (const id of ["a", "b", "c"]) assertEquals((await outcomeOf(id)).status, "completed", id);
    assertEquals(outcomes.length, 5);
    assertEquals(executor.threadsReplaced, 1);
  }));

Deno.test("Executor runs a newer attempt in the place of an older one", () =>
  withExecutor({ capacity: 2 }, async ({ executor, outcomeOf, started }) => {
    executor.dispatch({ farm: FARM, tasks: [task("a", "slow", 60_000, 1)] });
    await started("a");
    executor.dispatch({ farm: FARM, tasks: [task("a", "slow", 5, 2)] });
    assertEquals((await outcomeOf("a", 2)).status, "completed");
    assertEquals((await outcomeOf("a", 1)).status, "cancelled");
    const late = executor.dispatch({ farm: FARM, tasks: [task("a", "instant", 0, 1)] });
    assertEquals(late.accepted, [ref("a", 1)], "the first attempt is known");
  }));

Deno.test("drain() hands back what waits and lets what runs finish", () =>
  withExecutor({}, async ({ executor, outcomeOf, started }) => {
    executor.dispatch({ farm: FARM, tasks: [task("runs", "slow", 100), task("waits", "instant")] });
    await started("runs");
    executor.drain(true);
    assertEquals((await outcomeOf("waits")).status, "returned");
    const refused = executor.dispatch({ farm: FARM, tasks: [task("late", "instant")] }).refused;
    assertEquals(refused[0]?.code, "draining");
    assertEquals((await outcomeOf("runs")).status, "completed");
    executor.drain(false);
    executor.dispatch({ farm: FARM, tasks: [task("late", "instant")] });
    assertEquals((await outcomeOf("late")).status, "completed");
  }));

Deno.test("handBack() gives back what waits and leaves alone what runs", () =>
  withExecutor({}, async ({ executor, outcomeOf, started }) => {
    executor.dispatch({ farm: FARM, tasks: [task("runs", "slow", 100), task("waits", "instant")] });
    await started("runs");
    executor.handBack(FARM, [ref("runs"), ref("waits"), ref("unknown")]);
    assertEquals((await outcomeOf("waits")).status, "returned");
    assertEquals((await outcomeOf("runs")).status, "completed");
    executor.handBack(FARM, [ref("runs")]);
  }));

Deno.test("returnAll() hands back what runs, but a cancelled attempt stays cancelled", () =>
  withExecutor({ capacity: 2 }, async ({ executor, outcomeOf, started }) => {
    executor.dispatch({
      farm: FARM,
      tasks: [task("a", "slow", 60_000), task("b", "slow", 60_000)],
    });
    await Promise.all([started("a"), started("b")]);
    executor.cancel(FARM, [ref("b")]);
    executor.returnAll();
    assertEquals((await outcomeOf("a")).status, "returned");
    assertEquals((await outcomeOf("b")).status, "cancelled");
  }));

Deno.test("Executor gives tasks to other slots when a chunk takes longer than thought", () =>
  withExecutor({ capacity: 2 }, async ({ executor, outcomeOf }) => {
    executor.dispatch({ farm: FARM, tasks: [task("learn", "hangs")] });
    await outcomeOf("learn");
    // Two chunks, [long, x] and [y]: as far as anybody knows, all of them are short.
    const tasks = [task("long", "hangs", 1500), task("x", "hangs"), task("y", "hangs")];
    executor.dispatch({ farm: FARM, tasks });
    for (const id of ["x", "y"]) assertEquals((await outcomeOf(id)).status, "completed");
    assertEquals(executor.running().map(({ task_id }) => task_id), ["long"]);
    await outcomeOf("long");
  }));
