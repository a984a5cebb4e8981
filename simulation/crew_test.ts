import { assert, assertEquals, assertThrows } from "@std/assert";
import PYTHON_RUNS from "../tests/golden/python.json" with { type: "json" };
import CYTHON_RUNS from "../tests/golden/cython.json" with { type: "json" };
import { CrewTrial } from "./crew.ts";
import { copyState, type DiskState, initialState } from "./disks.ts";
import { HardDiskSimulation } from "./hard_disks.ts";
import { createKernel, type Kernel } from "./kernel.ts";
import { stepNaive } from "./sweep_naive.ts";
import { StagedCrew } from "./testing/staged_crew.ts";
import { boxOfPacking, difference, randomCases } from "./testing/states.ts";

/** More cases and other seeds by environment: SIMULATION_CASES=5000 SIMULATION_SEED=2. */
const CASES = Number(Deno.env.get("SIMULATION_CASES") ?? 60);
const SEED = Number(Deno.env.get("SIMULATION_SEED") ?? 5);
const RUNS = { python: PYTHON_RUNS, cython: CYTHON_RUNS };
const VARIANTS = ["python", "cython"] as const;
/** Runs of more pairs of disks and steps are left to the tests of the kernel alone. */
const GOLDEN_WORK_MAX = 30_000;

Deno.test("a crew has the bits of the naive sweep after every step, whoever does what when", () => {
  let taken = 0, wasted = 0, k = 0;
  for (const { name, state } of randomCases(CASES, SEED)) {
    const helpers = k++ % 4;
    const crew = new StagedCrew(copyState(state), { helpers, seed: SEED + k });
    for (let step = 1; step <= 8; step++) {
      stepNaive(state);
      const found = difference(crew.step(), state);
      assertEquals(found, undefined, `${name}, ${helpers} helpers, step ${step}`);
    }
    taken += crew.rows.taken;
    wasted += crew.rows.wasted;
  }
  assert(taken > 1000 && wasted > 100, `${taken} rows taken, ${wasted} in vain`);
});

Deno.test("a crew is exact where buckets overflow and rows are long", () => {
  for (const variant of VARIANTS) {
    for (const packing of [3, 30, 90]) {
      const box = boxOfPacking(900, packing);
      const state = initialState(900, { seed: 8, variant, box });
      const crew = new StagedCrew(copyState(state), { helpers: 2, seed: packing });
      for (let step = 1; step <= 3; step++) {
        stepNaive(state);
        assertEquals(difference(crew.step(), state), undefined, `${variant}, packing ${packing}`);
      }
    }
  }
});

for (const variant of VARIANTS) {
  Deno.test(`a crew ends in the bits of the original ${variant} program`, () => {
    const runs = RUNS[variant].filter((run) => run.num_particles * run.num_steps < GOLDEN_WORK_MAX);
    assert(runs.length > 10);
    for (const { num_particles, num_steps, seed, ...run } of runs) {
      const start = initialState(num_particles, { seed, variant });
      const crew = new StagedCrew(start, { helpers: 2, seed });
      let state: DiskState = start;
      for (let step = 0; step < num_steps; step++) state = crew.step();
      const name = `${num_particles} disks, ${num_steps} steps, seed ${seed}`;
      assertEquals(state.particleCollisions, run.particle_collisions, name);
      assertEquals(state.wallCollisions, run.wall_collisions, name);
      run.first_particles.forEach(({ x, y, vx, vy }, i) => {
        assertEquals([...state.positions.subarray(2 * i, 2 * i + 2)], [x, y], name);
        assertEquals([...state.velocities.subarray(2 * i, 2 * i + 2)], [vx, vy], name);
      });
    }
  });
}

/** A kernel that calls helpers at once, whatever its size. */
function crewed(state: DiskState, threads: number): Kernel {
  const crew = { threads: () => threads, disksMin: 0, aloneMs: 0 };
  return createKernel(state, { keepsLists: false, crew });
}

