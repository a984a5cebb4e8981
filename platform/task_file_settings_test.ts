import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "./arguments.ts";
import { Settings } from "./settings.ts";
import { taskFileSettings } from "./task_file_settings.ts";

Deno.test("taskFileSettings() has the defaults of the documentation where nothing is set", () => {
  assertEquals(taskFileSettings(new Settings({})), {
    defaults: { num_particles: 100, num_steps: 500, seed: 42 },
    limits: { bytesMax: 67_108_864, tasksMax: 1_000_000 },
  });
});

Deno.test("taskFileSettings() takes every setting", () => {
  const settings = new Settings({
    DEFAULT_NUM_PARTICLES: "7",
    DEFAULT_NUM_STEPS: "0",
    DEFAULT_SEED: "4294967295",
    TASK_FILE_MAX_BYTES: "1000",
    TASK_FILE_MAX_TASKS: "3",
  });
  assertEquals(taskFileSettings(settings), {
    defaults: { num_particles: 7, num_steps: 0, seed: 4_294_967_295 },
    limits: { bytesMax: 1000, tasksMax: 3 },
  });
});

for (const name of ["DEFAULT_NUM_PARTICLES", "TASK_FILE_MAX_BYTES", "TASK_FILE_MAX_TASKS"]) {
  Deno.test(`taskFileSettings() names ${name} when it is out of range`, () => {
    const settings = new Settings({ [name]: "0" });
    assertThrows(() => taskFileSettings(settings), UsageError, name);
  });
}
