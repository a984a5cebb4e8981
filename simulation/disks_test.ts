import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  collide,
  copyState,
  type DiskState,
  driftAndBounce,
  initialState,
  kineticEnergy,
  RADIUS,
  type Variant,
} from "./disks.ts";
import { sweepNaive } from "./sweep_naive.ts";
import { createKernel } from "./kernel.ts";
import { difference, randomCases } from "./testing/states.ts";

const variant = fc.constantFrom<Variant>("python", "cython");
const component = fc.double({ min: -20, max: 20, noNaN: true });

/** Two disks that touch, somewhere in a box. */
const pair = fc.record({
  variant,
  angle: fc.double({ min: 0, max: 6.28, noNaN: true }),
  distance: fc.double({ min: 0.01, max: 9.999, noNaN: true }),
  velocities: fc.tuple(component, component, component, component),
}).map(({ variant, angle, distance, velocities }): DiskState => {
  const state = initialState(2, { seed: 1, variant });
  const x = 400 + distance * Math.cos(angle), y = 300 + distance * Math.sin(angle);
  state.positions.set([400, 300, x, y]);
  state.velocities.set(velocities);
  return state;
});

Deno.test("collide() gives both disks opposite impulses and keeps their momentum", () => {
  fc.assert(fc.property(pair, (before) => {
    const after = copyState(before);
    collide(after, 0, 1);
    for (const axis of [0, 1]) {
      const u = before.velocities[axis]!, w = before.velocities[2 + axis]!;
      const sum = after.velocities[axis]! + after.velocities[2 + axis]!;
      assertAlmostEquals(sum, u + w, 4 * Number.EPSILON * (Math.abs(u) + Math.abs(w)) + 1e-14);
    }
  }));
});

Deno.test("collide() takes 0.09 of the squared approach speed out of the energy", () => {
  fc.assert(fc.property(pair, (before) => {
    const after = copyState(before);
    if (!collide(after, 0, 1)) return;
    const [x0, y0, x1, y1] = before.positions as unknown as number[];
    const [ux, uy, wx, wy] = before.velocities as unknown as number[];
    const distance = Math.hypot(x0! - x1!, y0! - y1!);
    const approach = ((ux! - wx!) * (x0! - x1!) + (uy! - wy!) * (y0! - y1!)) / distance;
    const lost = kineticEnergy(before) - kineticEnergy(after);
    assertAlmostEquals(lost, 0.09 * approach ** 2, 1e-9);
  }));
});

Deno.test("collide() leaves |2d - 10| between a python pair and 10 between a cython pair", () => {
  fc.assert(fc.property(pair, (before) => {
    const after = copyState(before);
    if (!collide(after, 0, 1)) return;
    const expected = before.variant === "python" ? Math.abs(2 * apart(before) - 10) : 10;
    assertAlmostEquals(apart(after), expected, 2e-12);
  }));
});

Deno.test("collide() ignores pairs that separate or do not touch", () => {
  const state = initialState(2, { seed: 1, variant: "cython" });
  state.positions.set([100, 100, 106, 100]);
  state.velocities.set([-1, 0, 1, 0]);
  assertEquals([collide(state, 0, 1), state.particleCollisions], [false, 0]);
  state.velocities.set([1, 0, -1, 0]);
  state.positions.set([100, 100, 110, 100]);
  assertEquals([collide(state, 0, 1), state.particleCollisions], [false, 0]);
});

Deno.test("collide() counts coincident disks in cython only, and moves neither", () => {
  for (const [name, counted] of [["python", 0], ["cython", 1]] as const) {
    const state = initialState(2, { seed: 1, variant: name });
    state.positions.set([100, 100, 100, 100]);
    assertEquals([collide(state, 0, 1), state.particleCollisions], [false, counted]);
  }
});

Deno.test("driftAndBounce() puts every disk inside the box, and counts a corner once", () => {
  const state = initialState(1, { seed: 1, variant: "python" });
  state.positions.set([5.5, 594.5]);
  state.velocities.set([-20, 20]);
  driftAndBounce(state);
  assertEquals([...state.positions, ...state.velocities], [5, 595, 16, -16]);
  assertEquals(state.wallCollisions, 1);
});

Deno.test("energy never grows, walls hold, counters stay in their bounds", () => {
  for (const { name, state } of randomCases(40, 11)) {
    const count = state.positions.length / 2;
    const speedLimit = Math.sqrt(2 * kineticEnergy(state)) * (1 + 1e-12);
    for (let step = 1; step <= 20; step++) {
      const before = kineticEnergy(state);
      driftAndBounce(state);
      assert(allInside(state), name);
      sweepNaive(state);
      assert(kineticEnergy(state) <= before * (1 + 1e-14), name);
      assert(state.particleCollisions <= step * count * (count - 1) / 2, name);
      assert(state.wallCollisions <= step * count, name);
    }
    assert(state.velocities.every((v) => Math.abs(v) <= speedLimit), name);
  }
});

Deno.test("a run with x and y swapped is the same run with x and y swapped", () => {
  for (const { name, state } of randomCases(40, 12)) {
    const plain = createKernel(copyState(state)), swapped = createKernel(withAxesSwapped(state));
    plain.step(30);
    swapped.step(30);
    assertEquals(difference(withAxesSwapped(swapped.state()), plain.state()), undefined, name);
  }
});

Deno.test("a run that goes on from a copy of its state ends in the same bits", () => {
  for (const { name, state } of randomCases(40, 13)) {
    const whole = createKernel(copyState(state)), first = createKernel(copyState(state));
    whole.step(40);
    first.step(17);
    const second = createKernel(copyState(first.state()));
    second.step(23);
    assertEquals(difference(second.state(), whole.state()), undefined, name);
  }
});

function apart({ positions }: DiskState): number {
  return Math.hypot(positions[0]! - positions[2]!, positions[1]! - positions[3]!);
}

function allInside({ positions, box }: DiskState): boolean {
  const sizes = [box.width, box.height];
  return positions.every((value, k) => value >= RADIUS && value <= sizes[k % 2]! - RADIUS);
}

function withAxesSwapped(state: DiskState): DiskState {
  const swap = (values: Float64Array) => values.map((_, k) => values[k ^ 1]!);
  return {
    ...state,
    box: { width: state.box.height, height: state.box.width },
    positions: new Float64Array(swap(state.positions)),
    velocities: new Float64Array(swap(state.velocities)),
  };
}
