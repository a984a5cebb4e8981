/**
 * graphile-worker: jobs in PostgreSQL. It keeps no results, so the handler stores one row a job.
 *
 * @module
 */
import { EventEmitter } from "node:events";
import {
  type Adapter,
  type Job,
  type JobResult,
  load,
  type Queue,
  resultOf,
  type StoredResult,
} from "./job.ts";
import { openPool, type Pool } from "./postgres.ts";

interface Helpers {
  query(text: string, values: readonly unknown[]): Promise<unknown>;
}

/** The part of the package that is used here. */
interface GraphileWorker {
  readonly Logger: new (factory: () => () => void) => unknown;
  makeWorkerUtils(options: { pgPool: Pool; logger: unknown }): Promise<{
    migrate(): Promise<void>;
    addJobs(jobs: { identifier: string; payload: Job }[]): Promise<unknown>;
    release(): Promise<void>;
  }>;
  run(options: {
    pgPool: Pool;
    concurrency: number;
    noHandleSignals: boolean;
    events: EventEmitter;
    logger: unknown;
    preset: { worker: Record<string, unknown> };
    taskList: Record<string, (job: Job, helpers: Helpers) => Promise<void>>;
  }): Promise<unknown>;
}

/** Jobs fetched at once instead of one by one, completions written at once: its tuned setting. */
const TUNED = {
  localQueue: { size: 500 },
  completeJobBatchDelay: 0,
  failJobBatchDelay: 0,
};

export const graphileWorker: Adapter = {
  async openQueue(url): Promise<Queue> {
    const { Logger, makeWorkerUtils } = await load<GraphileWorker>(
      "graphile-worker",
    );
    const pool = await openPool(url, 4);
    await pool.query("DROP SCHEMA IF EXISTS graphile_worker CASCADE");
    await pool.query("DROP TABLE IF EXISTS bench_results");
    await pool.query(
      "CREATE TABLE bench_results (id text PRIMARY KEY, result jsonb NOT NULL)",
    );
    const utils = await makeWorkerUtils({
      pgPool: pool,
      logger: new Logger(() => () => {}),
    });
    await utils.migrate();
    return {
      async add(jobs) {
        await utils.addJobs(
          jobs.map((payload) => ({ identifier: "task", payload })),
        );
      },
      async results(prefix) {
        const { rows } = await pool.query<{ id: string; result: JobResult }>(
          "SELECT id, result FROM bench_results WHERE starts_with(id, $1)",
          [`${prefix}_`],
        );
        return rows.map(({ id, result }): StoredResult => ({
          task_id: id,
          result,
        }));
      },
      async close() {
        await utils.release();
        await pool.end();
      },
    };
  },

  async startWorker({ url, concurrency, watcher }) {
    const { Logger, run } = await load<GraphileWorker>("graphile-worker");
    const events = new EventEmitter();
    // Emitted after the job's row has been released in the database.
    events.on("job:complete", () => watcher.done());
    await run({
      pgPool: await openPool(url, concurrency + 4),
      concurrency,
      noHandleSignals: true,
      events,
      logger: new Logger(() => () => {}),
      preset: { worker: TUNED },
      taskList: {
        task: async (job, { query }) => {
          watcher.started(job);
          const values = [job.task_id, JSON.stringify(resultOf(job))];
          await query("INSERT INTO bench_results VALUES ($1, $2)", values);
        },
      },
    });
  },
};
