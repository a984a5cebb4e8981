/**
 * The ledger: what must hold of the farm's books at every moment, recounted from the rows for people
 * and monitors.
 *
 * @module
 */
import { Hono } from "hono";
import { TASK_STATUSES, type TaskStatus } from "../../contract/task.ts";
import { localTime } from "../../platform/log.ts";
import { check } from "../core/invariants.ts";
import type { Farm } from "../farm.ts";
import type { BatchRecord, Counts, Store } from "../store/store.ts";

/** A recount reads every row: nobody gets more than one in this time, ms. */
const RECOUNT_MS = 2000;
const PAGE = 500;
/** Broken batches that are named; the rest is only counted. */
const NAMED_MAX = 100;

interface Invariant {
  readonly id: string;
  readonly says: string;
  readonly holds: boolean;
  readonly broken: readonly string[];
}

export function invariantRoutes(farm: Farm) {
  let last: { readonly atMono: number; readonly ledger: ReturnType<typeof ledgerOf> } | null = null;
  return new Hono().get("/invariants", async (c) => {
    const nowMono = performance.now();
    if (last === null || nowMono - last.atMono > RECOUNT_MS) {
      last = { atMono: nowMono, ledger: ledgerOf(farm) };
      last.ledger.catch(() => last = null);
    }
    const ledger = await last.ledger;
    return c.json(ledger, ledger.holds ? 200 : 500);
  });
}

async function ledgerOf(farm: Farm) {
  // Both in one breath: the store answers in order, and nothing is committed in between.
  const [kept, recounted] = await Promise.all([farm.store.counts(), farm.store.recount()]);
  const batches = await checkBatches(farm.store);
  const invariants: Invariant[] = [
    {
      id: "I1",
      says: "accepted = pending + assigned + running + redistributed + completed + failed + " +
        "cancelled + removed for their age, in all and in each batch",
      ...verdict([...balance("the farm", recounted), ...batches.broken]),
    },
    {
      id: "I11",
      says: "the counters equal a recount of the rows",
      ...verdict(differences(kept, recounted)),
    },
    {
      id: "core",
      says: "every task the scheduler holds stands in one place, within its limits",
      ...verdict(check(farm.scheduler.state).slice(0, NAMED_MAX)),
    },
  ];
  return {
    at: localTime(Date.now()),
    holds: invariants.every((invariant) => invariant.holds),
    ledger: {
      accepted: recounted.accepted_total,
      ...recounted.status,
      removed: recounted.removed_total,
      batches: batches.count,
    },
    invariants,
  };
}

function verdict(broken: readonly string[]) {
  return { holds: broken.length === 0, broken };
}

function sum(counts: Readonly<Record<TaskStatus, number>>): number {
  return TASK_STATUSES.reduce((total, status) => total + counts[status], 0);
}

function balance(
  name: string,
  { accepted_total: accepted, removed_total: removed, status }: Pick<
    Counts,
    "accepted_total" | "removed_total" | "status"
  >,
): string[] {
  const states = sum(status);
  if (states + removed === accepted) return [];
  return [`${name}: ${accepted} accepted, ${states} in all states, ${removed} removed`];
}

function differences(kept: Counts, recounted: Counts): string[] {
  const broken: string[] = [];
  for (const status of TASK_STATUSES) {
    if (kept.status[status] === recounted.status[status]) continue;
    broken.push(`${status}: counted ${kept.status[status]}, found ${recounted.status[status]}`);
  }
  for (
    const name of [
      "total",
      "accepted_total",
      "removed_total",
      "redistributed_total",
      "files_accepted",
      "files_rejected",
      "files_removed",
      "results_total",
    ] as const
  ) {
    if (kept[name] === recounted[name]) continue;
    broken.push(`${name}: counted ${kept[name]}, found ${recounted[name]}`);
  }
  return broken;
}

async function checkBatches(store: Store): Promise<{ count: number; broken: string[] }> {
  const broken: string[] = [];
  let count = 0;
  for (let cursor: string | null | undefined = undefined; cursor !== null;) {
    const page: { batches: BatchRecord[]; next: string | null } = await store.batches({
      limit: PAGE,
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const { id, accepted, removed, counts, state } of page.batches) {
      if (state === "receiving") continue;
      count++;
      if (broken.length >= NAMED_MAX) continue;
      const books = { accepted_total: accepted, removed_total: removed, status: counts };
      broken.push(...balance(`batch ${id}`, books));
    }
    cursor = page.next;
  }
  return { count, broken };
}
