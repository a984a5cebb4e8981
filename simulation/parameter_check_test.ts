import { assert, assertEquals } from "@std/assert";
import type { ParameterDefaults } from "./algorithm.ts";
import { parameterChecks } from "./parameter_check.ts";
import { ALGORITHMS } from "./registry.ts";

const DEFAULTS: ParameterDefaults = { num_particles: 100, num_steps: 500, seed: 42 };

function messages(parameters: unknown): string[] {
  const checked = parameterChecks(DEFAULTS).find("python")!.check(parameters);
  assert(Array.isArray(checked));
  return checked.map((error) => `${error.path} ${error.message}`);
}

Deno.test("parameterChecks() finds every algorithm by name and by alias", () => {
  const table = parameterChecks(DEFAULTS);
  for (const { name, aliases } of Object.values(ALGORITHMS)) {
    for (const written of [name, ...aliases]) assertEquals(table.find(written)?.name, name);
    assert(table.names.includes(name));
  }
  assertEquals(table.find("constructor"), undefined);
});

Deno.test("parameterChecks() accepts every algorithm's own example", () => {
  for (const { name, example } of Object.values(ALGORITHMS)) {
    assert(!Array.isArray(parameterChecks(DEFAULTS).find(name)!.check(example)));
  }
});

Deno.test("parameterChecks() fills in the defaults and translates other spellings", () => {
  const check = parameterChecks(DEFAULTS).find("cython")!;
  assertEquals(check.check({}), { num_particles: 100, num_steps: 500, seed: 42 });
  assertEquals(check.check({ SEMILLA: 7, num_pasos: 8, NUM_PARTICULAS: 9 }), {
    num_particles: 9,
    num_steps: 8,
    seed: 7,
  });
});

Deno.test("parameterChecks() says where numbers stand in quotes", () => {
  assertEquals(messages({ num_steps: "500" }), [
    'num_steps must be an integer from 0 to 1000000000, not "500" ' +
    "(numbers are written without quotes)",
  ]);
});

for (const value of [1.5, -1, 1e9 + 1, true, null, [], {}, Infinity, Number.NaN]) {
  Deno.test(`parameterChecks() refuses ${String(value) || "[]"} as num_steps`, () => {
    const [message, ...others] = messages({ num_steps: value });
    assert(message?.startsWith("num_steps must be an integer from 0 to 1000000000, not "));
    assertEquals(others, []);
  });
}

Deno.test("parameterChecks() writes an odd name in brackets and cuts a long one", () => {
  assert(messages({ "a b": 1 })[0]?.startsWith('["a b"] '));
  assert(messages({ ["x".repeat(5000)]: 1 })[0]!.length < 300);
});

Deno.test("parameterChecks() refuses a parameter named __proto__", () => {
  const [message] = messages(JSON.parse('{"__proto__": {"num_steps": 1}}'));
  assert(message?.startsWith("__proto__ "));
});

Deno.test("parameterChecks() tells everything that is wrong at once", () => {
  assertEquals(messages({ num_particles: 0, num_steps: -1, seed: 2 ** 32, color: 1 }).length, 4);
});
