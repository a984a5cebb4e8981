/**
 * How much of the fault suite runs, and what its cases write down. `FAULTS=long` runs the whole of
 * it in minutes, `FAULTS=full` with the numbers of a night; without it only what belongs to the
 * ordinary tests.
 *
 * @module
 */

const LEVELS = ["quick", "long", "full"] as const;
export type Level = typeof LEVELS[number];

export const LEVEL: Level = LEVELS.find((level) => level === Deno.env.get("FAULTS")) ?? "quick";

/** The size of a case at the present level; `full` is the size of `long` unless it is named. */
export function sized<T>(sizes: { quick: T; long: T; full?: T }): T {
  return LEVEL === "full" ? sizes.full ?? sizes.long : sizes[LEVEL];
}

export interface FaultTestOptions {
  /** The case belongs to the long run only. */
  readonly long?: boolean;
  /** Why this machine cannot run the case; null when it can. */
  readonly missing?: string | null;
}

/**
 * A case, named by its number. What this machine or this level cannot run is listed as ignored,
 * with the reason in its name.
 */
export function faultTest(name: string, options: FaultTestOptions, fn: () => Promise<void>): void {
  const { long = false, missing = null } = options;
  const reason = missing ?? (long && LEVEL === "quick" ? "needs FAULTS=long" : null);
  Deno.test({
    name: reason === null ? name : `${name} (skipped: ${reason})`,
    ignore: reason !== null,
    fn,
  });
}

/** One row of the table in docs/reliability.md. */
export interface Measured {
  readonly fault: string;
  readonly what: string;
  /** Until the farm acted on the fault, s. */
  readonly detection?: number | string;
  /** Until it worked again as if nothing had happened, s. */
  readonly recovery?: number | string;
  readonly lost: number;
  readonly double: number;
  readonly note?: string;
}

/** Writes a row as a JSON line to the file named by FAULTS_TABLE, if there is one. */
export function record(row: Measured): void {
  const path = Deno.env.get("FAULTS_TABLE");
  if (path === undefined) return;
  Deno.writeTextFileSync(path, `${JSON.stringify(row)}\n`, { append: true });
}

/** Seconds since a moment of `performance.now()`, to the hundredth. */
export function secondsSince(startMs: number): number {
  return Math.round((performance.now() - startMs) / 10) / 100;
}

/** The q-quantile of some figures, by rank. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN;
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Longest wait for anything in these tests, ms. Generous: the machine may be busy. */
export const PATIENCE_MS = 120_000;

/** Waits until `look` finds something; `what` says what did not come. */
export async function until<T>(
  what: string,
  look: () => Promise<T | null | undefined | false> | T | null | undefined | false,
  { patienceMs = PATIENCE_MS, everyMs = 20 }: { patienceMs?: number; everyMs?: number } = {},
): Promise<T> {
  const endMs = performance.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > endMs) {
      throw new Error(`Waited ${patienceMs / 1000} s in vain: ${what}`);
    }
    await sleep(everyMs);
  }
}

/** A generator of numbers in [0, 1) from a seed (mulberry32, public domain). */
export function chanceOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
