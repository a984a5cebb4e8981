import { assert, assertEquals, assertMatch } from "@std/assert";
import { readTrajectory } from "../contract/trajectory.ts";
import { TaskResult } from "../contract/wire.ts";
import { findAlgorithm } from "../simulation/registry.ts";
import { ChunkRunner } from "./chunk_runner.ts";
import { ControlBlock } from "./control.ts";
import { CHAOS } from "./testing/chaos.ts";
import type { ThreadNews, ThreadOutcome, ThreadTask } from "./thread_api.ts";

/** A runner in this thread, with the process's side of its control block. */
function runner(
  onEarly: (outcomes: readonly ThreadOutcome[]) => void = () => {},
  onOther: () => void = () => {},
) {
  const control = new ControlBlock();
  control.reset();
  const others: ThreadNews[] = [];
  const chunkRunner = new ChunkRunner({
    find: (name) => CHAOS.find(name) ?? findAlgorithm(name),
    control: new ControlBlock(control.memory),
    send: (news) => {
      if ("early_outcomes" in news) onEarly(news.early_outcomes);
      else {
        others.push(news);
        onOther();
      }
    },
    memoryBytes: () => 67_200_000,
  });
  return { control, others, run: (tasks: ThreadTask[]) => chunkRunner.run(tasks) };
}

const task = (algorithm: string, value = 0): ThreadTask => ({ algorithm, parameters: { value } });

Deno.test("ChunkRunner reports a simulation as the results file wants it", async () => {
  const parameters = { num_particles: 50, num_steps: 300, seed: 123 };
  const [outcome] = await runner().run([{ algorithm: "python", parameters }]);
  assert(outcome?.ending.status === "completed");
  const { output, metrics } = TaskResult.parse(JSON.parse(outcome.ending.result));
  assertEquals(metrics["particles_processed"], 50);
  assertEquals(metrics["steps_completed"], 300);
  assertEquals(metrics["particle_collisions"], 28);
  assertEquals(metrics["wall_collisions"], 36);
  assertEquals(metrics["memory_peak"], "67.2 MB");
  assertMatch(String(metrics["state_sha256"]), /^[0-9a-f]{64}$/);
  assertEquals(
    output,
    "Simulated 50 particles over 300 steps (python): 28 particle collisions, 36 wall collisions",
  );
  assert(outcome.ended_at >= outcome.started_at && outcome.execution_ms >= 0);
});

Deno.test("ChunkRunner makes wrong parameters a failure that no retry can help", async () => {
  const outcomes = await runner().run([
    { algorithm: "python", parameters: { num_particles: -3 } },
    { algorithm: "python", parameters: { num_particles: 1, num_steps: 1, seed: 1, colour: 2 } },
    { algorithm: "nobody", parameters: {} },
  ]);
  const codes = outcomes.map(({ ending }) =>
    ending.status === "failed" ? `${ending.failure.kind} ${ending.failure.code}` : ending.status
  );
  assertEquals(codes, [
    "permanent invalid_parameters",
    "permanent invalid_parameters",
    "permanent unknown_algorithm",
  ]);
});

Deno.test("ChunkRunner turns a throw into plain data and goes on", async () => {
  const [failed, completed] = await runner().run([task("throws"), task("instant")]);
  assertEquals(failed?.ending, {
    status: "failed",
    failure: { kind: "task", code: "task_error", message: "RangeError: no such particle" },
  });
  assertEquals(completed?.ending.status, "completed");
});

Deno.test("ChunkRunner leaves out what was taken back", async () => {
  const { control, run } = runner();
  control.takeBack(1);
  const outcomes = await run([task("instant"), task("instant"), task("instant")]);
  assertEquals(outcomes.map(({ place }) => place), [0, 2]);
});

