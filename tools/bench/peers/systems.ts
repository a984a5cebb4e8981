/**
 * What is measured side by side: the farm and its peers, each alone while it is measured, each with
 * the settings and the durability that the table names.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { VERSION } from "../../../contract/version.ts";
import { runCommand } from "./child.ts";
import type { AdapterName, Order, Round } from "./client/adapters.ts";
import { farmRound } from "./farm_round.ts";
import {
  npmVersion,
  prepareDask,
  prepareNpmPeers,
  preparePostgres,
  prepareRedis,
} from "./packages.ts";
import type { Running } from "./running.ts";
import { type Server, startPostgres, startRedis } from "./servers.ts";

/** Jobs at a time in the one worker process of each peer. */
const CONCURRENCY = 8;
/** Time for one round of one system, ms. */
const ROUND_MS = 600_000;

/** How much a round carries. */
export interface Load {
  readonly jobs: number;
  readonly warmupJobs: number;
}

export interface Host {
  readonly running: Running;
  /** For data, on the disk of the farm's own store; removed at the end. */
  readonly dataFolder: string;
  /** Where the npm peers are installed; kept. */
  readonly npmFolder: string;
}

/** A system that is ready to be measured. */
export interface Ready {
  /** What is measured, with its parts. */
  readonly version: string;
  round(load: Load): Promise<Round>;
}

export interface System {
  readonly name: string;
  readonly setup: string;
  readonly durability: string;
  /** Installs what it needs. Throws `Missing` where that cannot be done. */
  prepare(host: Host): Promise<Ready>;
}

const POSTGRES_DURABILITY = "each commit synced (PostgreSQL, synchronous_commit=on)";

/** The farm first: the peers' ratios are made with its round just before. */
export const SYSTEMS: readonly System[] = [
  {
    name: "enjambre",
    setup: "task file in the folder, one worker, its usual capacity",
    durability: "each acknowledgement after its sync (SQLite, synchronous=FULL)",
    prepare: (host) =>
      Promise.resolve({
        version: `Enjambre ${VERSION}, Deno ${Deno.version.deno}`,
        round: (load) => farmRound(host.running, { ...load, timeoutMs: ROUND_MS }),
      }),
  },
  {
    name: "bullmq",
    setup: "addBulk by 1,000, one worker, concurrency 8",
    durability: "each reply after its sync (Redis AOF, appendfsync=always)",
    async prepare(host) {
      const redis = await prepareRedis(host.running);
      const start = () => startRedis(host.running, host.dataFolder);
      return await npmPeer(host, { adapter: "bullmq", server: redis, start });
    },
  },
  {
    name: "graphile-worker",
    setup: "tuned (localQueue 500), concurrency 8, addJobs by 1,000, result row by the handler",
    durability: POSTGRES_DURABILITY,
    prepare: (host) => postgresPeer(host, "graphile-worker"),
  },
  {
    name: "pg-boss",
    setup: "tuned (batches of 100, burst, NOTIFY), concurrency 8, insert by 1,000",
    durability: POSTGRES_DURABILITY,
    prepare: (host) => postgresPeer(host, "pg-boss"),
  },
  {
    name: "dask",
    setup: "Client.map and gather, one worker process with 8 threads",
    durability: "none (in memory)",
    async prepare({ running, dataFolder }) {
      const { python, version } = await prepareDask(running);
      const script = fileURLToPath(new URL("client/dask_round.py", import.meta.url));
      return {
        version,
        async round({ jobs, warmupJobs }) {
          const args = [script, ...[jobs, warmupJobs, CONCURRENCY].map(String)];
          return await answerOf(running, { command: python, args, folder: dataFolder });
        },
      };
    },
  },
];

async function postgresPeer(host: Host, adapter: AdapterName): Promise<Ready> {
  const { programs, version } = await preparePostgres(host.running);
  const start = () => startPostgres(host.running, { folder: host.dataFolder, programs });
  return await npmPeer(host, { adapter, server: version, start });
}

/** A peer whose client Node runs; its server runs during its rounds only. */
async function npmPeer(
  { running, npmFolder }: Host,
  { adapter, server, start }: {
    adapter: AdapterName;
    server: string;
    start: () => Promise<Server>;
  },
): Promise<Ready> {
  const peers = await prepareNpmPeers(running, npmFolder);
  const node = await runCommand(running, { command: peers.node, args: ["--version"] }, ROUND_MS);
  return {
    version: [await npmVersion(peers, adapter), server, `Node ${node.slice(1)}`].join(", "),
    async round({ jobs, warmupJobs }) {
      const { url, stop } = await start();
      try {
        const order: Order = { adapter, url, jobs, warmupJobs, concurrency: CONCURRENCY };
        const args = ["--disable-warning=ExperimentalWarning", "measure.ts", JSON.stringify(order)];
        return await answerOf(running, { command: peers.node, args, folder: peers.folder });
      } finally {
        await stop();
      }
    },
  };
}

/** The last line that a driver writes. */
async function answerOf(
  running: Running,
  options: { command: string; args: string[]; folder: string },
): Promise<Round> {
  const text = await runCommand(running, options, ROUND_MS);
  return JSON.parse(text.split("\n").at(-1) ?? "");
}
