/**
 * Where trajectories lie: `<results>/trajectories/<batch>/<task>.traj.gz`. Ids are data: they become
 * names that are safe on every file system, and two ids never share one.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { replaceFileAtomically } from "../../platform/atomic_file.ts";

export const TRAJECTORY_SUFFIX = ".traj.gz";
const READABLE_LENGTH_MAX = 60;

/** What a trajectory belongs to. */
export interface TrajectoryKey {
  readonly batch: string;
  readonly task_id: string;
}

/**
 * An id as a file name: itself where that is safe, else what is readable of it and a digest. Capitals
 * count as unsafe, because some file systems do not tell them from small letters.
 */
export function safeName(id: string): string {
  if (/^[a-z0-9][a-z0-9_-]{0,99}$/.test(id)) return id;
  const readable = id.normalize("NFKD").replace(/[^A-Za-z0-9_-]+/g, "_");
  const digest = createHash("sha256").update(id).digest("hex").slice(0, 16);
  return `${readable.slice(0, READABLE_LENGTH_MAX)}~${digest}`;
}

export class TrajectoryFiles {
  readonly folder: string;

  constructor(resultsPath: string) {
    this.folder = join(resultsPath, "trajectories");
  }

  pathOf({ batch, task_id }: TrajectoryKey): string {
    return join(this.folder, safeName(batch), safeName(task_id) + TRAJECTORY_SUFFIX);
  }

  /** Bytes of the file; null when there is none. */
  sizeOf(key: TrajectoryKey): number | null {
    try {
      const { isFile, size } = Deno.statSync(this.pathOf(key));
      return isFile ? size : null;
    } catch {
      return null;
    }
  }

  /** @throws What the file system says. */
  async save(key: TrajectoryKey, bytes: Uint8Array): Promise<void> {
    const path = this.pathOf(key);
    await Deno.mkdir(dirname(path), { recursive: true });
    await replaceFileAtomically(path, bytes);
  }

  /** Null when there is no such file. */
  async open(key: TrajectoryKey): Promise<Deno.FsFile | null> {
    try {
      return await Deno.open(this.pathOf(key));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    }
  }
}
