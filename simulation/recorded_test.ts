import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { RecordedSimulation } from "./recorded.ts";
import { ALGORITHMS } from "./registry.ts";

function start(steps: number, every: number) {
  const parameters = { num_particles: 60, num_steps: steps, seed: 7 };
  const inner = ALGORITHMS.cython.create(parameters);
  const shown: number[] = [];
  const simulation = new RecordedSimulation(inner, {
    every,
    onFrame: (step) => shown.push(step),
  });
  return { inner, simulation, shown };
}

Deno.test("RecordedSimulation shows the first step, every n-th and the last, in any slices", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 1, max: 70 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
      (steps, every, slices) => {
        const { simulation, shown } = start(steps, every);
        for (const slice of slices) simulation.advance(slice);
        simulation.advance(steps);
        const expected = Array.from({ length: steps + 1 }, (_, step) => step)
          .filter((step) => step % every === 0 || step === steps);
        assertEquals(shown, expected);
      },
    ),
    { numRuns: 50 },
  );
});

Deno.test("RecordedSimulation gives the same result as a run that nobody watches", async () => {
  const { simulation } = start(300, 7);
  simulation.advance(300);
  const alone = ALGORITHMS.cython.create({ num_particles: 60, num_steps: 300, seed: 7 });
  alone.advance(300);
  assertEquals(await simulation.summary(), await alone.summary());
});

Deno.test("observe() sees what the summary says at the end", async () => {
  const { inner, simulation } = start(200, 50);
  simulation.advance(200);
  const { particleCollisions, wallCollisions, kineticEnergy } = inner.observe!();
  const summary = await simulation.summary();
  assertEquals(
    [particleCollisions, wallCollisions, kineticEnergy],
    [summary.particle_collisions, summary.wall_collisions, summary.kinetic_energy],
  );
});
