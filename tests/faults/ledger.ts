/**
 * The outside ledger: what the farm acknowledged, kept by the test alone, and held against what is
 * there afterwards. It never asks the farm what it has promised.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { until } from "./level.ts";

/** What the ledger needs of a farm. */
interface Audited {
  readonly folder: string;
  readonly client: { get<T>(path: string): Promise<T> };
}

interface TaskAnswer {
  readonly task_id: string;
  readonly status: string;
}

export interface Audit {
  readonly accepted: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Acknowledged and not there, or completed and in no results file. */
  readonly lost: number;
  /** Twice in the results files. */
  readonly double: number;
}

export class Ledger {
  readonly #offers = new Map<string, readonly string[]>();
  /** Tasks of files that the farm acknowledged. */
  readonly #accepted = new Set<string>();
  /** Digests of results that the farm was seen to have. */
  readonly #results = new Map<string, unknown>();

  /** A file is about to be dropped. */
  offered(file: string, taskIds: readonly string[]): void {
    this.#offers.set(file, taskIds);
  }

  /** The farm was seen to have taken this file: from here on its tasks must never vanish. */
  acknowledged(file: string): void {
    for (const id of this.#offers.get(file) ?? []) this.#accepted.add(id);
  }

  /** The farm was seen to have this result: it must never change. */
  resultSeen(taskId: string, digest: unknown): void {
    this.#results.set(taskId, digest);
  }

  /** Reads the folder: a file that lies in processed/ is acknowledged. */
  async look(folder: string): Promise<void> {
    for await (const entry of Deno.readDir(join(folder, "task_queues", "processed"))) {
      const dropped = entry.name.replace(/^\d{8}_\d{6}_/, "");
      if (this.#offers.has(dropped)) this.acknowledged(dropped);
    }
  }

  /**
   * Compares, after everything has ended. `terminal` = every accepted task must be in a final state.
   */
  async audit(farm: Audited): Promise<Audit> {
    await this.look(farm.folder);
    const tasks = await farm.client.get<TaskAnswer[]>("/tasks");
    const states = new Map(tasks.map((task) => [task.task_id, task.status]));
    const missing = [...this.#accepted].filter((id) => !states.has(id));
    const done = tasks.filter((task) => task.status === "completed").map((task) => task.task_id);
    const counts = await until("all results in files", async () => {
      const counts = await resultCounts(farm.folder);
      return done.every((id) => counts.has(id)) ? counts : null;
    }, { patienceMs: 30_000, everyMs: 200 }).catch(() => resultCounts(farm.folder));
    const unwritten = done.filter((id) => !counts.has(id));
    const doubles = [...counts].filter(([, count]) => count > 1);
    await this.#checkResults(farm);
    await checkConservation(farm, states);
    const count = (status: string) => tasks.filter((task) => task.status === status).length;
    return {
      accepted: this.#accepted.size,
      completed: done.length,
      failed: count("failed"),
      cancelled: count("cancelled"),
      lost: missing.length + unwritten.length,
      double: doubles.length,
    };
  }

  async #checkResults(farm: Audited): Promise<void> {
    for (const [id, digest] of this.#results) {
      assertEquals(await digestOfTask(farm, id), digest, `the result of ${id} has changed`);
    }
  }
}

/** I1 and I11: the counters of the farm equal a count of its tasks, all terminal or not. */
async function checkConservation(farm: Audited, states: Map<string, string>): Promise<void> {
  const { tasks_summary } = await farm.client.get<{ tasks_summary: Record<string, number> }>(
    "/stats",
  );
  const counted: Record<string, number> = {};
  for (const status of states.values()) counted[status] = (counted[status] ?? 0) + 1;
  for (const status of ["pending", "completed", "failed", "cancelled", "redistributed"]) {
    assertEquals(tasks_summary[status], counted[status] ?? 0, `counter of ${status} tasks`);
  }
  assertEquals(tasks_summary.total_tasks, states.size, "counter of all tasks");
}

export async function digestOfTask(farm: Audited, id: string): Promise<unknown> {
  const task = await farm.client.get<{ result: { metrics: Record<string, unknown> } | null }>(
    `/tasks/${encodeURIComponent(id)}`,
  );
  return task.result?.metrics.state_sha256;
}

/** How often each task stands in the results files; every file must be whole (I10). */
export async function resultCounts(folder: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for await (const entry of Deno.readDir(join(folder, "results"))) {
    if (!/^task_results_.*\.json$/.test(entry.name)) continue;
    const text = await Deno.readTextFile(join(folder, "results", entry.name));
    for (const { task_id } of JSON.parse(text).task_results) {
      counts.set(task_id, (counts.get(task_id) ?? 0) + 1);
    }
  }
  return counts;
}

/** Nothing accepted is lost, nothing is there twice. */
export function assertIntact(audit: Audit, expected: Partial<Audit> = {}): void {
  assertEquals(
    { ...audit },
    { ...audit, lost: 0, double: 0, ...expected },
    "the ledger disagrees",
  );
}
