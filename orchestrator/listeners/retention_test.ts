import { assertEquals } from "@std/assert";
import { walkSync } from "@std/fs/walk";
import { join, relative } from "node:path";
import { Settings } from "../../platform/settings.ts";
import { readConfig } from "../config.ts";
import { Retention } from "./retention.ts";

const DAY_MS = 86_400_000;

async function remaining(environment: Record<string, string>): Promise<string[]> {
  const folder = Deno.makeTempDirSync();
  const now = Date.now();
  const put = (path: string, ageDays: number) => {
    Deno.writeTextFileSync(join(folder, path), "");
    Deno.utimeSync(join(folder, path), now / 1000, (now - ageDays * DAY_MS) / 1000);
  };
  try {
    Deno.mkdirSync(join(folder, "task_queues/processed"), { recursive: true });
    Deno.mkdirSync(join(folder, "results"));
    put("task_queues/processed/20240708_143000_a.json", 8);
    put("task_queues/processed/20240708_143000_b.json", 6);
    put("task_queues/processed/notes.json", 100);
    put("results/task_results_20240708_143000.json", 31);
    put("results/task_results_20240708_143000_2.json", 29);
    put("results/orchestrator_stats.json", 100);
    for (const batch of ["old", "young"]) {
      Deno.mkdirSync(join(folder, "results/trajectories", batch), { recursive: true });
    }
    put("results/trajectories/old/a.traj.gz", 31);
    put("results/trajectories/young/a.traj.gz", 31);
    put("results/trajectories/young/b.traj.gz", 29);
    const config = readConfig({ flags: {}, folder, settings: new Settings(environment) });
    await new Retention(config).sweep(now);
    return ["task_queues/processed", "results"].flatMap((where) =>
      [...walkSync(join(folder, where), { includeDirs: false })]
        .map(({ path }) => relative(join(folder, where), path)).sort()
    );
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("Retention removes nothing unless it is told to", async () => {
  assertEquals((await remaining({})).length, 9);
});

Deno.test("Retention removes what is older than its days, and only its own files", async () => {
  assertEquals(await remaining({ RETENTION_PROCESSED_DAYS: "7", RETENTION_RESULTS_DAYS: "30" }), [
    "20240708_143000_b.json",
    "notes.json",
    "orchestrator_stats.json",
    "task_results_20240708_143000_2.json",
    "trajectories/young/b.traj.gz",
  ]);
});
