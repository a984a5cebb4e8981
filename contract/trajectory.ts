/**
 * The trajectory format, and how to read it: positions of particles over a run, with a few figures
 * for each frame. The writer stands beside it; docs/formats.md describes both for other languages.
 *
 * A file is gzip around: the four letters `ENJT`, the length of the header (uint32), the header
 * (JSON), the columns (float64 each, one value a frame), the frames. Numbers are little-endian.
 * A coordinate is a uint16 share of the box. A frame holds what the two frames before it do not
 * foretell (free flight foretells itself, so most of it is zero), in zigzag, low bytes before high.
 *
 * @module
 */

export const TRAJECTORY_MAGIC = "ENJT";
export const TRAJECTORY_VERSION = 1;
export const TRAJECTORY_TYPE = "application/vnd.enjambre.trajectory+gzip";
/** A position at the far side of the box. */
export const COORDINATE_MAX = 65_535;

/** Most bytes a file may unpack to, whoever wrote it. */
const UNPACKED_BYTES_MAX = 128 * 1024 * 1024;
const HEADER_BYTES_MAX = 64 * 1024;

/** What a frame says beside its positions. */
export const TRAJECTORY_COLUMNS = [
  "step",
  "kinetic_energy",
  "particle_collisions",
  "wall_collisions",
] as const;
export type TrajectoryColumn = typeof TRAJECTORY_COLUMNS[number];

/** What is drawn around and how large. */
export interface Scene {
  readonly width: number;
  readonly height: number;
  readonly radius: number;
}

export interface TrajectoryHeader extends Scene {
  readonly version: number;
  /** Particles in a frame. */
  readonly particles: number;
  /** Particles of the simulation; every `stride`-th of them is in a frame. */
  readonly particles_total: number;
  readonly stride: number;
  readonly frames: number;
  readonly columns: readonly TrajectoryColumn[];
}

/** The file is none, or broken: one sentence. */
export class TrajectoryError extends Error {
  override readonly name = "TrajectoryError";
}

/** A trajectory in memory. */
export interface Trajectory {
  readonly header: TrajectoryHeader;
  readonly columns: Readonly<Record<TrajectoryColumn, Float64Array>>;
  /** Frame after frame, x0, y0, x1, y1, … as shares of the box (0 to COORDINATE_MAX). */
  readonly coordinates: Uint16Array;
}

/** One frame of a trajectory, without a copy. */
export function frameOf({ header, coordinates }: Trajectory, frame: number): Uint16Array {
  const values = 2 * header.particles;
  return coordinates.subarray(frame * values, (frame + 1) * values);
}

/**
 * Reads a trajectory file.
 *
 * @throws {TrajectoryError} When it is none, is broken, or unpacks to more than 128 MiB.
 */
export async function readTrajectory(
  packed: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<Trajectory> {
  const bytes = await unpack(packed);
  const header = readHeader(bytes);
  const { frames, particles, columns } = header;
  let at = 8 + new DataView(bytes.buffer).getUint32(4, true);
  const values = 2 * particles;
  const wanted = at + 8 * columns.length * frames + 2 * values * frames;
  if (bytes.length !== wanted) {
    throw new TrajectoryError(
      `The trajectory holds ${bytes.length} bytes where its header says ${wanted}: it is broken`,
    );
  }
  const view = new DataView(bytes.buffer);
  const read = {} as Record<TrajectoryColumn, Float64Array>;
  for (const column of TRAJECTORY_COLUMNS) read[column] = new Float64Array(frames);
  for (const column of columns) {
    for (let frame = 0; frame < frames; frame++, at += 8) {
      read[column]![frame] = view.getFloat64(at, true);
    }
  }
  return { header, columns: read, coordinates: decode(bytes.subarray(at), { frames, values }) };
}

function decode(
  bytes: Uint8Array,
  { frames, values }: { frames: number; values: number },
): Uint16Array {
  const out = new Uint16Array(frames * values);
  for (let frame = 0; frame < frames; frame++) {
    const from = 2 * frame * values, to = frame * values;
    for (let at = 0; at < values; at++) {
      const zigzag = bytes[from + at]! | (bytes[from + values + at]! << 8);
      const rest = (zigzag >> 1) ^ -(zigzag & 1);
      const before = frame > 0 ? out[to + at - values]! : 0;
      const longBefore = frame > 1 ? out[to + at - 2 * values]! : before;
      out[to + at] = before + (before - longBefore) + rest;
    }
  }
  return out;
}

async function unpack(
  packed: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const reader = packed.pipeThrough(new DecompressionStream("gzip")).getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      chunks.push(next.value as Uint8Array<ArrayBuffer>);
      size += next.value.length;
      if (size > UNPACKED_BYTES_MAX) break;
    }
  } catch (error) {
    throw new TrajectoryError("The trajectory cannot be unpacked: it is broken", { cause: error });
  } finally {
    reader.cancel().catch(() => {});
  }
  if (size > UNPACKED_BYTES_MAX) throw new TrajectoryError("The trajectory is too large to be one");
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function readHeader(bytes: Uint8Array<ArrayBuffer>): TrajectoryHeader {
  const fail = (why: string): never => {
    throw new TrajectoryError(`This is no trajectory: ${why}`);
  };
  if (new TextDecoder().decode(bytes.subarray(0, 4)) !== TRAJECTORY_MAGIC || bytes.length < 8) {
    return fail(`it does not begin with ${TRAJECTORY_MAGIC}`);
  }
  const length = new DataView(bytes.buffer).getUint32(4, true);
  if (length > HEADER_BYTES_MAX || 8 + length > bytes.length) return fail("its header is cut off");
  let header: TrajectoryHeader;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  } catch {
    return fail("its header is no JSON");
  }
  if (typeof header !== "object" || header === null) return fail("its header is no object");
  if (header.version !== TRAJECTORY_VERSION) {
    return fail(`it has version ${header.version}, this program reads ${TRAJECTORY_VERSION}`);
  }
  for (const name of ["particles", "frames", "stride", "particles_total"] as const) {
    const value = header[name];
    if (!Number.isInteger(value) || value < 0 || value > 1e9) return fail(`${name} is no count`);
  }
  for (const name of ["width", "height", "radius"] as const) {
    if (!(header[name] > 0)) return fail(`${name} is no size`);
  }
  const known = Array.isArray(header.columns) &&
    header.columns.every((column) => TRAJECTORY_COLUMNS.includes(column));
  return known ? header : fail("its columns are unknown");
}
