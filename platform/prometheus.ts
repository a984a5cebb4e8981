/**
 * Counters, gauges and histograms, written in the Prometheus text format. Labels are for a few
 * known values (a status, a worker); never for a task id.
 *
 * @module
 */

/** Value of `Content-Type` for {@linkcode MetricsRegistry.text}. */
export const METRICS_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Most series one metric may have, so that a label by mistake cannot fill the memory. */
const SERIES_MAX = 1000;

export type Labels = Readonly<Record<string, string>>;

/** Only grows. */
export interface Counter {
  increment(amount?: number, labels?: Labels): void;
}

/** Goes up and down. */
export interface Gauge {
  set(value: number, labels?: Labels): void;
}

/** Counts values by size. */
export interface Histogram {
  observe(value: number, labels?: Labels): void;
}

interface Buckets {
  readonly counts: number[];
  sum: number;
  count: number;
}

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  lines(): string[];
}

/** The metrics of one program. */
export class MetricsRegistry {
  readonly #metrics = new Map<string, Metric>();

  /** By convention the name ends in `_total`. */
  counter(name: string, help: string): Counter {
    const series = this.#plain(name, help, "counter");
    return {
      increment: (amount = 1, labels = {}) => {
        if (amount < 0) throw new RangeError(`Cannot take ${amount} from the counter ${name}`);
        change(series, labels, (before) => before + amount);
      },
    };
  }

  /** With `read`, the value is asked for at each scrape and `set` need not be called. */
  gauge(name: string, help: string, read?: () => number): Gauge {
    const series = this.#plain(name, help, "gauge", read);
    return { set: (value, labels = {}) => change(series, labels, () => value) };
  }

  /** `bounds` are the upper bounds of the buckets, rising, without +Inf. */
  histogram(name: string, help: string, bounds: readonly number[]): Histogram {
    const series = new Map<string, Buckets>();
    this.#add({ name, help, type: "histogram", lines: () => bucketLines(name, bounds, series) });
    return {
      observe: (value, labels = {}) => {
        const key = labelText(labels);
        let buckets = series.get(key);
        if (buckets === undefined) {
          if (series.size >= SERIES_MAX) return;
          buckets = { counts: new Array(bounds.length).fill(0), sum: 0, count: 0 };
          series.set(key, buckets);
        }
        const index = bounds.findIndex((bound) => value <= bound);
        if (index >= 0) buckets.counts[index]!++;
        buckets.sum += value;
        buckets.count++;
      },
    };
  }

  /** All metrics in the text exposition format. */
  text(): string {
    const lines: string[] = [];
    for (const metric of this.#metrics.values()) {
      lines.push(`# HELP ${metric.name} ${escape(metric.help)}`);
      lines.push(`# TYPE ${metric.name} ${metric.type}`, ...metric.lines());
    }
    return lines.join("\n") + "\n";
  }

  #plain(
    name: string,
    help: string,
    type: "counter" | "gauge",
    read?: () => number,
  ): Map<string, number> {
    const series = new Map<string, number>();
    this.#add({
      name,
      help,
      type,
      lines: () => {
        if (read !== undefined) series.set("", read());
        return [...series].map(([key, value]) => `${name}${braces(key)} ${formatNumber(value)}`);
      },
    });
    return series;
  }

  #add(metric: Metric): void {
    if (!/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(metric.name)) {
      throw new TypeError(`Cannot use "${metric.name}" as the name of a metric`);
    }
    if (this.#metrics.has(metric.name)) {
      throw new TypeError(`Cannot register the metric ${metric.name} twice`);
    }
    this.#metrics.set(metric.name, metric);
  }
}

function change(
  series: Map<string, number>,
  labels: Labels,
  next: (before: number) => number,
): void {
  const key = labelText(labels);
  const before = series.get(key);
  if (before === undefined && series.size >= SERIES_MAX) return;
  series.set(key, next(before ?? 0));
}

function bucketLines(
  name: string,
  bounds: readonly number[],
  series: ReadonlyMap<string, Buckets>,
): string[] {
  const lines: string[] = [];
  for (const [key, { counts, sum, count }] of series) {
    const prefix = key === "" ? "" : key + ",";
    let below = 0;
    for (const [index, bound] of bounds.entries()) {
      below += counts[index]!;
      lines.push(`${name}_bucket{${prefix}le="${formatNumber(bound)}"} ${below}`);
    }
    lines.push(`${name}_bucket{${prefix}le="+Inf"} ${count}`);
    lines.push(`${name}_sum${braces(key)} ${formatNumber(sum)}`);
    lines.push(`${name}_count${braces(key)} ${count}`);
  }
  return lines;
}

/** Labels as they stand between the braces, names in a fixed order: the key of a series. */
function labelText(labels: Labels): string {
  const entries = Object.entries(labels);
  if (entries.length === 0) return "";
  if (entries.length === 1) return `${entries[0]![0]}="${labelValue(entries[0]![1])}"`;
  return entries.sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}="${labelValue(value)}"`)
    .join(",");
}

/** Nearly all are plain words, and tens of thousands a second may be counted. */
function labelValue(text: string): string {
  return /[\\"\n]/.test(text) ? escape(text).replaceAll('"', '\\"') : text;
}

function braces(key: string): string {
  return key === "" ? "" : `{${key}}`;
}

function escape(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function formatNumber(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  return Number.isFinite(value) ? String(value) : value > 0 ? "+Inf" : "-Inf";
}
