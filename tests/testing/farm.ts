/**
 * A real farm in a folder of its own: orchestrator and workers as processes, on free ports. For
 * tests that need the whole of it.
 *
 * @module
 */
import { assert } from "@std/assert";
import { join } from "node:path";
import type { BatchAnswer, ResultAnswer } from "../../tools/farm_client.ts";
import { FarmClient } from "../../tools/farm_client.ts";
import { startOrchestrator, startWorker } from "../../tools/local_farm.ts";
import { freePort } from "../../tools/ports.ts";
import type { Program } from "../../tools/program.ts";

/** Longest wait for anything in these tests, ms. Generous: the machine may be busy. */
const PATIENCE_MS = 60_000;

export interface WorkerPlace {
  readonly id: string;
  readonly port: number;
  readonly capacity: number;
}

export class FarmUnderTest {
  readonly folder: string;
  readonly places: readonly WorkerPlace[];
  readonly env: Readonly<Record<string, string>>;
  readonly workers = new Map<string, Program>();
  orchestrator!: Program;
  client!: FarmClient;

  private constructor(
    folder: string,
    places: readonly WorkerPlace[],
    env: Readonly<Record<string, string>>,
  ) {
    this.folder = folder;
    this.places = places;
    this.env = env;
  }

  /** Starts an orchestrator and its workers; `capacities` has one entry a worker. */
  static async start(
    { capacities = [1, 1], env = {}, workers = true }: {
      capacities?: readonly number[];
      env?: Readonly<Record<string, string>>;
      workers?: boolean;
    } = {},
  ): Promise<FarmUnderTest> {
    const folder = await Deno.makeTempDir({ prefix: "farm_" });
    const places = capacities.map((capacity, at) => ({
      id: `worker-0${at + 1}`,
      port: freePort(0),
      capacity,
    }));
    const farm = new FarmUnderTest(folder, places, env);
    const list = places.map(({ id, port }) => ({ id, ip: "127.0.0.1", port }));
    await Deno.writeTextFile(
      join(folder, "config_workers.json"),
      JSON.stringify({ workers: list }),
    );
    await farm.startOrchestrator();
    if (workers) await Promise.all(places.map((place) => farm.startWorker(place.id)));
    return farm;
  }

  async startOrchestrator(): Promise<void> {
    const { folder, env } = this;
    this.orchestrator = await startOrchestrator({ folder, env, port: 0 });
    this.client = new FarmClient(this.orchestrator.url);
  }

  async startWorker(id: string): Promise<void> {
    const place = this.places.find((candidate) => candidate.id === id)!;
    const { folder, env } = this;
    this.workers.set(id, await startWorker(place, { folder, env }));
  }

  /** Drops a task file as a user does: written beside, then renamed into the folder. */
  async drop(name: string, tasks: readonly unknown[]): Promise<void> {
    await this.dropText(name, JSON.stringify({ tasks }));
  }

  async dropText(name: string, text: string): Promise<void> {
    const queue = join(this.folder, "task_queues");
    await Deno.writeTextFile(join(queue, `.${name}.part`), text);
    await Deno.rename(join(queue, `.${name}.part`), join(queue, name));
  }

  /** The batch of a file, once its last task has ended. */
  async finished(file: string): Promise<BatchAnswer> {
    return await this.until(async () => {
      const batch = await this.client.batch(file);
      const done = batch !== null && (batch.finished_at !== null || batch.state === "rejected");
      return done ? batch : null;
    });
  }

  async results(file: string): Promise<ResultAnswer[]> {
    return await this.client.results((await this.finished(file)).id);
  }

  /** Waits until `look` finds something. */
  async until<T>(look: () => Promise<T | null | undefined | false>): Promise<T> {
    const endMs = performance.now() + PATIENCE_MS;
    for (;;) {
      const found = await look();
      if (found) return found;
      assert(performance.now() < endMs, `nothing came within ${PATIENCE_MS / 1000} s`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Every result in the files under results/, in no order. */
  async resultFiles(): Promise<{ name: string; results: { task_id: string }[] }[]> {
    const files = [];
    for await (const entry of Deno.readDir(join(this.folder, "results"))) {
      if (!/^task_results_.*\.json$/.test(entry.name)) continue;
      const text = await Deno.readTextFile(join(this.folder, "results", entry.name));
      files.push({ name: entry.name, results: JSON.parse(text).task_results });
    }
    return files;
  }

  async close(): Promise<void> {
    await this.orchestrator.kill();
    await Promise.all([...this.workers.values()].map((worker) => worker.kill()));
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** A test with a farm of its own, which is ended whatever happens. */
export function farmTest(
  name: string,
  options: Parameters<typeof FarmUnderTest.start>[0],
  body: (farm: FarmUnderTest) => Promise<void>,
): void {
  Deno.test(name, async () => {
    const farm = await FarmUnderTest.start(options);
    try {
      await body(farm);
    } finally {
      await farm.close();
    }
  });
}
