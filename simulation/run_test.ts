import { assert, assertEquals } from "@std/assert";
import type { Simulation } from "./algorithm.ts";
import { runSlices } from "./run.ts";

/** A simulation whose steps take a given time on a clock that nothing else moves. */
function clockwork(stepsTotal: number, stepMs: number) {
  let time = 0;
  const calls: number[] = [];
  const simulation = {
    stepsTotal,
    stepsCompleted: 0,
    engine: "clockwork",
    advance(steps: number): void {
      const allowed = Math.min(steps, stepsTotal - simulation.stepsCompleted);
      calls.push(allowed);
      simulation.stepsCompleted += allowed;
      time += allowed * stepMs;
    },
    snapshot: () => ({ step: 0, positions: new Float64Array(), velocities: new Float64Array() }),
    summary: () => Promise.resolve({}),
  } satisfies Simulation;
  return { simulation, calls, now: () => time };
}

Deno.test("runSlices() runs every step and reports about every sliceMs", async () => {
  const { simulation, now } = clockwork(1_000_000, 0.01);
  const times: number[] = [0];
  const outcome = await runSlices(simulation, {
    sliceMs: 50,
    now,
    onSlice: () => {
      times.push(now());
      return "continue";
    },
  });
  assertEquals([outcome, simulation.stepsCompleted], ["completed", 1_000_000]);
  for (let k = 1; k < times.length; k++) {
    const sliceMs = times[k]! - times[k - 1]!;
    assert(sliceMs >= 50 && sliceMs < 75, `slice ${k} took ${sliceMs} ms`);
  }
});

Deno.test("runSlices() does not look at the clock for every short step", async () => {
  const { simulation, calls, now } = clockwork(1_000_000, 0.001);
  await runSlices(simulation, { now, onSlice: () => "continue" });
  assert(calls.length < 250, `${calls.length} calls`);
});

Deno.test("runSlices() reports after every step when one step is longer than a slice", async () => {
  const { simulation, now } = clockwork(5, 3000);
  const reported: number[] = [];
  await runSlices(simulation, {
    now,
    onSlice: (steps) => {
      reported.push(steps);
      return "continue";
    },
  });
  assertEquals(reported, [1, 2, 3, 4]);
});

Deno.test("runSlices() stops when it is told to, after an awaited answer too", async () => {
  const { simulation, now } = clockwork(1000, 20);
  const outcome = await runSlices(simulation, { now, onSlice: () => Promise.resolve("stop") });
  assertEquals(outcome, "stopped");
  assert(simulation.stepsCompleted < 10);
});

Deno.test("runSlices() of no steps completes at once", async () => {
  const { simulation, calls, now } = clockwork(0, 1);
  const outcome = await runSlices(simulation, { now, onSlice: () => "stop" });
  assertEquals([outcome, calls.length], ["completed", 0]);
});
