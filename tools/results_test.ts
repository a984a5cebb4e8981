import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { storedResults } from "./stored_results.ts";
import { nobodysUrl, withOrchestrator } from "./testing/fake_orchestrator.ts";
import { inFolder, runTool } from "./testing/run_tool.ts";

function entry(task_id: string, batch: string) {
  return {
    task_id,
    algorithm: "python",
    parameters: { seed: 1 },
    execution_time: 1,
    result: { status: "completed", output: "", metrics: { particle_collisions: 3 } },
    worker_id: "w",
    batch,
    file: "b.json",
  };
}

async function writeResults(folder: string, name: string, entries: unknown[]): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(join(folder, name), JSON.stringify({ task_results: entries }));
}

function ids(folder: string, name: string): string[] {
  return storedResults(folder, name).results.map((result) => result.task_id);
}

Deno.test("storedResults() finds a batch by id, archived name and dropped name", () =>
  inFolder(async (folder) => {
    await writeResults(folder, "task_results_20240708_1.json", [
      entry("a", "20240708_1_b"),
      entry("old", "20240707_1_b"),
    ]);
    await writeResults(folder, "task_results_20240708_2.json", [entry("b", "20240708_1_b")]);
    for (const name of ["20240708_1_b", "20240708_1_b.json", "b.json"]) {
      assertEquals(ids(folder, name), ["a", "b"]);
    }
    assertEquals(ids(folder, "20240707_1_b"), ["old"]);
    assertEquals(ids(folder, "c.json"), []);
  }));

Deno.test("storedResults() counts a task once that ran again", () =>
  inFolder(async (folder) => {
    await writeResults(folder, "task_results_1.json", [entry("a", "1_b"), entry("b", "1_b")]);
    await writeResults(folder, "task_results_2.json", [
      { ...entry("a", "1_b"), execution_time: 2 },
    ]);
    const { results } = storedResults(folder, "1_b");
    assertEquals(results.map((result) => [result.task_id, result.execution_time]), [
      ["a", 2],
      ["b", 1],
    ]);
  }));

Deno.test("storedResults() names the files that are no results files", () =>
  inFolder(async (folder) => {
    await writeResults(folder, "task_results_1.json", [entry("a", "1_b")]);
    await writeResults(folder, "task_results_2.json", ["not an entry"]);
    await Deno.writeTextFile(join(folder, "task_results_3.json"), "{");
    await Deno.writeTextFile(join(folder, "orchestrator_stats.json"), "{}");
    const { results, unreadable } = storedResults(folder, "1_b");
    assertEquals([results.length, unreadable], [1, ["task_results_2.json", "task_results_3.json"]]);
  }));

Deno.test("storedResults() finds nothing in a folder that is not there", () => {
  assertEquals(storedResults("no/such/folder", "b.json"), { results: [], unreadable: [] });
});

Deno.test("results asks the orchestrator for the name behind a path", async () => {
  const results = [{ ...entry("a", "1_b"), status: "completed", error: null }];
  await withOrchestrator(
    { "/batches/b.json/results": [results] },
    (url) =>
      inFolder(async (folder) => {
        const asked = ["task_queues/processed/b.json", "--orchestrator", url];
        const table = await runTool("results", asked, folder);
        assertEquals([table.code, table.stderr], [0, ""]);
        assertStringIncludes(table.stdout, "1 of 1 completed");
        const json = await runTool("results", [...asked, "--json"], folder);
        assertEquals(JSON.parse(json.stdout), results);
        const csv = await runTool("results", [...asked, "--csv"], folder);
        assertStringIncludes(csv.stdout, "\r\na,python,completed,1,");
      }),
  );
});

Deno.test("results ends with 1 for a batch that nobody knows", async () => {
  await withOrchestrator({}, (url) =>
    inFolder(async (folder) => {
      const { code, stderr } = await runTool("results", ["x", "--orchestrator", url], folder);
      assertEquals(code, 1);
      assertStringIncludes(stderr, "There are no results of x");
    }));
});

Deno.test("results ends with 69 when the orchestrator that was named does not answer", () =>
  inFolder(async (folder) => {
    const args = ["b.json", "--orchestrator", nobodysUrl()];
    assertEquals((await runTool("results", args, folder)).code, 69);
  }));

Deno.test("results falls back to the files of the folder's settings", () =>
  inFolder(async (folder) => {
    // A name that no orchestrator on this machine can know.
    const name = `${crypto.randomUUID()}.json`;
    await writeResults(join(folder, "elsewhere"), "task_results_1.json", [
      { ...entry("a", "1_b"), file: name },
    ]);
    await Deno.writeTextFile(join(folder, ".env"), "RESULTS_DIR=elsewhere\n");
    const { code, stdout } = await runTool("results", [name, "--json"], folder);
    assertEquals(code, 0);
    assertEquals(JSON.parse(stdout)[0].task_id, "a");
  }));
