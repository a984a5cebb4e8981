import { assertEquals } from "@std/assert";
import { findAlgorithm } from "./registry.ts";

const DEFAULTS = { num_particles: 100, num_steps: 500, seed: 42 };

/** The example batch: algorithm, disks, steps, seed, particle collisions, wall collisions. */
const EXAMPLE_BATCH = [
  ["python", 50, 300, 123, 28, 36],
  ["cython", 100, 500, 456, 172, 120],
  ["python", 200, 800, 789, 833, 312],
  ["cython", 150, 600, 101, 440, 200],
  ["python", 75, 400, 202, 87, 80],
  ["cython", 300, 1000, 303, 2006, 490],
  ["python", 25, 200, 404, 4, 14],
  ["cython", 80, 350, 505, 76, 72],
  ["python", 120, 700, 606, 327, 177],
  ["cython", 250, 900, 707, 1410, 353],
] as const;

for (const [name, num_particles, num_steps, seed, pairs, walls] of EXAMPLE_BATCH) {
  Deno.test(`${name} of ${num_particles} disks for ${num_steps} steps counts as the original`, async () => {
    const algorithm = findAlgorithm(name)!;
    const parameters = algorithm.parameters(DEFAULTS).parse({ num_particles, num_steps, seed });
    const simulation = algorithm.create(parameters);
    simulation.advance(num_steps);
    const metrics = await simulation.summary();
    assertEquals(metrics["particles_processed"], num_particles);
    assertEquals(metrics["steps_completed"], num_steps);
    assertEquals(metrics["particle_collisions"], pairs);
    assertEquals(metrics["wall_collisions"], walls);
  });
}

Deno.test("summary() hashes positions, then velocities, as little-endian float64", async () => {
  const algorithm = findAlgorithm("cython")!;
  const simulation = algorithm.create({ num_particles: 7, num_steps: 20, seed: 5 });
  simulation.advance(20);
  const { positions, velocities } = simulation.snapshot();
  const bytes = new Uint8Array(7 * 32);
  const view = new DataView(bytes.buffer);
  [...positions, ...velocities].forEach((value, k) => view.setFloat64(8 * k, value, true));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  assertEquals((await simulation.summary())["state_sha256"], digest);
});

Deno.test("no steps leave the initial state", async () => {
  const simulation = findAlgorithm("python")!.create({ num_particles: 2, num_steps: 0, seed: 42 });
  simulation.advance(10);
  // The first two doubles of seed 42 are 0.3745401188473625 and 0.9507143064099162.
  const { positions } = simulation.snapshot();
  const { steps_completed, wall_collisions } = await simulation.summary();
  assertEquals([...positions.subarray(0, 2)], [
    0.3745401188473625 * 790 + 5,
    0.9507143064099162 * 590 + 5,
  ]);
  assertEquals([steps_completed, wall_collisions], [0, 0]);
});
