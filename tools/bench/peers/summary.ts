/**
 * From the rounds to the table: medians, spreads, and the ratio of the farm to each peer within
 * each round, which is all that can be compared between machines and days.
 *
 * @module
 */
import { table } from "../../../platform/terminal.ts";
import { median, type Row } from "../report.ts";

/** One round of one system. */
export interface Sample {
  /** What the disk could do just before. */
  readonly fdatasync_per_s: number;
  /** Null: the round failed. */
  readonly jobs_per_s: number | null;
  readonly lost: number;
  readonly doubled: number;
  readonly failure: string | null;
}

/** All rounds of one system. */
export interface SystemSamples {
  readonly name: string;
  readonly setup: string;
  readonly durability: string;
  readonly version: string | null;
  /** Why it was not measured; null if it was. */
  readonly skipped: string | null;
  readonly samples: readonly Sample[];
}

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Null for no values. */
export function spreadOf(values: readonly number[]): Spread | null {
  const sorted = values.toSorted((a, b) => a - b);
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) return null;
  return { median: median(sorted), min, max };
}

/** The farm's rate divided by the peer's, for each round in which both were measured. */
export function ratios(farm: readonly Sample[], peer: readonly Sample[]): number[] {
  return peer.flatMap(({ jobs_per_s }, round) => {
    const ours = farm[round]?.jobs_per_s ?? null;
    return ours === null || jobs_per_s === null ? [] : [ours / jobs_per_s];
  });
}

/** True when no result is missing or double and every round of every measured system ended. */
export function isSound(systems: readonly SystemSamples[]): boolean {
  return systems.flatMap(({ samples }) => samples)
    .every(({ lost, doubled, failure }) => lost === 0 && doubled === 0 && failure === null);
}

/** One row a system; the first system is the farm. */
export function rowsOf(
  systems: readonly SystemSamples[],
  load: { readonly jobs: number; readonly loaded: boolean; readonly syncMs: number },
): Row[] {
  const farm = systems[0]?.samples ?? [];
  return systems.map(({ name, setup, durability, version, skipped, samples }, at) => {
    const rates = samples.flatMap(({ jobs_per_s }) => jobs_per_s === null ? [] : [jobs_per_s]);
    return {
      bench: "peers",
      system: name,
      version,
      setup,
      durability,
      skipped,
      tasks: load.jobs,
      loaded: load.loaded,
      sync_ms: load.syncMs,
      rounds: samples.length,
      jobs_per_s: rounded(spreadOf(rates), 0),
      jobs_per_s_of_rounds: rates.map(Math.round),
      farm_to_peer: at === 0 ? null : rounded(spreadOf(ratios(farm, samples)), 2),
      fdatasync_per_s: samples.map(({ fdatasync_per_s }) => fdatasync_per_s),
      lost: samples.reduce((sum, { lost }) => sum + lost, 0),
      doubled: samples.reduce((sum, { doubled }) => sum + doubled, 0),
      failures: samples.flatMap(({ failure }) => failure === null ? [] : [failure]),
    };
  });
}

function rounded(spread: Spread | null, digits: number): Spread | null {
  if (spread === null) return null;
  const round = (value: number) => Number(value.toFixed(digits));
  return { median: round(spread.median), min: round(spread.min), max: round(spread.max) };
}

/** The table for people, and under it what each row is. */
export function summaryText(systems: readonly SystemSamples[]): string {
  const farm = systems[0]?.samples ?? [];
  const header = ["system", "jobs/s", "min–max", "farm ÷ peer", "min–max"]
    .concat("fdatasync/s", "lost", "doubled", "failed");
  const rows = systems.map(({ name, skipped, samples }, at) => {
    if (skipped !== null) return [name, "skipped"];
    const sum = (count: (sample: Sample) => number) =>
      String(samples.reduce((total, sample) => total + count(sample), 0));
    const rates = samples.flatMap(({ jobs_per_s }) => jobs_per_s === null ? [] : [jobs_per_s]);
    return [
      name,
      ...shown(spreadOf(rates), 0),
      ...(at === 0 ? ["", ""] : shown(spreadOf(ratios(farm, samples)), 2)),
      spreadOf(samples.map(({ fdatasync_per_s }) => fdatasync_per_s))?.median.toFixed(0) ?? "-",
      sum(({ lost }) => lost),
      sum(({ doubled }) => doubled),
      sum(({ failure }) => failure === null ? 0 : 1),
    ];
  });
  const right = header.map((_, column) => column).slice(1);
  return [table(header, rows, { right }), "", ...systems.map(described)].join("\n");
}

function shown(spread: Spread | null, digits: number): [string, string] {
  if (spread === null) return ["-", "-"];
  const { median, min, max } = spread;
  return [median.toFixed(digits), `${min.toFixed(digits)}–${max.toFixed(digits)}`];
}

function described(system: SystemSamples): string {
  const { name, version, setup, durability, skipped } = system;
  if (skipped !== null) return `${name}: skipped. ${skipped}`;
  return `${name}: ${version}; ${setup}; durable: ${durability}`;
}
