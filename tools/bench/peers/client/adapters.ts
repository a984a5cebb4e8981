/**
 * The adapters by name, and what the programs of a round tell each other.
 *
 * @module
 */
import process from "node:process";
import { bullmq } from "./bullmq.ts";
import { graphileWorker } from "./graphile_worker.ts";
import type { Adapter } from "./job.ts";
import { pgBoss } from "./pg_boss.ts";

export type AdapterName = "bullmq" | "graphile-worker" | "pg-boss";

export const ADAPTERS: Readonly<Record<AdapterName, Adapter>> = {
  bullmq,
  "graphile-worker": graphileWorker,
  "pg-boss": pgBoss,
};

/** What to measure: the first argument of the driver and of its worker, as JSON. */
export interface Order {
  readonly adapter: AdapterName;
  readonly url: string;
  readonly jobs: number;
  /** Jobs before the measured ones, so that all code is compiled. */
  readonly warmupJobs: number;
  /** Jobs at a time in the worker. */
  readonly concurrency: number;
}

/** What a round found: the line that the driver writes, as JSON. */
export interface Round {
  /** From the first add to the last stored result. */
  readonly seconds: number;
  /** Jobs without a (right) stored result. */
  readonly lost: number;
  /** Handler calls beyond one a job. */
  readonly doubled: number;
}

/** To the worker: how many jobs come now; or the wish to know the counts. */
export type ToWorker = { readonly expect: number } | { readonly tell: true };

/** From the worker: it takes jobs; all that were expected are done; the counts. */
export type FromWorker =
  | { readonly type: "ready" }
  | { readonly type: "reached"; readonly atUs: number }
  | {
    readonly type: "counts";
    readonly started: number;
    readonly repeated: number;
  };

/** The system's monotonic clock, µs: the same in all processes of the machine. */
export function nowUs(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

/** The order in the arguments of this process. */
export function readOrder(): Order {
  return JSON.parse(process.argv[2] ?? "");
}
