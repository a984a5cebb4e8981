/**
 * Writes trajectories in the format of trajectory.ts. Its work while a simulation waits is what a
 * recording costs, so a frame is only rounded there, into memory that is kept; all else comes at
 * the end.
 *
 * @module
 */
import {
  COORDINATE_MAX,
  type Scene,
  TRAJECTORY_COLUMNS,
  TRAJECTORY_MAGIC,
  TRAJECTORY_VERSION,
  type TrajectoryColumn,
  type TrajectoryHeader,
} from "./trajectory.ts";

/** One frame as it is handed to the writer: all particles, x0, y0, x1, y1, … */
export interface FrameInput {
  readonly positions: Float64Array;
  readonly figures: Readonly<Record<TrajectoryColumn, number>>;
}

/**
 * Shares of the box, of every `stride`-th particle, into `into`; what is outside or no number stays
 * at the edge. Integers all the way, or it is eight times slower.
 */
export function quantise(
  positions: Float64Array,
  { width, height, stride, into }: {
    readonly width: number;
    readonly height: number;
    readonly stride: number;
    readonly into: Uint16Array;
  },
): void {
  const alongX = COORDINATE_MAX / width, alongY = COORDINATE_MAX / height;
  const values = into.length, step = 2 * stride;
  for (let at = 0, from = 0; at < values; at += 2, from += step) {
    const x = (positions[from]! * alongX + 0.5) | 0;
    const y = (positions[from + 1]! * alongY + 0.5) | 0;
    into[at] = x < 0 ? 0 : x > COORDINATE_MAX ? COORDINATE_MAX : x;
    into[at + 1] = y < 0 ? 0 : y > COORDINATE_MAX ? COORDINATE_MAX : y;
  }
}

/** Larger ones are not worth their memory between two recordings. */
const SPARE_VALUES_MAX = 4 * 1024 * 1024;
/**
 * Memory of the last recording, for the next: to touch fresh pages takes longer than to round the
 * coordinates that go there.
 */
let spare: Uint16Array<ArrayBuffer> | null = null;

export interface TrajectoryWriterOptions {
  /** Of the simulation. */
  readonly particles: number;
  readonly stride: number;
  /** Frames to make room for at once; more may come. */
  readonly frames?: number;
}

/** Collects the frames of one run. */
export class TrajectoryWriter {
  readonly #scene: Scene;
  readonly #total: number;
  readonly #stride: number;
  /** Of one frame. */
  readonly #values: number;
  readonly #figures: number[][] = TRAJECTORY_COLUMNS.map(() => []);
  #shares: Uint16Array<ArrayBuffer>;
  #frames = 0;

  constructor(scene: Scene, { particles, stride, frames = 1 }: TrajectoryWriterOptions) {
    this.#scene = scene;
    this.#total = particles;
    this.#stride = stride;
    this.#values = 2 * Math.ceil(particles / stride);
    this.#shares = takeShares(frames * this.#values);
  }

  add({ positions, figures }: FrameInput): void {
    const { width, height } = this.#scene;
    const values = this.#values, start = this.#frames * values;
    if (start + values > this.#shares.length) this.#grow(start + values);
    const into = this.#shares.subarray(start, start + values);
    quantise(positions, { width, height, stride: this.#stride, into });
    this.#frames++;
    for (let at = 0; at < TRAJECTORY_COLUMNS.length; at++) {
      this.#figures[at]!.push(figures[TRAJECTORY_COLUMNS[at]!]);
    }
  }

  /** The whole file, still to be packed with gzip; the writer is empty then. */
  finish(): Uint8Array<ArrayBuffer> {
    const header: TrajectoryHeader = {
      version: TRAJECTORY_VERSION,
      ...this.#scene,
      particles: this.#values / 2,
      particles_total: this.#total,
      stride: this.#stride,
      frames: this.#frames,
      columns: TRAJECTORY_COLUMNS,
    };
    const json = new TextEncoder().encode(JSON.stringify(header));
    const columnsAt = 8 + json.length;
    const framesAt = columnsAt + 8 * this.#figures.length * this.#frames;
    const file = new Uint8Array(framesAt + 2 * this.#values * this.#frames);
    file.set(new TextEncoder().encode(TRAJECTORY_MAGIC));
    file.set(json, 8);
    const view = new DataView(file.buffer);
    view.setUint32(4, json.length, true);
    this.#figures.flat().forEach((value, at) => view.setFloat64(columnsAt + 8 * at, value, true));
    for (let frame = 0; frame < this.#frames; frame++) {
      const start = framesAt + 2 * this.#values * frame;
      this.#encode(frame, file.subarray(start, start + 2 * this.#values));
    }
    this.#giveBack();
    return file;
  }

  #grow(needed: number): void {
    const larger = new Uint16Array(Math.max(needed, 2 * this.#shares.length));
    larger.set(this.#shares);
    this.#shares = larger;
  }

  /** What the two frames before do not foretell. The first has none before it, the second one. */
  #encode(frame: number, bytes: Uint8Array): void {
    const values = this.#values;
    const of = (one: number) => this.#shares.subarray(one * values, (one + 1) * values);
    const now = of(frame);
    const before = frame > 0 ? of(frame - 1) : new Uint16Array(values);
    const longBefore = frame > 1 ? of(frame - 2) : before;
    for (let at = 0; at < values; at++) {
      const foretold = 2 * before[at]! - longBefore[at]!;
      const rest = ((now[at]! - foretold) << 16) >> 16;
      const zigzag = (rest << 1) ^ (rest >> 15);
      bytes[at] = zigzag;
      bytes[values + at] = zigzag >> 8;
    }
  }

  #giveBack(): void {
    if (this.#shares.length <= SPARE_VALUES_MAX) spare = this.#shares;
    this.#shares = new Uint16Array(0);
    this.#frames = 0;
  }
}

/** A writer keeps it for itself until it has finished. */
function takeShares(values: number): Uint16Array<ArrayBuffer> {
  const found = spare;
  spare = null;
  return found !== null && found.length >= values ? found : new Uint16Array(values);
}
