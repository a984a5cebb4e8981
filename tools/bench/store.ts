/**
 * What the store alone can do: rows a second for intake, assignment and completion, each commit
 * synced.
 *
 * @module
 */
import { join } from "node:path";
import { openSqliteStore } from "../../orchestrator/store/sqlite.ts";
import type { Store, TaskRow } from "../../orchestrator/store/store.ts";
import type { Row } from "./report.ts";

const TASKS = 20_000;
const TASKS_QUICK = 4000;
const GROUPS = [1, 10, 100, 1000];
const RESULT = {
  status: "completed" as const,
  output: "Done",
  metrics: { particles_processed: 1 },
};

export async function benchStore({ quick }: { quick: boolean }): Promise<Row[]> {
  const rows: Row[] = [];
  await Deno.mkdir("state", { recursive: true });
  for (const group of GROUPS) {
    const tasks = Math.min(quick ? TASKS_QUICK : TASKS, group * 200);
    const folder = await Deno.makeTempDir({ dir: "state", prefix: "bench_" });
    const { store } = await openSqliteStore(join(folder, "farm.db"));
    try {
      rows.push({ bench: "store", group, tasks, ...await measure(store, { tasks, group }) });
    } finally {
      await store.close();
      await Deno.remove(folder, { recursive: true });
    }
  }
  return rows;
}

async function measure(store: Store, { tasks, group }: { tasks: number; group: number }) {
  const ingest_per_s = await rate(tasks, () => ingest(store, { tasks, group }));
  const claimed: TaskRow[] = [];
  const key = { priority: 5, algorithm: "cython" };
  for (let position = 0; claimed.length < tasks;) {
    const part = await store.claim(key, position, 2000);
    claimed.push(...part.tasks);
    position = part.position;
  }
  const assign_complete_per_s = await rate(tasks, async () => {
    for (let from = 0; from < tasks; from += group) {
      const rows = claimed.slice(from, from + group);
      await store.commit(rows.map((row) => {
        Object.assign(row, { status: "assigned", attempt: 1, worker: "w", assigned_at: 1 });
        return { kind: "task", from: "pending", task: row };
      }));
      await store.commit(rows.map((row) => {
        Object.assign(row, {
          status: "completed",
          started_at: 1,
          completed_at: 2,
          execution_ms: 1,
        });
        return { kind: "task", from: "assigned", task: row, result: RESULT };
      }));
    }
  });
  return { ingest_per_s, assign_complete_per_s };
}

async function ingest(store: Store, { tasks, group }: { tasks: number; group: number }) {
  const start = { id: "b", file: "b.json", archived_as: "b.json", sha256: "", bytes: 0 };
  const intake = await store.receive({ ...start, received_at: 1, metadata: null });
  for (let from = 0; from < tasks; from += group) {
    await intake.add(Array.from({ length: Math.min(group, tasks - from) }, (_, at) => {
      const parameters = { num_particles: 1, num_steps: 0, seed: from + at };
      return {
        index: from + at,
        spec: {
          task_id: `task_${from + at}`,
          algorithm: "cython",
          algorithm_written: "cython",
          parameters,
          priority: 5,
          priority_written: "medium",
        },
      };
    }));
  }
  await intake.finish({ rerun: false });
  await store.commit([{ kind: "batch_accepted", batch: "b", at: 1 }]);
}

async function rate(tasks: number, work: () => Promise<void>): Promise<number> {
  const startMs = performance.now();
  await work();
  return Math.round(tasks / (performance.now() - startMs) * 1000);
}
