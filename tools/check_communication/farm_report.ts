/**
 * What is known of the connections of a farm, and what to do about those that fail.
 *
 * @module
 */
import { z } from "zod";
import { CONTRACT_VERSION } from "../../contract/wire.ts";
import { describeFailure, isRefused } from "../../orchestrator/fleet/answers.ts";
import type { WorkerLine } from "../../orchestrator/fleet/worker_line.ts";
import type { WorkerEntry } from "../../orchestrator/workers_file.ts";
import { askJson, type Introduction, meetWorker, Refused, Stranger } from "./probe.ts";

/** Clocks further apart make the times in results misleading, ms. */
const SKEW_MAX_MS = 5000;

export interface OrchestratorReport {
  readonly url: string;
  readonly reachable: boolean;
  readonly status: string | null;
  readonly version: string | null;
  readonly response_ms: number | null;
  /** What is wrong and what to do, in one sentence; null when all is well. */
  readonly problem: string | null;
}

export interface WorkerReport {
  readonly id: string;
  readonly address: string;
  readonly reachable_from_here: boolean;
  /** Null when the orchestrator cannot be asked, or does not know yet. */
  readonly reachable_from_orchestrator: boolean | null;
  readonly contract: number | null;
  readonly version: string | null;
  readonly clock_skew_ms: number | null;
  readonly response_ms: number | null;
  readonly problem: string | null;
}

const Health = z.object({
  status: z.string(),
  version: z.string(),
  problems: z.array(z.string()).optional(),
  warnings: z.array(z.string()).optional(),
});

const Seen = z.object({
  id: z.string(),
  ip: z.string(),
  port: z.number(),
  status: z.string(),
  problem: z.string().nullable(),
});
/** A worker as the orchestrator sees it. */
export type Seen = z.infer<typeof Seen>;

/** How the orchestrator is, and its workers; null when it cannot be asked for them. */
export async function checkOrchestrator(
  url: string,
  line: WorkerLine,
): Promise<{ readonly report: OrchestratorReport; readonly workers: readonly Seen[] | null }> {
  const nothing = { url, reachable: false, status: null, version: null, response_ms: null };
  try {
    const { body, responseMs } = await askJson(`${url}/health`, line);
    const health = Health.safeParse(body);
    const workers = z.array(Seen).safeParse((await askJson(`${url}/workers`, line)).body);
    if (!health.success || !workers.success) throw new Stranger("other answers");
    const { status, version, problems = [] } = health.data;
    const problem = status === "healthy" ? null : problems.join("; ") || `It is ${status}`;
    return {
      report: { ...nothing, reachable: true, status, version, response_ms: responseMs, problem },
      workers: workers.data,
    };
  } catch (error) {
    const problem = error instanceof Stranger
      ? `What answers at ${url} is no orchestrator: check --orchestrator`
      : error instanceof Refused
      ? `The orchestrator at ${url} wants its token: set FARM_TOKEN or give --token-file FILE`
      : `Cannot reach the orchestrator at ${url}: start it with "deno task orchestrator", or ` +
        `name another one with --orchestrator URL (${describeReason(error)})`;
    return { report: { ...nothing, problem }, workers: null };
  }
}

/** The workers to check: those of the configuration here, and what else the orchestrator lists. */
export function workersToCheck(
  configured: readonly Pick<WorkerEntry, "id" | "ip" | "port">[],
  seen: readonly Seen[] | null,
): Pick<WorkerEntry, "id" | "ip" | "port">[] {
  const known = new Set(configured.map(({ id }) => id));
  return [...configured, ...(seen ?? []).filter(({ id }) => !known.has(id))];
}

/** Asks one worker directly and adds what the orchestrator says of it. */
export async function checkWorker(
  worker: Pick<WorkerEntry, "id" | "ip" | "port">,
  { seen, line }: { readonly seen: readonly Seen[] | null; readonly line: WorkerLine },
): Promise<WorkerReport> {
  const address = `${worker.ip.includes(":") ? `[${worker.ip}]` : worker.ip}:${worker.port}`;
  const sight = seen?.find(({ id }) => id === worker.id);
  const base = {
    id: worker.id,
    address,
    reachable_from_orchestrator: seen === null ? null : reaches(sight),
  };
  try {
    const url = `${line.scheme}://${address}`;
    const { body, responseMs } = await askJson(`${url}/health`, line);
    const introduction = await meetWorker(url, line);
    const asked = { health: Health.safeParse(body).data, introduction };
    return {
      ...base,
      reachable_from_here: true,
      contract: introduction.contract,
      version: introduction.version,
      clock_skew_ms: introduction.clockSkewMs,
      response_ms: responseMs,
      problem: problemOf(worker, asked) ?? problemSeen(seen, sight),
    };
  } catch (error) {
    return {
      ...base,
      reachable_from_here: false,
      contract: null,
      version: null,
      clock_skew_ms: null,
      response_ms: null,
      problem: unreachable(worker, { address, error }),
    };
  }
}

function reaches(sight: Seen | undefined): boolean | null {
  if (sight === undefined) return false;
  return sight.status === "unknown" ? null : /^(active|draining)$/.test(sight.status);
}

function problemOf(
  { id }: { readonly id: string },
  { health, introduction }: {
    readonly health: z.infer<typeof Health> | undefined;
    readonly introduction: Introduction;
  },
): string | null {
  const { contract, version, workerId, clockSkewMs } = introduction;
  if (contract !== CONTRACT_VERSION) {
    return `It speaks contract version ${contract} (release ${version}), this program ` +
      `${CONTRACT_VERSION}: run the same release everywhere`;
  }
  if (workerId !== id) {
    return `It calls itself "${workerId}": start it with --worker-id ${id}, or change the list`;
  }
  if (health?.status !== "healthy") {
    const why = health?.warnings?.join("; ") || "its health is not good";
    return `It answers, but ${why}: look into its log and start it again`;
  }
  if (Math.abs(clockSkewMs) > SKEW_MAX_MS) {
    const side = clockSkewMs > 0 ? "ahead" : "behind";
    return `Its clock is ${Math.abs(clockSkewMs) / 1000} s ${side}: set the clocks by the network`;
  }
  return null;
}

function problemSeen(seen: readonly Seen[] | null, sight: Seen | undefined): string | null {
  if (seen === null) return null;
  if (sight === undefined) {
    return "The orchestrator does not list it: check that it reads the same config_workers.json";
  }
  if (reaches(sight) !== false) return null;
  const why = sight.problem ?? `for it the worker is ${sight.status}`;
  return `The orchestrator cannot reach it (${why}): check the network between the two`;
}

function unreachable(
  { id, ip, port }: Pick<WorkerEntry, "id" | "ip" | "port">,
  { address, error }: { readonly address: string; readonly error: unknown },
): string {
  if (error instanceof Stranger) {
    return `What answers at ${address} is no worker: check its port in config_workers.json`;
  }
  if (error instanceof Refused) {
    return "It wants another token: start it with the token file of the orchestrator, or name its " +
      "token in FARM_WORKER_TOKEN";
  }
  if (isRefused(error)) {
    const host = /^(127\.|localhost$|::1$)/.test(ip)
      ? ""
      : " --host 0.0.0.0 --token-file farm.token";
    return `Nothing listens at ${address}: start the worker there with --worker-id ${id} ` +
      `--port ${port}${host}`;
  }
  return `No answer from ${address} (${describeReason(error)}): check its address in ` +
    `config_workers.json, its machine and the firewall`;
}

function describeReason(error: unknown): string {
  if (isRefused(error)) return "connection refused";
  return describeFailure(error).replace(/^It /, "it ");
}
