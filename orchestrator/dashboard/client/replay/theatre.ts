/**
 * The replay of one trajectory: buttons, keys, and a frame on the canvas whenever one is due. While
 * nothing moves, nothing is drawn.
 *
 * @module
 */
/// <reference lib="dom" />
import { frameOf, type Trajectory } from "../../../../contract/trajectory.ts";
import { format } from "../page_data.ts";
import { momentOf, partingOf } from "./companion.ts";
import { Figures } from "./figures.ts";
import { DRAWN_MAX, Painter } from "./painter.ts";
import type { Parts } from "./parts.ts";
import { Player } from "./player.ts";

const CALM = "(prefers-reduced-motion: reduce)";

export class Theatre {
  readonly #parts: Parts;
  readonly #trajectory: Trajectory;
  readonly #player: Player;
  readonly #painter: Painter;
  readonly #figures: Figures;
  readonly #scrub: HTMLInputElement;
  readonly #play: HTMLButtonElement;
  #companion: Trajectory | null = null;
  #lastMs = 0;
  #due = false;

  constructor(parts: Parts, trajectory: Trajectory) {
    const { header } = trajectory;
    this.#parts = parts;
    this.#trajectory = trajectory;
    this.#player = new Player(header.frames);
    this.#scrub = parts.get<HTMLInputElement>("scrub");
    this.#play = parts.get<HTMLButtonElement>("play");
    parts.show("stage", "controls");
    this.#painter = new Painter(parts.get<HTMLCanvasElement>("stage"), header);
    this.#figures = new Figures(parts, trajectory);
    this.#scrub.max = String(this.#player.last);
    // Early in the run: later frames show how it cooled down.
    const early = 1 + Math.floor(header.frames / 10);
    if (header.frames > 1) {
      this.#painter.calibrate(frameOf(trajectory, early - 1), frameOf(trajectory, early));
    }
    const shown = Math.min(header.particles, DRAWN_MAX);
    const thinned = shown < header.particles_total;
    const numbers = {
      shown: format.number(shown),
      total: format.number(header.particles_total),
    };
    parts.state("ready", thinned ? parts.say("thinned", numbers) : "");
    this.#listen();
    if (!matchMedia(CALM).matches) this.#player.toggle();
    this.#soon();
  }

  /** Plays another trajectory along, step for step. */
  accompany(other: Trajectory): void {
    this.#companion = other;
    const parts = this.#parts;
    parts.get("overlay").addEventListener("change", () => this.#do(() => {}));
    const parting = partingOf(this.#trajectory, other);
    const at = (step: number | null) => ({ step: format.number(step ?? 0) });
    parts.get("parting").textContent = parting === null || parting.compared === 0
      ? parts.say("unpaired")
      : parting.partedAt === null
      ? parts.say("never_part", { n: format.number(parting.compared) })
      : parting.sameUntil === null
      ? parts.say("apart")
      : parts.say("part", at(parting.partedAt));
    parts.root.dataset["companion"] = "ready";
    parts.show("companion");
    this.#soon();
  }

  #listen(): void {
    const parts = this.#parts;
    this.#play.addEventListener("click", () => this.#do(() => this.#player.toggle()));
    this.#scrub.addEventListener("input", () =>
      this.#do(() => {
        this.#player.pause();
        this.#player.seek(Number(this.#scrub.value));
      }));
    parts.get("speed").addEventListener("change", (event) => {
      this.#player.speed = Number((event.target as HTMLSelectElement).value);
    });
    for (const part of ["colors", "trails"]) {
      parts.get(part).addEventListener("change", () => this.#do(() => {}));
    }
    parts.get("stage").addEventListener("keydown", (event) => this.#key(event));
    parts.get("stage").addEventListener("click", () => this.#do(() => this.#player.toggle()));
    const anew = () =>
      this.#do(() => {
        this.#painter.fit();
        this.#figures.draw();
      });
    addEventListener("resize", anew);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", anew);
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const player = this.#player;
    const by = (frames: number) => () => {
      player.pause();
      player.seek(Math.round(player.position) + frames);
    };
    const actions: Readonly<Record<string, () => void>> = {
      " ": () => player.toggle(),
      "ArrowLeft": by(-1),
      "ArrowRight": by(1),
      "PageUp": by(-10),
      "PageDown": by(10),
      "Home": by(-player.frames),
      "End": by(player.frames),
    };
    const action = actions[event.key];
    if (action === undefined) return;
    event.preventDefault();
    this.#do(action);
  }

  #do(action: () => void): void {
    action();
    this.#soon();
  }

  #soon(): void {
    if (this.#due) return;
    this.#due = true;
    requestAnimationFrame((now) => {
      this.#due = false;
      // The first frame after a rest must not make up for the rest.
      const passedMs = this.#player.playing && this.#lastMs > 0 ? now - this.#lastMs : 0;
      this.#player.pass(Math.min(passedMs, 250));
      this.#lastMs = this.#player.playing ? now : 0;
      this.#draw();
      if (this.#player.playing) this.#soon();
    });
  }

  #outline(position: number): void {
    const other = this.#companion;
    if (other === null || !this.#parts.get<HTMLInputElement>("overlay").checked) return;
    const steps = this.#trajectory.columns.step;
    const frame = Math.floor(position);
    const from = steps[frame] ?? 0, to = steps[frame + 1] ?? from;
    this.#painter.outline(
      momentOf(other, from + (position - frame) * (to - from)),
      other.header,
    );
  }

  #draw(): void {
    const { position, last, playing } = this.#player;
    const frame = Math.floor(position);
    // At the end it has arrived where the last way leads.
    const start = Math.max(0, Math.min(frame, last - 1));
    const from = frameOf(this.#trajectory, start);
    const to = last === 0 ? null : frameOf(this.#trajectory, start + 1);
    const checked = (part: string) => this.#parts.get<HTMLInputElement>(part).checked;
    this.#painter.draw({ from, to, share: position - start }, {
      colors: checked("colors"),
      trails: checked("trails") && playing,
    });
    this.#outline(position);
    this.#scrub.value = String(frame);
    this.#play.textContent = this.#parts.say(playing ? "pause" : "play");
    const steps = this.#trajectory.columns.step;
    this.#parts.get("position").textContent = this.#parts.say("position", {
      step: format.number(steps[frame] ?? 0),
      total: format.number(steps[last] ?? 0),
    });
    this.#parts.root.dataset["frame"] = String(frame);
    this.#parts.root.dataset["playing"] = String(playing);
    this.#figures.mark(frame);
  }
}
