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
/** A frame of 1,000 particles costs about as much as three steps, one of 100 as much as ten. */
export const RECORD_EVERY_DEFAULT = 10;

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
  /** Most frames. */
  readonly frames: number;
}

/**
 * Spreads the frames over the whole run: with more steps than `every` and `max_frames` (or the cap
 * on bytes) allow, the steps between two frames grow.
 */
export function planRecording(
  { every = RECORD_EVERY_DEFAULT, max_frames = RECORD_FRAMES_DEFAULT }: Recording,
  { steps, particles }: { readonly steps: number; readonly particles: number },
): RecordingPlan {
  const stride = Math.max(1, Math.ceil(particles / RECORDED_PARTICLES_MAX));
  const bytes = Math.max(1, Math.ceil(particles / stride)) * BYTES_A_PARTICLE;
  const framesMax = Math.max(2, Math.min(max_frames, Math.floor(RECORDED_BYTES_MAX / bytes)));
  const spread = Math.max(every, Math.ceil(steps / (framesMax - 1)));
  return { every: Math.max(1, spread), stride, frames: framesMax };
}
