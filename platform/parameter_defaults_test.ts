import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "./arguments.ts";
import { defaultParameters } from "./parameter_defaults.ts";
import { Settings } from "./settings.ts";

Deno.test("defaultParameters() has 100 particles, 500 steps and seed 42 where nothing is set", () => {
  assertEquals(defaultParameters(new Settings({})), {
    num_particles: 100,
    num_steps: 500,
    seed: 42,
  });
});

Deno.test("defaultParameters() takes the settings", () => {
  const settings = new Settings({
    DEFAULT_NUM_PARTICLES: "7",
    DEFAULT_NUM_STEPS: "0",
    DEFAULT_SEED: "4294967295",
  });
  assertEquals(defaultParameters(settings), {
    num_particles: 7,
    num_steps: 0,
    seed: 4_294_967_295,
  });
});

Deno.test("defaultParameters() names the setting that no task could hold", () => {
  const settings = new Settings({ DEFAULT_NUM_PARTICLES: "0" });
  assertThrows(() => defaultParameters(settings), UsageError, "DEFAULT_NUM_PARTICLES");
});
