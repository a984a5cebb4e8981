/**
 * What a task may ask to be recorded of its run: the wish of a task file, and how many frames it
 * comes to. A recording never changes what a task computes.
 *
 * @module
 */
import { z } from "zod";

/** Steps between two frames. */
export const RECORD_EVERY_MAX = 1_000_000_000;
/** Frames of one trajectory. */
export const RECORD_FRAMES_MIN = 2;
export const RECORD_FRAMES_MAX = 5000;
export const RECORD_FRAMES_DEFAULT = 600;
/** Fewest steps between two frames, where a task leaves that to us. */
export const RECORD_EVERY_DEFAULT = 10;

/** Most that a recording may cost its simulation, where the task leaves the frames to us… */
const COST_SHARE = 0.03;
/** …or this time, which nobody feels. */
const COST_FREE_NS = 2_000_000;
/** Measured with the compiled kernel, in a box with room; a crowded one takes longer for a step. */
const STEP_NS_A_PARTICLE = 6;
const FRAME_NS = 3000;
const FRAME_NS_A_PARTICLE = 18;

/** The field `record` of a task. */
export const Recording = z.strictObject({
  every: z.int().min(1).max(RECORD_EVERY_MAX).optional(),
  max_frames: z.int().min(RECORD_FRAMES_MIN).max(RECORD_FRAMES_MAX).optional(),
});
export type Recording = z.infer<typeof Recording>;

/** Particles of one frame: of more, every n-th is recorded. */
export const RECORDED_PARTICLES_MAX = 20_000;
/** A trajectory before it is compressed, about. */
export const RECORDED_BYTES_MAX = 32 * 1024 * 1024;
const BYTES_A_PARTICLE = 4;

/** What is recorded of a run of known size. */
export interface RecordingPlan {
  /** Steps between two frames; the first and the last step are always frames. */
  readonly every: number;
  /** Every n-th particle. */
  readonly stride: number;
  /** How many that will be. */
  readonly frames: number;
}

/** What is known of a run before it begins. */
export interface RecordedRun {
  readonly steps: number;
  readonly particles: number;
}

/**
 * Spreads the frames over the whole run: with more steps than `every` and `max_frames` (or the cap
 * on bytes) allow, the steps between two frames grow. Without `every` they also grow until the
 * recording costs little beside the steps.
 */
export function planRecording(wish: Recording, run: RecordedRun): RecordingPlan {
  const { max_frames = RECORD_FRAMES_DEFAULT } = wish;
  const { steps, particles } = run;
  const stride = Math.max(1, Math.ceil(particles / RECORDED_PARTICLES_MAX));
  const bytes = Math.max(1, Math.ceil(particles / stride)) * BYTES_A_PARTICLE;
  const framesMax = Math.max(2, Math.min(max_frames, Math.floor(RECORDED_BYTES_MAX / bytes)));
  const wanted = wish.every ?? Math.max(RECORD_EVERY_DEFAULT, cheapEvery(run));
  const every = Math.max(1, wanted, Math.ceil(steps / (framesMax - 1)));
  return { every, stride, frames: 1 + Math.ceil(steps / every) };
}

/** Steps between two frames that cost no more than they may. */
function cheapEvery({ steps, particles }: RecordedRun): number {
  const budgetNs = Math.max(COST_FREE_NS, COST_SHARE * steps * particles * STEP_NS_A_PARTICLE);
  const frames = budgetNs / (FRAME_NS + particles * FRAME_NS_A_PARTICLE);
  return Math.ceil(steps / Math.max(1, frames));
}
