import { assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { inFolder, runTool } from "./testing/run_tool.ts";

const EXAMPLE = fileURLToPath(new URL("../tareas_manuales_ejemplo.json", import.meta.url));

/** Every spelling that task files are seen with. */
const SPELLINGS = {
  generated_at: "2024-07-08T14:30:00",
  task_count: 4,
  source: "generator",
  description: "All spellings",
  tasks: [
    { task_id: "a", algorithm: "benchmark.py", parameters: { NUM_PARTICULAS: 5, NUM_PASOS: 0 } },
    { task_id: "b", algorithm: "benchmark_cython.py", parameters: { SEMILLA: 4294967295 } },
    { task_id: "c", algorithm: "python", parameters: { num_particulas: 1 }, priority: 10 },
    { task_id: "d", algorithm: "cython", parameters: { semilla: 1, num_pasos: 9 }, timeout: 1.5 },
  ],
};

Deno.test("validate accepts the example batch and every spelling", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "all.json"), "\ufeff" + JSON.stringify(SPELLINGS));
    const { code, stdout } = await runTool("validate", [EXAMPLE, "all.json"], folder);
    assertEquals(stdout, `${EXAMPLE}: valid, 10 tasks\nall.json: valid, 4 tasks\n`);
    assertEquals(code, 0);
  }));

Deno.test("validate tells all errors of all files, with line and column or path", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "syntax.json"), '{"tasks": [\n  {]\n]}');
    const wrong = {
      tasks: [
        { task_id: "a", algorithm: "python", parameters: { num_steps: "500", speed: 1 } },
        { task_id: "a", algorithm: "pythn", parameters: {} },
      ],
    };
    await Deno.writeTextFile(join(folder, "wrong.json"), JSON.stringify(wrong));
    const files = ["syntax.json", "wrong.json", EXAMPLE];
    const { code, stdout } = await runTool("validate", files, folder);
    assertEquals(code, 1);
    assertStringIncludes(stdout, "syntax.json:2:4: ");
    assertStringIncludes(
      stdout,
      "wrong.json: tasks[0].parameters.num_steps must be an integer from 0 to 1000000000, " +
        'not "500" (numbers are written without quotes)\n',
    );
    assertStringIncludes(stdout, "wrong.json: tasks[0].parameters.speed ");
    assertStringIncludes(stdout, "wrong.json: tasks[1].algorithm must be one of python, cython");
    assertStringIncludes(stdout, "wrong.json: tasks[1].task_id");
    assertStringIncludes(stdout, ": valid, 10 tasks");
    assertEquals(stdout.trimEnd().split("\n").length, 6);
  }));

Deno.test("validate --json gives the verdict on every file", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "empty.json"), "");
    const { code, stdout } = await runTool("validate", ["--json", EXAMPLE, "empty.json"], folder);
    const [example, empty] = JSON.parse(stdout);
    assertEquals([example.valid, example.tasks, example.errors], [true, 10, []]);
    assertEquals([empty.file, empty.valid, empty.errors_total], ["empty.json", false, 1]);
    assertEquals(empty.errors[0].code, "empty");
    assertEquals(code, 1);
  }));

Deno.test("validate ends with 2 for what it cannot read", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(join(folder, "x.json"));
    const { code, stdout } = await runTool("validate", ["none.json", "x.json", EXAMPLE], folder);
    assertEquals(code, 2);
    assertStringIncludes(stdout, "none.json: There is no such file");
    assertStringIncludes(stdout, "x.json: It is not a file");
    assertEquals((await runTool("validate", [], folder)).code, 2);
  }));

Deno.test("validate keeps to the limits of the folder and reads no file above them", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, ".env"), "TASK_FILE_MAX_BYTES=100\n");
    const { code, stdout } = await runTool("validate", [EXAMPLE], folder);
    assertEquals(code, 1);
    assertStringIncludes(stdout, "more than the 100 allowed");
  }));
