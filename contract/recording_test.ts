import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { planRecording, RECORDED_BYTES_MAX, RECORDED_PARTICLES_MAX } from "./recording.ts";

Deno.test("planRecording() takes the steps that were asked for where they fit", () => {
  const run = { steps: 100, particles: 50 };
  assertEquals(planRecording({ every: 10, max_frames: 11 }, run).every, 10);
  assertEquals(planRecording({}, run).every, 10);
});

Deno.test("planRecording() spreads the frames over the whole run where they do not", () => {
  assertEquals(
    planRecording({ every: 1, max_frames: 11 }, { steps: 1000, particles: 5 }).every,
    100,
  );
});

Deno.test("planRecording() never exceeds frames, particles and bytes", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 1_000_000_000 }),
    fc.integer({ min: 2, max: 5000 }),
    fc.integer({ min: 0, max: 1_000_000_000 }),
    fc.integer({ min: 1, max: 1_000_000 }),
    (every, max_frames, steps, particles) => {
      const plan = planRecording({ every, max_frames }, { steps, particles });
      const recorded = Math.ceil(particles / plan.stride);
      // The first step, one each `every`, and the last.
      const frames = 1 + Math.ceil(steps / plan.every);
      assertEquals(plan.frames, frames);
      assert(frames <= max_frames && plan.every >= every);
      assert(recorded <= RECORDED_PARTICLES_MAX);
      assert(frames * recorded * 4 <= Math.max(RECORDED_BYTES_MAX, 2 * recorded * 4));
    },
  ));
});

Deno.test("planRecording() takes fewer frames of a run that they would slow down", () => {
  const every = (steps: number, particles: number) => planRecording({}, { steps, particles }).every;
  assertEquals(every(500, 100), 10);
  assertEquals(every(1000, 50), 10);
  const busy = every(20_000, 1000);
  assert(busy > 90 && busy < 140, `every ${busy}`);
  assertEquals(planRecording({ every: 2 }, { steps: 1000, particles: 1000 }).every, 2);
});

Deno.test("planRecording() spreads the frames of a long run over all of it", () => {
  const { every, frames } = planRecording({}, { steps: 10_000_000, particles: 1000 });
  assert(frames > 590 && frames <= 600, `${frames} frames, every ${every}`);
});
