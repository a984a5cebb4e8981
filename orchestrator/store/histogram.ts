/**
 * Execution times in buckets whose width grows with the value, so that every percentile is right
 * within 1 % from microseconds to days; count, sum, smallest and largest are exact.
 *
 * @module
 */
import type { ExecutionTimes } from "./store.ts";

const RELATIVE_ERROR = 0.01;
const GROWTH = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const LOG_GROWTH = Math.log(GROWTH);
/** Shorter times (a nanosecond, in ms) count as zero: a logarithm needs a floor. */
const SMALLEST_MS = 1e-6;
const ZERO_BUCKET = -1_000_000;

/** What is written down; see {@linkcode Histogram.restore}. */
interface Snapshot {
  count: number;
  sumMs: number;
  minMs: number | null;
  maxMs: number | null;
  buckets: [bucket: number, count: number][];
}

export class Histogram {
  #count = 0;
  #sumMs = 0;
  #minMs = Infinity;
  #maxMs = -Infinity;
  readonly #buckets = new Map<number, number>();

  add(ms: number): void {
    const bucket = ms < SMALLEST_MS ? ZERO_BUCKET : Math.ceil(Math.log(ms) / LOG_GROWTH);
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + 1);
    this.#count++;
    this.#sumMs += ms;
    this.#minMs = Math.min(this.#minMs, ms);
    this.#maxMs = Math.max(this.#maxMs, ms);
  }

  /** In seconds. */
  summary(): ExecutionTimes {
    const none = this.#count === 0;
    const [p50, p95, p99] = none ? [null, null, null] : this.#percentiles([0.5, 0.95, 0.99]);
    return {
      count: this.#count,
      sum: this.#sumMs / 1000,
      min: none ? null : this.#minMs / 1000,
      mean: none ? null : this.#sumMs / this.#count / 1000,
      max: none ? null : this.#maxMs / 1000,
      p50: p50!,
      p95: p95!,
      p99: p99!,
    };
  }

  snapshot(): string {
    const none = this.#count === 0;
    const snapshot: Snapshot = {
      count: this.#count,
      sumMs: this.#sumMs,
      minMs: none ? null : this.#minMs,
      maxMs: none ? null : this.#maxMs,
      buckets: [...this.#buckets],
    };
    return JSON.stringify(snapshot);
  }

  static restore(text: string): Histogram {
    const snapshot: Snapshot = JSON.parse(text);
    const histogram = new Histogram();
    histogram.#count = snapshot.count;
    histogram.#sumMs = snapshot.sumMs;
    histogram.#minMs = snapshot.minMs ?? Infinity;
    histogram.#maxMs = snapshot.maxMs ?? -Infinity;
    for (const [bucket, count] of snapshot.buckets) histogram.#buckets.set(bucket, count);
    return histogram;
  }

  /** Seconds at ascending quantiles, each the value of rank ⌈q · count⌉. */
  #percentiles(quantiles: readonly number[]): number[] {
    const buckets = [...this.#buckets].sort(([a], [b]) => a - b);
    const found: number[] = [];
    let seen = 0;
    for (const [bucket, count] of buckets) {
      seen += count;
      while (found.length < quantiles.length && seen >= quantiles[found.length]! * this.#count) {
        found.push(this.#representative(bucket) / 1000);
      }
    }
    return found;
  }

  /** The value (ms) that is within the error of all values of the bucket, and of the extremes. */
  #representative(bucket: number): number {
    const middle = bucket === ZERO_BUCKET ? 0 : 2 * GROWTH ** bucket / (GROWTH + 1);
    return Math.min(this.#maxMs, Math.max(this.#minMs, middle));
  }
}
