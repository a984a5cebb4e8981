/**
 * Energy and collisions over the steps, with a mark where the replay stands.
 *
 * @module
 */
/// <reference lib="dom" />
import uPlot from "uplot";
import type { Trajectory, TrajectoryColumn } from "../../../../contract/trajectory.ts";
import { format } from "../page_data.ts";
import type { Parts } from "./parts.ts";

const HEIGHT = 180;

const FIGURES: Readonly<Record<string, readonly { column: TrajectoryColumn; color: string }[]>> = {
  energy: [{ column: "kinetic_energy", color: "--running" }],
  collisions: [
    { column: "particle_collisions", color: "--completed" },
    { column: "wall_collisions", color: "--redistributed" },
  ],
};
const WORDS: Readonly<Record<TrajectoryColumn, string>> = {
  step: "step",
  kinetic_energy: "energy",
  particle_collisions: "particle_collisions",
  wall_collisions: "wall_collisions",
};

export class Figures {
  readonly #parts: Parts;
  readonly #trajectory: Trajectory;
  #plots: uPlot[] = [];

  constructor(parts: Parts, trajectory: Trajectory) {
    this.#parts = parts;
    this.#trajectory = trajectory;
    parts.show("charts");
    this.draw();
  }

  /** Anew, e.g. in other colours or another size. */
  draw(): void {
    for (const plot of this.#plots) plot.destroy();
    this.#plots = Object.entries(FIGURES).map(([name, lines]) => {
      const place = this.#parts.root.querySelector<HTMLElement>(`[data-figure="${name}"] .plot`)!;
      const { columns } = this.#trajectory;
      const data = [columns.step, ...lines.map(({ column }) => columns[column])];
      const options = this.#options(place.clientWidth, lines);
      return new uPlot(options, data as unknown as uPlot.AlignedData, place);
    });
  }

  /** Marks a frame. */
  mark(frame: number): void {
    for (const plot of this.#plots) {
      const left = plot.valToPos(this.#trajectory.columns.step[frame] ?? 0, "x");
      plot.setCursor({ left, top: HEIGHT / 2 });
    }
  }

  #options(
    width: number,
    lines: readonly { column: TrajectoryColumn; color: string }[],
  ): uPlot.Options {
    const style = getComputedStyle(document.documentElement);
    const color = (name: string) => style.getPropertyValue(name).trim();
    const axis = {
      stroke: color("--muted"),
      grid: { stroke: color("--line"), width: 1 },
      ticks: { show: false },
      font: `11px ${color("--font")}`,
      values: (_plot: uPlot, splits: number[]) => splits.map((value) => format.number(value)),
    };
    return {
      width,
      height: HEIGHT,
      padding: [8, 20, 0, 0],
      cursor: { y: false, drag: { x: false, y: false } },
      scales: {
        x: { time: false },
        y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.1 : 1] },
      },
      axes: [axis, { ...axis, size: 64 }],
      series: [
        { label: this.#parts.say("step") },
        ...lines.map(({ column, color: name }) => ({
          label: this.#parts.say(WORDS[column]),
          stroke: color(name),
          width: 1.75,
          points: { show: false },
        })),
      ],
    };
  }
}
