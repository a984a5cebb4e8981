import { assert, assertEquals } from "@std/assert";
import { combinations, fieldOf, sweepFile, type SweepForm } from "./sweep.ts";

const RANGES = [
  { name: "num_particles", min: 1, max: 1000 },
  { name: "seed", min: 0, max: 99 },
];
const FORM: SweepForm = {
  algorithm: "cython",
  prefix: "s_",
  priority: "low",
  description: "",
  values: { num_particles: "10,20", seed: "1..3" },
};

Deno.test("sweepFile() makes a task of every combination, with ids that sort", () => {
  const { text, problems } = sweepFile(FORM, RANGES);
  assertEquals(problems, {});
  const { tasks } = JSON.parse(text!);
  assertEquals(tasks.length, 6);
  assertEquals(tasks[0], {
    task_id: "s_1",
    algorithm: "cython",
    parameters: { num_particles: 10, seed: 1 },
    priority: "low",
  });
  assertEquals(tasks.at(-1).parameters, { num_particles: 20, seed: 3 });
});

Deno.test("sweepFile() says beside which field something is wrong", () => {
  const values = { num_particles: "0", seed: "many" };
  const { text, problems } = sweepFile({ ...FORM, prefix: " ", values }, RANGES);
  assertEquals(text, null);
  assertEquals(Object.keys(problems).sort(), ["num_particles", "prefix", "seed"]);
});

Deno.test("sweepFile() makes no more tasks than a browser can hold", () => {
  const values = { num_particles: "1..1000", seed: "0..99" };
  assert(sweepFile({ ...FORM, values }, RANGES).problems["values"]?.includes("100000"));
});

Deno.test("combinations() of nothing is one empty row", () => {
  assertEquals(combinations([]), [[]]);
  assertEquals(combinations([[1, 2], []]), []);
});

Deno.test("fieldOf() finds the parameter in a path", () => {
  assertEquals(fieldOf("tasks[3].parameters.seed"), "seed");
  assertEquals(fieldOf("tasks[3].task_id"), null);
});
