/**
 * pg-boss: jobs and results in PostgreSQL.
 *
 * @module
 */
import { type Adapter, type Job, type JobResult, load, type Queue, resultOf } from "./job.ts";
import { openPool } from "./postgres.ts";

interface FetchedJob {
  readonly id: string;
  readonly data: Job;
}

interface Boss {
  on(event: "error", listener: (error: Error) => void): void;
  start(): Promise<unknown>;
  stop(options: { graceful: boolean }): Promise<void>;
  createQueue(name: string, options: { notify: boolean }): Promise<void>;
  insert(name: string, jobs: { data: Job }[]): Promise<unknown>;
  work(
    name: string,
    options: typeof TUNED & { localConcurrency: number },
    handler: (
      jobs: FetchedJob[],
    ) => Promise<{ id: string; status: "completed"; output: JobResult }[]>,
  ): Promise<unknown>;
}

/** The part of the package that is used here. */
interface PgBoss {
  readonly PgBoss: new (options: {
    connectionString: string;
    max: number;
    useListenNotify: boolean;
    schedule: boolean;
  }) => Boss;
}

const NAME = "bench";
/** A hundred jobs at a time and no pause while there are more: one by one it makes 17 jobs/s. */
const TUNED = {
  batchSize: 100,
  burstWhenBatchFull: true,
  perJobResults: true,
  pollingIntervalSeconds: 0.5,
  notifyPollingIntervalSeconds: 0.5,
};

async function openBoss(url: string, listen: boolean): Promise<Boss> {
  const { PgBoss } = await load<PgBoss>("pg-boss");
  const options = {
    connectionString: url,
    max: 12,
    useListenNotify: listen,
    schedule: false,
  };
  const boss = new PgBoss(options);
  boss.on("error", (error) => {
    throw error;
  });
  await boss.start();
  return boss;
}

export const pgBoss: Adapter = {
  async openQueue(url): Promise<Queue> {
    const pool = await openPool(url, 2);
    await pool.query("DROP SCHEMA IF EXISTS pgboss CASCADE");
    const boss = await openBoss(url, false);
    await boss.createQueue(NAME, { notify: true });
    const completed = `FROM pgboss.job WHERE name = '${NAME}' AND state = 'completed'`;
    return {
      async add(jobs) {
        await boss.insert(NAME, jobs.map((data) => ({ data })));
      },
      async results(prefix) {
        const { rows } = await pool.query<
          { task_id: string; result: JobResult }
        >(
          `SELECT data->>'task_id' AS task_id, output AS result ${completed}
            AND starts_with(data->>'task_id', $1)`,
          [`${prefix}_`],
        );
        return rows;
      },
      async storedCount() {
        const { rows } = await pool.query<{ count: string }>(
          `SELECT count(*) ${completed}`,
        );
        return Number(rows[0]?.count);
      },
      async close() {
        await boss.stop({ graceful: false });
        await pool.end();
      },
    };
  },

  async startWorker({ url, concurrency, watcher }) {
    const boss = await openBoss(url, true);
    await boss.work(
      NAME,
      { ...TUNED, localConcurrency: concurrency },
      (jobs) => {
        for (const { data } of jobs) watcher.started(data);
        // It tells nobody when a batch is stored: the driver of the round asks the table.
        setImmediate(() => jobs.forEach(() => watcher.done()));
        return Promise.resolve(
          jobs.map(({ id, data }) => ({
            id,
            status: "completed",
            output: resultOf(data),
          })),
        );
      },
    );
  },
};
