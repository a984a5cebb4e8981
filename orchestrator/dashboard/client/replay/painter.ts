/**
 * Draws disks into a canvas: colours by speed, trails, and every n-th disk where there are too many
 * to draw in time.
 *
 * @module
 */
/// <reference lib="dom" />
import { COORDINATE_MAX, type Scene } from "../../../../contract/trajectory.ts";

/** Disks that are drawn at once without a stutter. */
export const DRAWN_MAX = 10_000;
/** An outline takes longer than a disk. */
const OUTLINED_MAX = 2500;
/** Below this radius, or above so many, a square is as good as a circle, and much faster. */
const ROUND_RADIUS_MIN = 1.5;
const ROUND_MAX = 2500;
/** Slow to fast, blue to red. */
const COLORS = Array.from({ length: 12 }, (_, at) => `hsl(${225 - 20 * at} 85% 52%)`);
/** What is left of an old frame under a new one. */
const TRAIL = 0.88;

export interface Look {
  readonly colors: boolean;
  readonly trails: boolean;
}

/** Two frames and where between them; without a second one, disks have no speed. */
export interface Between {
  readonly from: Uint16Array;
  readonly to: Uint16Array | null;
  readonly share: number;
}

export class Painter {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #scene: Scene;
  #ground = "";
  #ink = "";
  /** Of outlines: no colour of speed looks like it. */
  #outline = "";
  /** A displacement that counts as fast, in shares of the box squared. */
  #fast = 1;

  constructor(canvas: HTMLCanvasElement, scene: Scene) {
    this.#canvas = canvas;
    this.#scene = scene;
    this.#context = canvas.getContext("2d")!;
    this.fit();
  }

  /** Takes over the size and the colours of the page. */
  fit(): void {
    const { width, height } = this.#scene;
    const css = this.#canvas.clientWidth || 800;
    this.#canvas.width = Math.round(css * Math.min(2, devicePixelRatio));
    this.#canvas.height = Math.round(this.#canvas.width * height / width);
    const style = getComputedStyle(document.documentElement);
    this.#ground = style.getPropertyValue("--sunken").trim();
    this.#ink = style.getPropertyValue("--running").trim();
    this.#outline = style.getPropertyValue("--text").trim();
    this.#clear(1);
  }

  /** What counts as fast: the squared displacement between two frames that few disks exceed. */
  calibrate(from: Uint16Array, to: Uint16Array): void {
    const squares = new Float64Array(from.length / 2);
    for (let at = 0; at < from.length; at += 2) squares[at / 2] = squareAt({ from, to }, at);
    squares.sort();
    this.#fast = Math.max(1, squares[Math.floor(0.95 * (squares.length - 1))] ?? 1);
  }

  draw(between: Between, look: Look): void {
    this.#clear(look.trails ? 1 - TRAIL : 1);
    const { from, to } = between;
    const stride = 2 * Math.max(1, Math.ceil(from.length / 2 / DRAWN_MAX));
    const groups = new Map<number, number[]>();
    for (let at = 0; at < from.length; at += stride) {
      const color = look.colors && to !== null ? this.#colorOf({ from, to }, at) : -1;
      const group = groups.get(color);
      if (group === undefined) groups.set(color, [at]);
      else group.push(at);
    }
    for (const [color, disks] of groups) {
      this.#context.fillStyle = COLORS[color] ?? this.#ink;
      this.#fill(between, disks);
    }
  }

  /** The disks of another scene over those that are drawn, as outlines, to the same scale. */
  outline({ from, to, share }: Between, scene: Scene): void {
    const context = this.#context;
    const scale = this.#canvas.width / this.#scene.width;
    const alongX = scale * scene.width / COORDINATE_MAX;
    const alongY = scale * scene.height / COORDINATE_MAX;
    const radius = Math.max(1.5, scene.radius * scale);
    const stride = 2 * Math.max(1, Math.ceil(from.length / 2 / OUTLINED_MAX));
    const between = (at: number) =>
      to === null ? from[at]! : from[at]! + share * (to[at]! - from[at]!);
    context.strokeStyle = this.#outline;
    context.lineWidth = Math.max(1, 0.18 * radius);
    context.beginPath();
    for (let at = 0; at < from.length; at += stride) {
      const x = between(at) * alongX, y = between(at + 1) * alongY;
      context.moveTo(x + radius, y);
      context.arc(x, y, radius, 0, 2 * Math.PI);
    }
    context.stroke();
  }

  #clear(alpha: number): void {
    this.#context.globalAlpha = alpha;
    this.#context.fillStyle = this.#ground;
    this.#context.fillRect(0, 0, this.#canvas.width, this.#canvas.height);
    this.#context.globalAlpha = 1;
  }

  #colorOf(frames: { from: Uint16Array; to: Uint16Array }, at: number): number {
    const share = Math.sqrt(Math.min(1, squareAt(frames, at) / this.#fast));
    return Math.round(share * (COLORS.length - 1));
  }

  #fill({ from, to, share }: Between, disks: readonly number[]): void {
    const context = this.#context;
    const alongX = this.#canvas.width / COORDINATE_MAX;
    const alongY = this.#canvas.height / COORDINATE_MAX;
    const radius = Math.max(0.75, this.#scene.radius * this.#canvas.width / this.#scene.width);
    const round = radius >= ROUND_RADIUS_MIN && disks.length <= ROUND_MAX;
    const between = (at: number) =>
      to === null ? from[at]! : from[at]! + share * (to[at]! - from[at]!);
    context.beginPath();
    for (const at of disks) {
      const x = between(at) * alongX, y = between(at + 1) * alongY;
      if (round) {
        context.moveTo(x + radius, y);
        context.arc(x, y, radius, 0, 2 * Math.PI);
      } else context.rect(x - radius, y - radius, 2 * radius, 2 * radius);
    }
    context.fill();
  }
}

function squareAt({ from, to }: { from: Uint16Array; to: Uint16Array }, at: number): number {
  const x = to[at]! - from[at]!, y = to[at + 1]! - from[at + 1]!;
  return x * x + y * y;
}
