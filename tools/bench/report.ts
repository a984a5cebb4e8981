/**
 * How a benchmark reports: rows for people as a table, the same rows for programs as JSON, with the
 * machine they were measured on.
 *
 * @module
 */
import { VERSION } from "../../contract/version.ts";

/** One figure or a set of figures; `bench` names what measured it. */
export interface Row {
  readonly bench: string;
  readonly [figure: string]: unknown;
}

export interface Report {
  readonly version: string;
  readonly machine: string;
  readonly date: string;
  readonly rows: readonly Row[];
}

/** Processor, cores, memory, system and runtime, as one line. */
export function describeMachine(): string {
  const gib = Math.round(Deno.systemMemoryInfo().total / 2 ** 30);
  const cores = navigator.hardwareConcurrency;
  return `${processor()}, ${cores} cores, ${gib} GiB, ${Deno.build.target}, Deno ${Deno.version.deno}`;
}

function processor(): string {
  try {
    const match = /^model name\s*:\s*(.+)$/m.exec(Deno.readTextFileSync("/proc/cpuinfo"));
    return match?.[1] ?? Deno.build.arch;
  } catch {
    return Deno.build.arch;
  }
}

export function makeReport(rows: readonly Row[]): Report {
  return { version: VERSION, machine: describeMachine(), date: new Date().toISOString(), rows };
}

/** The value below which a share of the sorted values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

/** Of an even number of values the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2;
}