Deno.test("real threads give the bits of one thread", async () => {
  for (const variant of VARIANTS) {
    const start = initialState(8000, { seed: 11, variant });
    const alone = createKernel(copyState(start), { keepsLists: false });
    alone.step(22);
    const expected = copyState(alone.state());
    for (const threads of [1, 2, 3]) {
      const kernel = crewed(copyState(start), threads);
      kernel.step(2);
      // Helpers need a moment before they are there.
      if (threads > 1) await new Promise((resolve) => setTimeout(resolve, 50));
      kernel.step(20);
      assertEquals(difference(kernel.state(), expected), undefined, `${variant}, ${threads}`);
      assert(kernel.threads >= 1 && kernel.threads <= threads);
      kernel.rest();
    }
  }
});

Deno.test("a kernel whose helpers cannot be had, or die, goes on alone", () => {
  const start = initialState(3000, { seed: 4, variant: "cython" });
  const expected = createKernel(copyState(start));
  expected.step(3);
  const bits = copyState(expected.state());
  const original = globalThis.Worker;
  const helpless = [
    () => {
      throw new TypeError("no threads here");
    },
    class extends EventTarget {
      postMessage(): void {}
      terminate(): void {}
    },
  ];
  try {
    for (const Stub of helpless) {
      globalThis.Worker = Stub as unknown as typeof Worker;
      const kernel = crewed(copyState(start), 2);
      kernel.step(3);
      assertEquals(difference(kernel.state(), bits), undefined);
      assertEquals(kernel.threads, 1);
      kernel.rest();
    }
  } finally {
    globalThis.Worker = original;
  }
});

Deno.test("kernels take turns while one of them has helpers", () => {
  const start = initialState(3000, { seed: 12, variant: "python" });
  const naive = copyState(start);
  const first = crewed(copyState(start), 2), second = crewed(copyState(start), 2);
  for (let step = 1; step <= 3; step++) {
    stepNaive(naive);
    first.step(1);
    second.step(1);
  }
  assertEquals(difference(first.state(), naive), undefined);
  assertEquals(difference(second.state(), naive), undefined);
  first.rest();
  second.rest();
});

Deno.test("advance() tells how far a long step is, and gives it up when told so", () => {
  const start = () => initialState(20_000, { seed: 2, variant: "cython" });
  const told: number[] = [];
  const watched = new HardDiskSimulation(createKernel(start()), 2);
  watched.advance(2, (steps) => told.push(steps) > 0);
  assertEquals(watched.stepsCompleted, 2);
  assert(told.some((steps) => !Number.isInteger(steps)));
  assertEquals(told, told.toSorted((a, b) => a - b));
  assertEquals(told.at(-1), 2);

  const dropped = new HardDiskSimulation(createKernel(start()), 2);
  dropped.advance(2, (steps) => steps < 0.1);
  assertEquals(dropped.stepsCompleted, 0);
  assertThrows(() => dropped.advance(1), TypeError, "given up");
});

Deno.test("helpers come to a thread that may do nothing but compute", async () => {
  const url = new URL("./testing/crew_in_worker.ts", import.meta.url);
  const worker = new Worker(url, { type: "module", deno: { permissions: "none" } });
  const answer = new Promise<{ steps: number; threads: number; digest: string }>((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
  });
  worker.postMessage({});
  const { steps, threads, digest } = await answer;
  worker.terminate();
  assertEquals(threads, 2);
  const alone = createKernel(initialState(5000, { seed: 3, variant: "cython" }));
  alone.step(steps);
  assertEquals(digest, alone.sha256());
});

Deno.test("a crowd goes on for as many short steps as it likes", () => {
  const start = initialState(60, { seed: 2, variant: "cython", box: boxOfPacking(60, 2) });
  const kernel = crewed(copyState(start), 1), other = createKernel(start, { engine: "typescript" });
  kernel.step(300);
  other.step(300);
  assertEquals(difference(kernel.state(), other.state()), undefined);
});

Deno.test("CrewTrial lets helpers work while they make the run faster", () => {
  const trial = new CrewTrial();
  const paceOf = (together: number) => (ms: number) => {
    for (let passed = 0; passed < ms; passed += 10) {
      trial.note({ ms: 10, work: trial.together ? together : 1, arrived: true });
    }
  };
  trial.note({ ms: 500, work: 1, arrived: false });
  assert(trial.together);
  const pays = paceOf(1.6), hinders = paceOf(0.9);
  pays(210);
  assert(trial.together);
  pays(2000);
  assert(trial.together);
  hinders(3500);
  assert(!trial.together);
  pays(3500);
  assert(trial.together);
});
