/**
 * BullMQ: jobs and results in Redis.
 *
 * @module
 */
import { type Adapter, type Job, load, makeJob, type Queue, resultOf } from "./job.ts";

interface StoredJob {
  readonly data: Job;
  readonly returnvalue: ReturnType<typeof resultOf>;
}

/** The part of the package that is used here. */
interface BullMq {
  readonly Queue: new (name: string, options: { connection: Connection }) => {
    addBulk(jobs: { name: string; data: Job }[]): Promise<unknown>;
    getCompleted(from: number, to: number): Promise<StoredJob[]>;
    obliterate(options: { force: boolean }): Promise<void>;
    close(): Promise<void>;
  };
  readonly Worker: new (
    name: string,
    handler: (job: { data: Job }) => Promise<unknown>,
    options: { connection: Connection; concurrency: number },
  ) => {
    on(event: "completed", listener: () => void): void;
    on(event: "error", listener: (error: Error) => void): void;
    waitUntilReady(): Promise<unknown>;
  };
}

interface Connection {
  readonly host: string;
  readonly port: number;
  readonly maxRetriesPerRequest: null;
}

const NAME = "bench";
const PAGE = 1000;

function connectionOf(url: string): Connection {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port), maxRetriesPerRequest: null };
}

export const bullmq: Adapter = {
  async openQueue(url): Promise<Queue> {
    const { Queue } = await load<BullMq>("bullmq");
    const queue = new Queue(NAME, { connection: connectionOf(url) });
    await queue.obliterate({ force: true });
    return {
      async add(jobs) {
        await queue.addBulk(jobs.map((data) => ({ name: "task", data })));
      },
      async results(prefix) {
        const first = makeJob(prefix, 0).task_id.slice(0, prefix.length + 1);
        const found = [];
        for (let from = 0;; from += PAGE) {
          const page = await queue.getCompleted(from, from + PAGE - 1);
          for (const { data, returnvalue } of page) {
            if (!data.task_id.startsWith(first)) continue;
            found.push({ task_id: data.task_id, result: returnvalue });
          }
          if (page.length < PAGE) return found;
        }
      },
      close: () => queue.close(),
    };
  },

  async startWorker({ url, concurrency, watcher }) {
    const { Worker } = await load<BullMq>("bullmq");
    const worker = new Worker(NAME, (job) => {
      watcher.started(job.data);
      return Promise.resolve(resultOf(job.data));
    }, { connection: connectionOf(url), concurrency });
    // Emitted after Redis has answered that the result is stored.
    worker.on("completed", () => watcher.done());
    worker.on("error", (error) => {
      throw error;
    });
    await worker.waitUntilReady();
  },
};
