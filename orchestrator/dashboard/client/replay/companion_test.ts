import { assertEquals } from "@std/assert";
import type { Trajectory } from "../../../../contract/trajectory.ts";
import { momentOf, partingOf, placeOf } from "./companion.ts";

/** One particle on its way: x at each step. */
function way(places: Readonly<Record<number, number>>, more: object = {}): Trajectory {
  const steps = Object.keys(places).map(Number);
  const column = Float64Array.from(steps);
  return {
    header: {
      version: 1,
      width: 800,
      height: 600,
      radius: 5,
      particles: 1,
      particles_total: 1,
      stride: 1,
      frames: steps.length,
      columns: ["step"],
      ...more,
    },
    columns: {
      step: column,
      kinetic_energy: column,
      particle_collisions: column,
      wall_collisions: column,
    },
    coordinates: Uint16Array.from(steps.flatMap((step) => [places[step]!, 0])),
  };
}

Deno.test("placeOf() finds a step between two frames, and stays within them", () => {
  const steps = Float64Array.of(0, 10, 30);
  assertEquals(placeOf(steps, -1), { frame: 0, share: 0 });
  assertEquals(placeOf(steps, 0), { frame: 0, share: 0 });
  assertEquals(placeOf(steps, 10), { frame: 1, share: 0 });
  assertEquals(placeOf(steps, 25), { frame: 1, share: 0.75 });
  assertEquals(placeOf(steps, 99), { frame: 2, share: 0 });
});

Deno.test("momentOf() shows a trajectory with other frames at the same step", () => {
  const other = way({ 0: 100, 100: 300 });
  const moment = momentOf(other, 50);
  assertEquals([moment.from[0], moment.to?.[0], moment.share], [100, 300, 0.5]);
  const end = momentOf(other, 500);
  assertEquals([end.from[0], end.to, end.share], [300, null, 0]);
});

Deno.test("partingOf() says at which step two runs are no longer the same", () => {
  const one = way({ 0: 100, 10: 200, 20: 300, 30: 400 });
  assertEquals(partingOf(one, way({ 0: 100, 10: 201, 20: 300 })), {
    compared: 3,
    sameUntil: 20,
    partedAt: null,
  });
  assertEquals(partingOf(one, way({ 0: 100, 15: 9, 20: 310, 30: 400 })), {
    compared: 2,
    sameUntil: 0,
    partedAt: 20,
  });
  assertEquals(partingOf(one, way({ 0: 500 })), { compared: 1, sameUntil: null, partedAt: 0 });
});

Deno.test("partingOf() compares nothing where particles have no counterpart", () => {
  assertEquals(partingOf(way({ 0: 1 }), way({ 0: 1 }, { width: 900 })), null);
  assertEquals(partingOf(way({ 0: 1 }), way({ 0: 1 }, { stride: 2 })), null);
});
