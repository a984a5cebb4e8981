import { assert, assertEquals } from "@std/assert";
import type { Algorithm } from "./algorithm.ts";
import { ALGORITHM_NAMES, ALGORITHMS, findAlgorithm } from "./registry.ts";

const DEFAULTS = { num_particles: 100, num_steps: 500, seed: 42 };

Deno.test("findAlgorithm() knows every name and alias, and nothing else", () => {
  assertEquals(findAlgorithm("benchmark.py"), ALGORITHMS.python);
  assertEquals(findAlgorithm("benchmark_cython.py"), ALGORITHMS.cython);
  for (const name of ALGORITHM_NAMES) assertEquals(findAlgorithm(name)?.name, name);
  for (const name of ["", "Python", "toString", "fortran"]) {
    assertEquals(findAlgorithm(name), undefined);
  }
});

for (const algorithm of Object.values<Algorithm>(ALGORITHMS)) {
  Deno.test(`${algorithm.name} accepts its own example, and it is canonical`, () => {
    const schema = algorithm.parameters(DEFAULTS);
    const parameters = schema.parse(algorithm.example);
    assertEquals(JSON.stringify(schema.parse(parameters)), JSON.stringify(parameters));
    assert(algorithm.work(parameters) > 0);
  });

  Deno.test(`${algorithm.name} gives the same bits however a run is cut`, () => {
    const parameters = algorithm.parameters(DEFAULTS).parse(algorithm.example);
    const whole = algorithm.create(parameters), cut = algorithm.create(parameters);
    whole.advance(Infinity);
    for (let n = 1; cut.stepsCompleted < cut.stepsTotal; n++) cut.advance(n);
    assertEquals(cut.snapshot(), whole.snapshot());
  });

  Deno.test(`${algorithm.name} never runs past its last step`, () => {
    const simulation = algorithm.create(algorithm.parameters(DEFAULTS).parse({ num_steps: 3 }));
    simulation.advance(-1);
    assertEquals(simulation.stepsCompleted, 0);
    simulation.advance(10);
    const { step } = simulation.snapshot();
    assertEquals([simulation.stepsCompleted, simulation.stepsTotal, step], [3, 3, 3]);
  });

  Deno.test(`${algorithm.name} gives snapshots that later steps leave alone`, async () => {
    const simulation = algorithm.create(algorithm.parameters(DEFAULTS).parse({}));
    const before = simulation.snapshot(), kept = structuredClone(before);
    simulation.advance(10);
    assertEquals(before, kept);
    const { engine, steps_completed } = await simulation.summary();
    assertEquals([engine, steps_completed], [simulation.engine, 10]);
  });
}
