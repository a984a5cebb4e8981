import { assertEquals, assertStringIncludes } from "@std/assert";
import { TRAJECTORY_TYPE } from "../../contract/trajectory.ts";
import { completedOutcome } from "../listeners/testing.ts";
import { TrajectoryFiles } from "../trajectories/trajectory_files.ts";
import { apiTest } from "./testing.ts";

const TASK = { algorithm: "python", parameters: { num_particles: 5 } };
const RECORDED = { ...TASK, record: { every: 2 } };
const FRAME = {
  step: 3,
  steps_total: 9,
  width: 800,
  height: 600,
  radius: 5,
  particles_total: 1,
  stride: 1,
  kinetic_energy: 1.5,
  particle_collisions: 0,
  wall_collisions: 0,
  coordinates: "AAAAAA==",
};

apiTest("GET /tasks/:id/trajectory gives the file, or says why there is none", {
  script: (ref) => ref.task_id === "held" ? null : completedOutcome(ref),
}, async (api) => {
  await api.farm.drop("b.json", [
    { ...TASK, task_id: "plain" },
    { ...RECORDED, task_id: "seen" },
    { ...RECORDED, task_id: "lost" },
    { ...RECORDED, task_id: "held" },
  ]);
  for (const id of ["plain", "seen", "lost"]) await api.farm.untilStatus(id, "completed");
  const { batch } = await api.get("/tasks/seen");
  const files = new TrajectoryFiles(api.farm.config.resultsPath);
  await files.save({ batch, task_id: "seen" }, new Uint8Array([1, 2, 3]));
  const found = await api.request("/tasks/seen/trajectory");
  assertEquals(found.headers.get("content-type"), TRAJECTORY_TYPE);
  assertEquals(await found.bytes(), new Uint8Array([1, 2, 3]));
  const artefact = { kind: "trajectory", href: "/tasks/seen/trajectory", bytes: 3 };
  assertEquals((await api.get("/tasks/seen")).artefacts, [artefact]);
  const rows = await api.get("/tasks?text=seen");
  assertEquals(rows[0].artefacts, [artefact]);
  const reasons = { plain: "records nothing", lost: "is not here", held: "comes with its result" };
  for (const [id, reason] of Object.entries(reasons)) {
    const problem = await api.problem(`/tasks/${id}/trajectory`);
    assertEquals([problem.status, problem.code], [404, "trajectory_not_found"]);
    assertStringIncludes(problem.detail, reason);
  }
});

apiTest("GET /tasks/:id/preview asks the worker once, however many look", {}, async (api) => {
  await api.farm.drop("b.json", [{ ...TASK, task_id: "t" }]);
  assertEquals((await api.problem("/tasks/t/preview")).code, "task_not_running");
  await api.farm.untilStatus("t", "assigned");
  const { worker, attempt } = api.farm.kept[0]!;
  const progress = { task_id: "t", attempt, started_at: 1, steps_completed: 1, steps_total: 9 };
  api.farm.scheduler.submit({ kind: "worker_progressed", worker, running: [progress] });
  await api.farm.untilStatus("t", "running");
  const calls: unknown[] = [];
  const answer = Promise.withResolvers<Response>();
  api.farm.answer = (...call) => {
    calls.push(call);
    return answer.promise;
  };
  const looks = [api.get("/tasks/t/preview"), api.get("/tasks/t/preview")];
  answer.resolve(Response.json(FRAME));
  assertEquals(await Promise.all(looks), [FRAME, FRAME]);
  assertEquals(calls, [[worker, "/preview", { query: { task_id: "t", attempt: "1" } }]]);
  for (
    const bad of [
      () => Promise.resolve(null),
      () => Promise.resolve(new Response("no JSON")),
      () => Promise.resolve(Response.json({ ...FRAME, coordinates: "A".repeat(40_000) })),
      () => Promise.reject(new Error("away")),
    ]
  ) {
    api.farm.answer = bad;
    assertEquals((await api.problem("/tasks/t/preview")).code, "no_preview");
  }
});
