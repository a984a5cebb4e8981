import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { ResultFiles, type ResultFilesOptions } from "./results.ts";
import { orchestratorStats } from "./stats.ts";
import { completedOutcome, failedOutcome, onFarm, ScriptedFarm, task } from "./testing.ts";

function resultFiles(farm: ScriptedFarm, options: Partial<ResultFilesOptions> = {}): ResultFiles {
  const results = new ResultFiles({
    store: farm.store,
    folder: farm.config.resultsPath,
    intervalMs: 3_600_000,
    stats: () => orchestratorStats(farm),
    batchWaitMs: 1,
    ...options,
  });
  farm.scheduler.listen(results);
  return results;
}

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();
}

interface Written {
  readonly name: string;
  readonly timestamp: string;
  readonly orchestrator_stats: Record<string, number>;
  readonly task_results: Record<string, unknown>[];
}

function readFiles(farm: ScriptedFarm): Written[] {
  return namesIn(farm.config.resultsPath).filter((name) => name.startsWith("task_results_"))
    .map((name) => ({
      name,
      ...JSON.parse(Deno.readTextFileSync(join(farm.config.resultsPath, name))),
    }));
}

function idsIn(files: readonly Written[]): unknown[] {
  return files.flatMap((file) => file.task_results.map((result) => result["task_id"]));
}

const numbered = (count: number) => Array.from({ length: count }, (_, i) => task(`t${i}`));
const ALL = { script: completedOutcome };

Deno.test("ResultFiles writes the seed's format when a batch ends", () =>
  onFarm(
    {
      script: (ref) => ref.task_id === "bad" ? failedOutcome(ref) : completedOutcome(ref, 45_800),
    },
    resultFiles,
    async (farm, results) => {
      await results.start();
      assertEquals(namesIn(farm.config.resultsPath), []);
      await farm.drop("lote.json", [
        task("sim_001", {
          priority: "high",
          description: "d",
          algorithm: "benchmark.py",
          lab: "x",
        }),
        task("bad"),
      ]);
      const written = () => farm.store.unwrittenResultFiles();
      while (readFiles(farm).length === 0 || (await written()).length > 0) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      const [file, ...others] = readFiles(farm);
      assertEquals(others, []);
      assertMatch(file!.name, /^task_results_\d{8}_\d{6}\.json$/);
      assertMatch(file!.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d$/);
      assertEquals(file!.orchestrator_stats, {
        total_tasks: 2,
        completed_tasks: 1,
        failed_tasks: 1,
        pending_tasks: 0,
        active_workers: 1,
        total_execution_time: 45.8,
      });
      const { completed_at, batch, ...result } = file!.task_results[0]!;
      assertEquals(file!.task_results.length, 1);
      assertMatch(String(completed_at), /[+-]\d\d:\d\d$/);
      assertMatch(String(batch), /_lote$/);
      assertEquals(result, {
        task_id: "sim_001",
        algorithm: "benchmark.py",
        parameters: { num_particles: 10, num_steps: 20, seed: 1 },
        execution_time: 45.8,
        result: {
          status: "completed",
          output: "Simulation completed",
          metrics: { particles_processed: 10, steps_completed: 20, memory_peak: "67.2 MB" },
        },
        worker_id: "worker-01",
        priority: "high",
        file: "lote.json",
        description: "d",
        lab: "x",
      });
      await results.stop();
      const stats = Deno.readTextFileSync(join(farm.config.resultsPath, "orchestrator_stats.json"));
      assertEquals(JSON.parse(stats).orchestrator_stats, file!.orchestrator_stats);
    },
  ));

Deno.test("ResultFiles puts each result into exactly one file, of a bounded size", () =>
  onFarm(
    ALL,
    (farm) => resultFiles(farm, { resultsAFileMax: 1200, batchWaitMs: 3_600_000 }),
    async (farm, results) => {
      await farm.drop("a.json", numbered(2500));
      await farm.untilCount("completed", 2500);
      await results.stop();
      const files = readFiles(farm);
      assertEquals(files.map((file) => file.task_results.length).toSorted(), [100, 1200, 1200]);
      assertEquals(new Set(idsIn(files)).size, 2500);
      await results.stop();
      assertEquals(readFiles(farm).length, 3);
    },
  ));

Deno.test("ResultFiles writes at the interval while a batch goes on", () =>
  onFarm(
    { script: (ref) => ref.task_id === "t0" ? completedOutcome(ref) : null },
    (farm) => resultFiles(farm, { intervalMs: 10 }),
    async (farm, results) => {
      await results.start();
      await farm.drop("a.json", numbered(2));
      while (readFiles(farm).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      assertEquals(idsIn(readFiles(farm)), ["t0"]);
      await results.stop();
      assertEquals(readFiles(farm).length, 1);
    },
  ));

Deno.test("ResultFiles writes a planned file again after a kill, under the same name", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "farm_" });
  const first = await ScriptedFarm.start(ALL, () => null, folder);
  await first.farm.drop("a.json", numbered(3));
  await first.farm.untilCount("completed", 3);
  // Planned, half written, never marked: what a kill leaves behind.
  const name = "task_results_20240708_143000.json";
  await first.farm.store.planResultFile(() => name, { at: 0, limit: 2 });
  await first.farm.stop({ keep: true });
  Deno.mkdirSync(join(folder, "results"));
  Deno.writeTextFileSync(join(folder, "results", name), '{"timestamp": "2024');

  const { farm, prepared: results } = await ScriptedFarm.start(ALL, resultFiles, folder);
  await results.start();
  const files = readFiles(farm);
  assertEquals(files.map((file) => file.task_results.length).toSorted(), [1, 2]);
  assertEquals(files.find((file) => file.name === name)?.task_results.length, 2);
  assertEquals(idsIn(files).toSorted(), ["t0", "t1", "t2"]);
  assertEquals(await farm.store.unwrittenResultFiles(), []);
  await results.stop();
  await farm.stop();
});

Deno.test("ResultFiles overwrites no file of an earlier store", () =>
  onFarm(ALL, (farm) => resultFiles(farm, { batchWaitMs: 3_600_000 }), async (farm, results) => {
    await farm.drop("a.json", numbered(1));
    await farm.untilCount("completed", 1);
    const { resultsPath } = farm.config;
    Deno.mkdirSync(resultsPath, { recursive: true });
    const { planResultFile } = farm.store;
    let first = "";
    farm.store.planResultFile = (name, options) =>
      planResultFile((taken) => {
        first = name(taken);
        Deno.writeTextFileSync(join(resultsPath, first), "mine");
        return name(taken);
      }, options);
    await results.stop();
    assertEquals(Deno.readTextFileSync(join(resultsPath, first)), "mine");
    assert(namesIn(resultsPath).includes(first.replace(".json", "_2.json")));
  }));

Deno.test("ResultFiles keeps results in the store while they cannot be written", () =>
  onFarm(ALL, resultFiles, async (farm, results) => {
    Deno.writeTextFileSync(farm.config.resultsPath, "a file where the folder should be");
    await farm.drop("a.json", numbered(2));
    await farm.untilCount("completed", 2);
    await results.stop();
    assertMatch(results.problem!, /^Results cannot be written to .*, they are kept in the store: /);
    Deno.removeSync(farm.config.resultsPath);
    await results.stop();
    assertEquals(results.problem, null);
    assertEquals(idsIn(readFiles(farm)).toSorted(), ["t0", "t1"]);
  }));
