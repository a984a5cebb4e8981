import { assert, assertEquals } from "@std/assert";
import { copyState, type DiskState, driftAndBounce, initialState } from "./disks.ts";
import { ListSweep } from "./list_sweep.ts";
import { stepNaive } from "./sweep_naive.ts";
import { boxOfPacking, difference, randomCases } from "./testing/states.ts";

/** More cases and other seeds by environment: SIMULATION_CASES=5000 SIMULATION_SEED=2. */
const CASES = Number(Deno.env.get("SIMULATION_CASES") ?? 200);
const SEED = Number(Deno.env.get("SIMULATION_SEED") ?? 1);
const STEPS = 40;

Deno.test("sweep() has the bits of the naive sweep after every step", () => {
  let repairs = 0;
  for (const { name, state } of randomCases(CASES, SEED)) {
    repairs += assertFollowsNaive(state, name);
  }
  assert(repairs > 10 * CASES, `only ${repairs} repairs: the cases are too tame`);
});

Deno.test("sweep() is exact where three in four disks overlap", () => {
  for (const variant of ["python", "cython"] as const) {
    const box = boxOfPacking(600, 3);
    assertFollowsNaive(initialState(600, { seed: 5, variant, box }), variant);
  }
});

Deno.test("sweep() leaves two disks at the very same place to their variant", () => {
  for (const [variant, collisions] of [["python", 1], ["cython", 2]] as const) {
    const state = initialState(3, { seed: 1, variant });
    state.positions.set([100, 100, 100, 100, 104, 100]);
    state.velocities.set([0, 0, 0, 0, -1, 0]);
    assertFollowsNaive(copyState(state), variant);
    state.velocities.set([1, 0, 1, 0, 0, 0]);
    new ListSweep(state).sweep();
    assertEquals(state.particleCollisions, collisions + 1);
  }
});

Deno.test("sweep() of a single disk finds nothing", () => {
  const state = initialState(1, { seed: 3, variant: "cython" });
  new ListSweep(state).sweep();
  assertEquals(state.particleCollisions, 0);
});

/** Runs every way of sweeping beside the naive one; returns how often a skin was left. */
function assertFollowsNaive(start: DiskState, name: string): number {
  const naive = copyState(start);
  const contenders = [{}, { skin: 0.5 }, { skin: 4 }, { keepsLists: false }].map((options) => {
    const state = copyState(start);
    return { options, state, sweep: new ListSweep(state, options) };
  });
  for (let step = 1; step <= STEPS; step++) {
    stepNaive(naive);
    for (const { options, state, sweep } of contenders) {
      driftAndBounce(state);
      sweep.sweep();
      const found = difference(state, naive);
      assertEquals(found, undefined, `${name}, ${JSON.stringify(options)}, step ${step}`);
    }
  }
  return contenders.reduce((sum, { sweep }) => sum + sweep.repairs, 0);
}
