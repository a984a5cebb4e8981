import { assertEquals, assertStringIncludes } from "@std/assert";
import { TrajectoryWriter } from "../../contract/trajectory_writer.ts";
import { gzipRuns } from "../../platform/gzip.ts";
import type { TaskListed } from "../store/store.ts";
import { TrajectoryFiles } from "../trajectories/trajectory_files.ts";
import { picturesOf, Thumbnails } from "./thumbnails.tsx";

function trajectory(): Uint8Array {
  const writer = new TrajectoryWriter({ width: 800, height: 600, radius: 5 }, {
    particles: 2,
    stride: 1,
  });
  const figures = { step: 0, kinetic_energy: 1, particle_collisions: 0, wall_collisions: 0 };
  for (const x of [0, 400]) writer.add({ positions: Float64Array.of(x, 300, 800, 600), figures });
  return gzipRuns(writer.finish());
}

function task(task_id: string, more: Partial<TaskListed> = {}): TaskListed {
  return { task_id, batch: "b", record: {}, ...more } as TaskListed;
}

Deno.test("picturesOf() draws what is there, and leaves out what is broken or gone", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const files = new TrajectoryFiles(folder);
    await files.save({ batch: "b", task_id: "<b>" }, trajectory());
    await files.save({ batch: "b", task_id: "broken" }, new Uint8Array([1, 2]));
    const { record: _, ...plain } = task("plain");
    const tasks = [task("<b>"), task("broken"), task("gone"), plain as TaskListed];
    const pictures = await picturesOf(tasks, files);
    assertEquals(pictures.map(({ task_id }) => task_id), ["<b>"]);
    assertEquals(pictures[0]!.trails.map((trail) => trail.length), [2, 2]);
    const html = String(<Thumbnails title="Particles" pictures={pictures} />);
    assertStringIncludes(html, "M120.0 90.0L0.0 90.0M240.0 180.0L240.0 180.0");
    assertStringIncludes(html, "&lt;b&gt;");
    assertEquals(String(<Thumbnails title="Particles" pictures={[]} />), "");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
