/**
 * Recordings through the whole farm: asked for in a task file, made by a thread, fetched, served.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { Preview } from "../contract/preview.ts";
import { readTrajectory } from "../contract/trajectory.ts";
import { farmTest } from "./testing/farm.ts";

const WALL_HITS = { num_particles: 50, num_steps: 300, seed: 123 };

interface TaskAnswer {
  readonly status: string;
  readonly artefacts: readonly { kind: string; href: string; bytes: number }[];
  readonly record?: unknown;
  readonly result: { metrics: Record<string, unknown> } | null;
}

farmTest(
  "a recorded task gives its trajectory and the same result as another",
  {},
  async (farm) => {
    const task = { algorithm: "python", parameters: WALL_HITS };
    await farm.drop("b.json", [
      { ...task, task_id: "plain" },
      { ...task, task_id: "../seen", record: { every: 10 } },
    ]);
    await farm.finished("b.json");
    const path = `/tasks/${encodeURIComponent("../seen")}`;
    const seen = await farm.until(async () => {
      const answer = await farm.client.get<TaskAnswer>(path);
      return answer.artefacts.length > 0 && answer;
    });
    const plain = await farm.client.get<TaskAnswer>("/tasks/plain");
    assertEquals(plain.artefacts, []);
    assertEquals(seen.record, { every: 10 });
    assertEquals(seen.result?.metrics["state_sha256"], plain.result?.metrics["state_sha256"]);
    assertEquals([seen.artefacts[0]!.kind, seen.artefacts[0]!.href], [
      "trajectory",
      `${path}/trajectory`,
    ]);
    const response = await fetch(farm.client.url + seen.artefacts[0]!.href);
    const { header, columns } = await readTrajectory(response.body!);
    assertEquals([header.particles, header.frames, header.width], [50, 31, 800]);
    assertEquals([columns.step.at(-1), columns.wall_collisions.at(-1)], [300, 36]);
  },
);

farmTest("a running task is seen while somebody looks", { capacities: [1] }, async (farm) => {
  const parameters = { num_particles: 100, num_steps: 100_000_000, seed: 1 };
  await farm.drop("b.json", [{ task_id: "long", algorithm: "cython", parameters }]);
  const look = async () => {
    const response = await fetch(`${farm.client.url}/tasks/long/preview`);
    const body = await response.json();
    return response.ok ? Preview.parse(body) : null;
  };
  const first = await farm.until(look);
  assertEquals(Uint8Array.fromBase64(first.coordinates).length, 400);
  const later = await farm.until(async () => {
    const frame = await look();
    return frame !== null && frame.step > first.step && frame;
  });
  assert(later.coordinates !== first.coordinates);
  const trajectory = await fetch(`${farm.client.url}/tasks/long/trajectory`);
  assertEquals([trajectory.status, (await trajectory.json()).code], [404, "trajectory_not_found"]);
  await fetch(`${farm.client.url}/tasks/long`, { method: "DELETE" });
  await farm.finished("b.json");
  const ended = await fetch(`${farm.client.url}/tasks/long/preview`);
  assertEquals([ended.status, (await ended.json()).code], [409, "task_not_running"]);
});

farmTest("what an orchestrator left at its workers comes after its restart", {
  capacities: [1],
}, async (farm) => {
  await farm.drop("b.json", [{
    task_id: "t",
    algorithm: "cython",
    parameters: { num_particles: 1000, num_steps: 40_000, seed: 1 },
    record: { every: 100 },
  }]);
  await farm.until(async () =>
    (await farm.client.get<TaskAnswer>("/tasks/t").catch(() => null))?.status === "running"
  );
  await farm.orchestrator.kill();
  await farm.startOrchestrator();
  await farm.finished("b.json");
  await farm.until(async () =>
    (await farm.client.get<TaskAnswer>("/tasks/t")).artefacts.length > 0
  );
});