Deno.test("ChunkRunner stops what the process asks it to stop", async () => {
  const { control, run } = runner(() => {});
  const early: string[] = [];
  const stopping = runner((outcomes) => {
    early.push(...outcomes.map(({ place }) => `early ${place}`));
    stopping.control.stop(1);
  });
  const outcomes = await stopping.run([task("instant"), task("slow", 60_000), task("instant")]);
  assertEquals(early, ["early 0"], "it must not wait for the long task behind it");
  assertEquals(outcomes.map(({ place, ending }) => `${place} ${ending.status}`), [
    "1 cancelled",
    "2 completed",
  ]);
  control.stop(0);
  assertEquals(await run([task("slow", 60_000)]), []);
});

Deno.test("ChunkRunner ends a task at its timeout", async () => {
  const [outcome] = await runner().run([{ ...task("slow", 60_000), timeout_ms: 50 }]);
  assertEquals(outcome?.ending, {
    status: "failed",
    failure: {
      kind: "timeout",
      code: "timeout",
      message: "Not finished within its timeout of 0.05 s",
    },
  });
});

const MANUAL_001 = { num_particles: 50, num_steps: 300, seed: 123 };

Deno.test("ChunkRunner sends the trajectory after the outcome, and the result is the same", async () => {
  const order: string[] = [];
  const recorded = runner((outcomes) => order.push(...outcomes.map(() => "outcome")));
  const task = { algorithm: "python", parameters: MANUAL_001 };
  const left = await recorded.run([{ ...task, record: { every: 10 } }]);
  assertEquals([left, order], [[], ["outcome"]]);
  const [news] = recorded.others;
  assert(news !== undefined && "trajectory" in news);
  const { header, columns } = await readTrajectory(new Blob([news.trajectory]).stream());
  assertEquals([header.particles, header.frames, news.place], [50, 31, 0]);
  assertEquals(columns.particle_collisions.at(-1), 28);
  assertEquals(columns.wall_collisions.at(-1), 36);
});

Deno.test("ChunkRunner records nothing of a task that fails or shows nothing", async () => {
  const { run, others } = runner();
  const record = { every: 1 };
  await run([
    { algorithm: "python", parameters: { num_particles: -1 }, record },
    { ...task("throws"), record },
  ]);
  assertEquals(others, []);
});

Deno.test("ChunkRunner shows one frame for each time it is asked, and none otherwise", async () => {
  const { run, control, others } = runner();
  const parameters = { num_particles: 3000, num_steps: 400, seed: 1 };
  await run([{ algorithm: "cython", parameters }]);
  assertEquals(others, []);
  control.reset();
  control.askPreview();
  await run([{ algorithm: "cython", parameters }]);
  const [news] = others;
  assert(others.length === 1 && news !== undefined && "preview" in news);
  assertEquals([news.preview.stride, news.preview.coordinates.length], [3, 2000]);
  assert(news.preview.step > 0 && news.preview.step < 400);
});

/** A crowd of which a single step takes much longer than a slice. */
const CROWD = { num_particles: 60_000, num_steps: 1, seed: 1 };

Deno.test("ChunkRunner shows and stops a task in the middle of a long step", async () => {
  let stepsSeen = NaN;
  const stopping = runner(() => {}, () => {
    stepsSeen = stopping.control.running()?.stepsCompleted ?? NaN;
    stopping.control.stop(0);
  });
  stopping.control.askPreview();
  const [outcome] = await stopping.run([{ algorithm: "cython", parameters: CROWD }]);
  assertEquals(outcome?.ending, { status: "cancelled" });
  assert(stepsSeen > 0 && stepsSeen < 1, `${stepsSeen} steps`);
});

Deno.test("ChunkRunner ends a task at its timeout in the middle of a long step", async () => {
  const task = { algorithm: "cython", parameters: CROWD, timeout_ms: 30 };
  const [outcome] = await runner().run([task]);
  assert(outcome?.ending.status === "failed");
  assertEquals(outcome.ending.failure.kind, "timeout");
});
