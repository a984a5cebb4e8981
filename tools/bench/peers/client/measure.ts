/**
 * One round of one peer: an empty queue, one worker process, a warm-up, then the measured jobs.
 * Writes what it found as one line of JSON.
 *
 * @module
 */
import { type ChildProcess, fork } from "node:child_process";
import process from "node:process";
import { isDeepStrictEqual } from "node:util";
import {
  ADAPTERS,
  type FromWorker,
  nowUs,
  readOrder,
  type Round,
  type ToWorker,
} from "./adapters.ts";
import { makeJob, type Queue, resultOf } from "./job.ts";

/** Jobs an add: every peer's way to add many at once. */
const ADD_JOBS = 1000;
const POLL_MS = 10;
/** Between warm-up and measurement, ms: what the warm-up left to do is done. */
const PAUSE_MS = 500;

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The next message of this type; rejects when the worker ends before. */
function message<Type extends FromWorker["type"]>(
  worker: ChildProcess,
  type: Type,
): Promise<Extract<FromWorker, { type: Type }>> {
  return new Promise((resolve, reject) => {
    const listen = (found: FromWorker) => {
      if (found.type !== type) return;
      worker.off("message", listen);
      resolve(found as Extract<FromWorker, { type: Type }>);
    };
    worker.on("message", listen);
    worker.once(
      "exit",
      (code) => reject(new Error(`The worker ended with exit code ${code}`)),
    );
  });
}

function tell(worker: ChildProcess, order: ToWorker): void {
  worker.send(order);
}

interface Batch {
  readonly prefix: string;
  readonly jobs: number;
  /** Jobs in the queue before. */
  readonly before: number;
}

/** Adds the jobs while the worker works on them; returns the seconds to the last stored result. */
async function runBatch(
  queue: Queue,
  worker: ChildProcess,
  batch: Batch,
): Promise<number> {
  const { prefix, jobs, before } = batch;
  const adds = Array.from({ length: Math.ceil(jobs / ADD_JOBS) }, (_, at) => {
    const length = Math.min(ADD_JOBS, jobs - at * ADD_JOBS);
    return Array.from(
      { length },
      (_, index) => makeJob(prefix, at * ADD_JOBS + index),
    );
  });
  tell(worker, { expect: jobs });
  const reached = message(worker, "reached");
  await pause(PAUSE_MS);
  const startUs = nowUs();
  for (const add of adds) await queue.add(add);
  let { atUs: endUs } = await reached;
  if (queue.storedCount !== undefined) {
    while (await queue.storedCount() < before + jobs) await pause(POLL_MS);
    endUs = nowUs();
  }
  return (endUs - startUs) / 1e6;
}

async function lostJobs(
  queue: Queue,
  prefix: string,
  jobs: number,
): Promise<number> {
  const results = new Map<string, unknown>();
  for (const { task_id, result } of await queue.results(prefix)) {
    results.set(task_id, result);
  }
  let lost = 0;
  for (let at = 0; at < jobs; at++) {
    const job = makeJob(prefix, at);
    if (!isDeepStrictEqual(results.get(job.task_id), resultOf(job))) lost++;
  }
  return lost;
}

const { adapter, url, jobs, warmupJobs } = readOrder();
const queue = await ADAPTERS[adapter].openQueue(url);
const worker = fork(
  new URL("worker.ts", import.meta.url),
  process.argv.slice(2),
);
await message(worker, "ready");
await runBatch(queue, worker, {
  prefix: "warmup",
  jobs: warmupJobs,
  before: 0,
});
const seconds = await runBatch(queue, worker, {
  prefix: "job",
  jobs,
  before: warmupJobs,
});
const lost = await lostJobs(queue, "job", jobs);
const counts = message(worker, "counts");
tell(worker, { tell: true });
const { started, repeated } = await counts;
const round: Round = {
  seconds,
  lost,
  doubled: Math.max(repeated, started - jobs),
};
process.stdout.write(`${JSON.stringify(round)}\n`, () => process.exit(0));
