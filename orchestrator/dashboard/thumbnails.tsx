/**
 * Small pictures of trajectories for a report: where particles went last, and where they came to.
 *
 * @module
 */
// deno-lint-ignore-file jsx-key -- keys are for lists that change in a browser
import {
  COORDINATE_MAX,
  frameOf,
  readTrajectory,
  type Trajectory,
} from "../../contract/trajectory.ts";
import type { TaskListed } from "../store/store.ts";
import type { TrajectoryFiles } from "../trajectories/trajectory_files.ts";

/** Pictures in one report. */
const PICTURES_MAX = 12;
/** Larger files take too long to read for a small picture, bytes. */
const FILE_BYTES_MAX = 2 * 1024 * 1024;
const PARTICLES_MAX = 150;
const TRAIL_FRAMES = 30;
const WIDTH = 240;

export interface Picture {
  readonly task_id: string;
  readonly width: number;
  readonly height: number;
  readonly radius: number;
  /** A path for each particle, its last point first. */
  readonly trails: readonly (readonly (readonly [x: number, y: number])[])[];
}

/** The pictures of a batch's recorded tasks; files that are gone, large or broken are left out. */
export async function picturesOf(
  tasks: readonly TaskListed[],
  files: TrajectoryFiles,
): Promise<Picture[]> {
  const pictures: Picture[] = [];
  for (const task of tasks) {
    if (pictures.length >= PICTURES_MAX) break;
    const bytes = task.record === undefined ? null : files.sizeOf(task);
    if (bytes === null || bytes > FILE_BYTES_MAX) continue;
    try {
      const file = await files.open(task);
      if (file === null) continue;
      pictures.push({ task_id: task.task_id, ...pictureOf(await readTrajectory(file.readable)) });
    } catch {
      // A report without one picture is better than none.
    }
  }
  return pictures;
}

function pictureOf(trajectory: Trajectory): Omit<Picture, "task_id"> {
  const { width, height, radius, frames, particles } = trajectory.header;
  const high = WIDTH * height / width;
  const stride = Math.max(1, Math.ceil(particles / PARTICLES_MAX));
  const trails: [number, number][][] = [];
  for (let particle = 0; particle < particles; particle += stride) {
    const trail: [number, number][] = [];
    for (let frame = frames - 1; frame >= Math.max(0, frames - TRAIL_FRAMES); frame--) {
      const shares = frameOf(trajectory, frame);
      const x = shares[2 * particle]! * WIDTH / COORDINATE_MAX;
      trail.push([x, shares[2 * particle + 1]! * high / COORDINATE_MAX]);
    }
    trails.push(trail);
  }
  return { width: WIDTH, height: high, radius: Math.max(1, radius * WIDTH / width), trails };
}

export function Thumbnails({ title, pictures }: { title: string; pictures: readonly Picture[] }) {
  if (pictures.length === 0) return null;
  return (
    <section class="card">
      <h2>{title}</h2>
      <div class="thumbnails">
        {pictures.map((picture) => <Thumbnail picture={picture} />)}
      </div>
    </section>
  );
}

function Thumbnail({ picture }: { picture: Picture }) {
  const { task_id, width, height, radius, trails } = picture;
  const one = (value: number) => value.toFixed(1);
  return (
    <figure>
      <svg viewBox={`0 0 ${width} ${one(height)}`} role="img" aria-label={task_id}>
        <path
          class="trail"
          d={trails.map((trail) => `M${trail.map(([x, y]) => `${one(x)} ${one(y)}`).join("L")}`)
            .join("")}
        />
        {trails.map(([end]) =>
          end === undefined
            ? null
            : <circle class="f-running" cx={one(end[0])} cy={one(end[1])} r={one(radius)} />
        )}
      </svg>
      <figcaption class="id">{task_id}</figcaption>
    </figure>
  );
}
