import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { HARD_DISK_PARAMETERS, hardDiskParameters } from "./parameters.ts";

const SCHEMA = hardDiskParameters({ num_particles: 100, num_steps: 500, seed: 42 });

function errorsOf(written: unknown): [path: string, message: string][] {
  const issues = SCHEMA.safeParse(written).error?.issues ?? [];
  return issues.map((issue) => [issue.path.join("."), issue.message]);
}

Deno.test("hardDiskParameters() fills in defaults, in a fixed order", () => {
  const text = JSON.stringify(SCHEMA.parse({ seed: 7, num_steps: 0 }));
  assertEquals(text, '{"num_particles":100,"num_steps":0,"seed":7}');
  assertEquals(SCHEMA.parse({}), { num_particles: 100, num_steps: 500, seed: 42 });
});

Deno.test("hardDiskParameters() knows the Spanish spellings", () => {
  const expected = { num_particles: 1, num_steps: 2, seed: 3 };
  assertEquals(SCHEMA.parse({ NUM_PARTICULAS: 1, NUM_PASOS: 2, SEMILLA: 3 }), expected);
  assertEquals(SCHEMA.parse({ num_particulas: 1, num_pasos: 2, semilla: 3 }), expected);
});

Deno.test("hardDiskParameters() takes both ends of each range and nothing beyond", () => {
  for (const { name, min, max } of HARD_DISK_PARAMETERS) {
    for (const value of [min, max]) assertEquals(SCHEMA.parse({ [name]: value })[name], value);
    for (const value of [min - 1, max + 1]) {
      assertEquals(errorsOf({ [name]: value }), [
        [name, `${name} must be an integer from ${min} to ${max}, not ${value}`],
      ]);
    }
  }
});

Deno.test("hardDiskParameters() refuses what is not an integer, naming the key as written", () => {
  assertEquals(errorsOf({ num_particles: "100" }), [
    ["num_particles", 'num_particles must be an integer from 1 to 1000000, not "100"'],
  ]);
  assertEquals(errorsOf({ NUM_PASOS: 1.5 }), [
    ["NUM_PASOS", "NUM_PASOS must be an integer from 0 to 1000000000, not 1.5"],
  ]);
  for (const value of [null, true, [], {}, "", "5", NaN, Infinity]) {
    assertEquals(errorsOf({ seed: value }).map(([path]) => path), ["seed"]);
  }
});

Deno.test("hardDiskParameters() refuses unknown names and two spellings of one", () => {
  assertEquals(errorsOf({ particles: 5 }), [
    ["particles", 'Unknown parameter "particles": known are num_particles, num_steps, seed'],
  ]);
  assertEquals(errorsOf({ seed: 1, SEMILLA: 1 }), [
    ["SEMILLA", "SEMILLA and seed are the same parameter: give only one of them"],
  ]);
  assertEquals(errorsOf(JSON.parse('{"__proto__": 1}')).map(([path]) => path), ["__proto__"]);
});

Deno.test("hardDiskParameters() reports every error of a task", () => {
  const paths = errorsOf({ num_particles: 0, num_steps: "x", seed: -1, y: 1 });
  assertEquals(paths.map(([path]) => path), ["num_particles", "num_steps", "seed", "y"]);
});

Deno.test("hardDiskParameters() wants an object, and shortens long values in its errors", () => {
  for (const written of [undefined, null, 5, "x", []]) {
    assertEquals(errorsOf(written).map(([path]) => path), [""]);
  }
  const [[, message]] = errorsOf({ seed: "9".repeat(10_000) }) as [[string, string]];
  assertEquals(message.length < 150, true);
});

Deno.test("hardDiskParameters() writes minus zero as zero", () => {
  assertEquals(Object.is(SCHEMA.parse({ seed: -0 })["seed"], 0), true);
});

Deno.test("hardDiskParameters() never throws and gives canonical parameters or errors", () => {
  fc.assert(fc.property(fc.anything(), (written) => {
    const parsed = SCHEMA.safeParse(written);
    if (!parsed.success) return;
    assertEquals(Object.keys(parsed.data), ["num_particles", "num_steps", "seed"]);
    assertEquals(SCHEMA.parse(parsed.data), parsed.data);
  }));
});
