/**
 * How much of the machine this process uses: share of all cores, and resident memory.
 *
 * @module
 */
import process from "node:process";

/** One reading; null where the system does not say. */
export interface Usage {
  /** Share of all cores since the reading before, 0-1. */
  readonly cpu: number | null;
  readonly memoryBytes: number | null;
}

/** Reads the usage of this process, all its threads included. */
export class ProcessUsage {
  #cpuMicroseconds = cpuMicroseconds();
  #atMs = performance.now();

  /** The usage since the last call (the first time: since construction). */
  read(): Usage {
    const [cpuBefore, atBefore] = [this.#cpuMicroseconds, this.#atMs];
    this.#cpuMicroseconds = cpuMicroseconds();
    this.#atMs = performance.now();
    const elapsedMs = this.#atMs - atBefore;
    if (cpuBefore === null || this.#cpuMicroseconds === null || elapsedMs <= 0) {
      return { cpu: null, memoryBytes: residentBytes() };
    }
    const usedMs = (this.#cpuMicroseconds - cpuBefore) / 1000;
    const share = usedMs / elapsedMs / navigator.hardwareConcurrency;
    return { cpu: Math.min(1, Math.max(0, share)), memoryBytes: residentBytes() };
  }
}

function cpuMicroseconds(): number | null {
  try {
    const { user, system } = process.cpuUsage();
    return user + system;
  } catch {
    return null;
  }
}

/** Resident memory of this process in bytes. */
export function residentBytes(): number | null {
  try {
    return Deno.memoryUsage().rss;
  } catch {
    return null;
  }
}
