import { assertEquals } from "@std/assert";
import { walkSync } from "@std/fs/walk";
import { join, relative } from "node:path";
import { Settings } from "../../platform/settings.ts";
import { readConfig } from "../config.ts";
import type { NewEventRecord } from "../store/store.ts";
import { Retention, type RetentionRooms } from "./retention.ts";
import { completedOutcome, failedOutcome, onFarm, task } from "./testing.ts";

const DAY_MS = 86_400_000;

/** What a store without a row would say. */
const NO_ROWS: Omit<RetentionRooms, "config"> = {
  store: {
    removeEnded: () => Promise.reject(new Error("Nobody asked for this")),
    removeEvents: () => Promise.resolve(0),
  },
  scheduler: { request: () => Promise.reject(new Error("Nobody asked for this")) },
  tell: () => {},
};

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
    await new Retention({ config, ...NO_ROWS }).sweep(now);
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

function retentionOn(tell: (event: Omit<NewEventRecord, "at">) => void) {
  return (farm: Omit<RetentionRooms, "tell">) => new Retention({ ...farm, tell });
}

Deno.test("Retention removes tasks that ended days ago, while others go on", async () => {
  const told: Omit<NewEventRecord, "at">[] = [];
  await onFarm(
    {
      environment: { RETENTION_TASKS_DAYS: "30" },
      script: (ref) => {
        if (ref.task_id === "runs") return null;
        return ref.task_id === "bad" ? failedOutcome(ref) : completedOutcome(ref);
      },
    },
    retentionOn((event) => told.push(event)),
    async (farm, retention) => {
      const { store } = farm;
      const many = Array.from({ length: 500 }, (_, i) => task(`t${i}`));
      await farm.drop("one.json", [...many, task("bad"), task("runs")]);
      await farm.untilCount("completed", 500);
      await farm.untilCount("failed", 1);
      await retention.sweep(Date.now() + 29 * DAY_MS);
      assertEquals((await store.counts()).removed_total, 0);
      const file = await store.planResultFile(() => "one", { at: 1, limit: 1000 });
      await store.resultFileWritten(file!.name);
      await retention.sweep(Date.now() + 31 * DAY_MS);
      const counts = await store.counts();
      assertEquals([counts.removed_total, counts.total, counts.status.assigned], [501, 1, 1]);
      assertEquals(await store.recount(), counts);
      assertEquals(told, [
        { kind: "tasks_removed", details: { tasks: 501, batches: 0, days: 30 } },
      ]);
      farm.end("runs", completedOutcome);
      await farm.untilCount("completed", 1);
    },
  );
});

Deno.test("Retention removes events by age, and stops when it is told to", async () => {
  await onFarm(
    { environment: { RETENTION_EVENTS_DAYS: "7", RETENTION_TASKS_DAYS: "1" }, connected: [] },
    retentionOn(() => {}),
    async ({ store }, retention) => {
      const now = Date.now();
      for (const days of [9, 8, 1, 0]) {
        await store.addEvents([{ at: now - days * DAY_MS, kind: "disk_low" }]);
      }
      await retention.sweep(now);
      assertEquals((await store.events({}, { limit: 9 })).events.length, 2);
      retention.start();
      await retention.stop();
    },
  );
});
