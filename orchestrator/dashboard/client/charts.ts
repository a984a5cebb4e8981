/**
 * The farm over time: what the store has kept, and the present as the last point.
 *
 * @module
 */
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import uPlot from "uplot";
import { type Column, lonely, withGaps } from "./columns.ts";
import { format, say, statAt, type Stats } from "./page_data.ts";

type History = Readonly<Record<string, Column>> & { readonly step_seconds: number };

interface Line {
  readonly column: string;
  readonly stat: string;
  /** Custom property of the style sheet. */
  readonly color: string;
  readonly filled?: boolean;
}

const LINES: Readonly<Record<string, readonly Line[]>> = {
  depth: [
    { column: "waiting", stat: "tasks_summary.pending", color: "--pending", filled: true },
    { column: "running", stat: "tasks_summary.running", color: "--running" },
  ],
  throughput: [
    { column: "throughput", stat: "throughput", color: "--completed", filled: true },
  ],
  times: [
    { column: "p50", stat: "", color: "--running" },
    { column: "p95", stat: "", color: "--redistributed" },
    { column: "p99", stat: "", color: "--failed" },
  ],
};
const WINDOW_SECONDS: Readonly<Record<string, number>> = {
  hour: 3600,
  day: 86_400,
  week: 604_800,
};
const HEIGHT = 190;
/** Shortest past that a chart shows, seconds. */
const YOUNG_SECONDS = 300;

interface Chart {
  readonly figure: HTMLElement;
  readonly lines: readonly Line[];
  plot: uPlot | null;
}

export class Charts {
  readonly #charts: Chart[];
  readonly #window: string;
  #history: History | null = null;

  constructor() {
    const figures = [...document.querySelectorAll<HTMLElement>("[data-chart]")];
    this.#charts = figures.map((figure) => ({
      figure,
      lines: LINES[figure.dataset["chart"] ?? ""] ?? [],
      plot: null,
    }));
    this.#window = figures[0]?.dataset["window"] ?? "hour";
  }

  async start(): Promise<void> {
    if (this.#charts.length === 0) return;
    await this.load();
    addEventListener("resize", () => this.#resize());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#rebuild());
    setInterval(() => {
      if (document.visibilityState === "visible") this.load();
    }, Math.min(60, this.#history?.step_seconds ?? 10) * 1000);
  }

  /** Asks for the past and draws it. */
  async load(): Promise<void> {
    if (this.#charts.length === 0) return;
    try {
      const response = await fetch(`/stats/history?window=${this.#window}`);
      if (!response.ok) return;
      this.#history = await response.json();
    } catch {
      return;
    }
    for (const chart of this.#charts) this.#draw(chart, this.#history!);
  }

  /** The present, as a point that the next step replaces. */
  showStats(stats: Stats): void {
    const history = this.#history;
    if (history === null || this.#window !== "hour") return;
    const now = Date.now() / 1000;
    for (const chart of this.#charts) {
      if (chart.plot === null || chart.lines.some(({ stat }) => stat === "")) continue;
      const points = chart.lines.map(({ stat }) => statAt(stats, stat));
      chart.plot.setData(dataOf(chart, history, { at: now, points }) as uPlot.AlignedData);
    }
  }

  #draw(chart: Chart, history: History): void {
    const data = dataOf(chart, history);
    if (chart.plot === null) {
      const place = chart.figure.querySelector<HTMLElement>(".plot")!;
      if (data[0]!.length === 0) {
        place.textContent = say("chart.none");
        return;
      }
      place.textContent = "";
      chart.plot = new uPlot(optionsOf(chart, this.#window), data as uPlot.AlignedData, place);
      return;
    }
    chart.plot.setData(data as uPlot.AlignedData);
  }

  #resize(): void {
    for (const { plot, figure } of this.#charts) {
      plot?.setSize({ width: widthOf(figure), height: HEIGHT });
    }
  }

  #rebuild(): void {
    for (const chart of this.#charts) {
      chart.plot?.destroy();
      chart.plot = null;
      if (this.#history !== null) this.#draw(chart, this.#history);
    }
  }
}

function dataOf(
  chart: Chart,
  history: History,
  present?: { at: number; points: readonly (number | null)[] },
): Column[] {
  const past = [history["at"]!, ...chart.lines.map(({ column }) => history[column]!)];
  const columns = present === undefined
    ? past
    : past.map((column, at) => [...column, at === 0 ? present.at : present.points[at - 1]!]);
  return withGaps(columns, history.step_seconds);
}

function widthOf(figure: HTMLElement): number {
  return figure.querySelector<HTMLElement>(".plot")!.clientWidth;
}

/** Up to now; a young farm's past fills the chart and not a corner of it. */
function rangeOf(first: number | null, length: number): [number, number] {
  const now = Date.now() / 1000;
  return [Math.max(now - length, Math.min(first ?? now, now - YOUNG_SECONDS)), now];
}

function optionsOf(chart: Chart, window: string): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string) => style.getPropertyValue(name).trim();
  const axis = {
    stroke: color("--muted"),
    grid: { stroke: color("--line"), width: 1 },
    ticks: { show: false },
    font: `11px ${color("--font")}`,
  };
  const length = WINDOW_SECONDS[window] ?? 3600;
  const clock = (seconds: number) =>
    length > 86_400 ? format.day(seconds * 1000) : format.minute(seconds * 1000);
  return {
    width: widthOf(chart.figure),
    height: HEIGHT,
    padding: [8, 4, 0, 0],
    cursor: { y: false, points: { size: 6 } },
    legend: { live: true },
    scales: {
      x: { range: (_plot, min) => rangeOf(min, length) },
      y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.1 : 1] },
    },
    axes: [{ ...axis, values: (_plot, splits) => splits.map(clock) }, { ...axis, size: 48 }],
    series: [
      {},
      ...chart.lines.map(({ column, color: name, filled }) => ({
        label: say(`chart.${column}`),
        stroke: color(name),
        width: 1.75,
        points: {
          show: false,
          size: 5,
          filter: (plot: uPlot, at: number) => lonely(plot.data[at]!),
        },
        ...(filled ? { fill: `${color(name)}2a` } : {}),
      })),
    ],
  };
}
