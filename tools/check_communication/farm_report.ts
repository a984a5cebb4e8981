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
import type { Translate } from "../../platform/i18n.ts";
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

/** How programs are asked, and in which language their problems are told. */
export interface Asking {
  readonly line: WorkerLine;
  readonly say: Translate;
}

/** How the orchestrator is, and its workers; null when it cannot be asked for them. */
export async function checkOrchestrator(
  url: string,
  { line, say }: Asking,
): Promise<{ readonly report: OrchestratorReport; readonly workers: readonly Seen[] | null }> {
  const nothing = { url, reachable: false, status: null, version: null, response_ms: null };
  try {
    const { body, responseMs } = await askJson(`${url}/health`, line);
    const health = Health.safeParse(body);
    const workers = z.array(Seen).safeParse((await askJson(`${url}/workers`, line)).body);
    if (!health.success || !workers.success) throw new Stranger("other answers");
    const { status, version, problems = [] } = health.data;
    const problem = status === "healthy"
      ? null
      : problems.join("; ") || say("link.not_well", { status });
    return {
      report: { ...nothing, reachable: true, status, version, response_ms: responseMs, problem },
      workers: workers.data,
    };
  } catch (error) {
    const problem = error instanceof Stranger
      ? say("link.stranger", { url })
      : error instanceof Refused
      ? say("link.wants_token", { url })
      : say("link.unreachable", { url, why: describeReason(error, say) });
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
  { seen, line, say }: Asking & { readonly seen: readonly Seen[] | null },
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
      problem: problemOf(worker, { ...asked, say }) ?? problemSeen(seen, { sight, say }),
    };
  } catch (error) {
    return {
      ...base,
      reachable_from_here: false,
      contract: null,
      version: null,
      clock_skew_ms: null,
      response_ms: null,
      problem: unreachable(worker, { address, error, say }),
    };
  }
}

function reaches(sight: Seen | undefined): boolean | null {
  if (sight === undefined) return false;
  return sight.status === "unknown" ? null : /^(active|draining)$/.test(sight.status);
}

function problemOf(
  { id }: { readonly id: string },
  { health, introduction, say }: {
    readonly say: Translate;
    readonly health: z.infer<typeof Health> | undefined;
    readonly introduction: Introduction;
  },
): string | null {
  const { contract, version, workerId, clockSkewMs } = introduction;
  if (contract !== CONTRACT_VERSION) {
    return say("link.contract", { theirs: contract, version, ours: CONTRACT_VERSION });
  }
  if (workerId !== id) {
    return say("link.other_id", { other: workerId, id });
  }
  if (health?.status !== "healthy") {
    const why = health?.warnings?.join("; ") || say("link.health_bad");
    return say("link.unhealthy", { why });
  }
  if (Math.abs(clockSkewMs) > SKEW_MAX_MS) {
    const seconds = Math.abs(clockSkewMs) / 1000;
    return say(clockSkewMs > 0 ? "link.ahead" : "link.behind", { seconds });
  }
  return null;
}

function problemSeen(
  seen: readonly Seen[] | null,
  { sight, say }: { readonly sight: Seen | undefined; readonly say: Translate },
): string | null {
  if (seen === null) return null;
  if (sight === undefined) return say("link.unlisted");
  if (reaches(sight) !== false) return null;
  const why = sight.problem ?? say("link.seen_as", { status: sight.status });
  return say("link.unseen", { why });
}

function unreachable(
  { id, ip, port }: Pick<WorkerEntry, "id" | "ip" | "port">,
  { address, error, say }: {
    readonly address: string;
    readonly error: unknown;
    readonly say: Translate;
  },
): string {
  if (error instanceof Stranger) return say("link.no_worker_there", { address });
  if (error instanceof Refused) return say("link.worker_token");
  if (isRefused(error)) {
    const host = /^(127\.|localhost$|::1$)/.test(ip)
      ? ""
      : " --host 0.0.0.0 --token-file farm.token";
    return say("link.nothing", { address, flags: `--worker-id ${id} --port ${port}${host}` });
  }
  return say("link.silent", { address, why: describeReason(error, say) });
}

function describeReason(error: unknown, say: Translate): string {
  if (isRefused(error)) return say("link.refused");
  return describeFailure(error).replace(/^It /, "it ");
}
