/**
 * What a thread shows of a simulation besides its result: the frames of a recording, and one frame
 * for somebody who looks at it while it runs. Neither may ever cost the task its result.
 *
 * @module
 */
import { planRecording, type Recording } from "../contract/recording.ts";
import type { Scene } from "../contract/trajectory.ts";
import {
  quantise,
  TrajectoryWriter,
  type TrajectoryWriterOptions,
} from "../contract/trajectory_writer.ts";
import { gzipRuns } from "../platform/gzip.ts";
import type { Simulation } from "../simulation/algorithm.ts";
import { RecordedSimulation } from "../simulation/recorded.ts";
import type { PreviewFrame } from "./thread_api.ts";

/** Particles of a preview: of more, every n-th is shown. */
const PREVIEW_PARTICLES_MAX = 1000;

/** A recording under way. */
export interface Recorder {
  /** To be run in the place of the simulation itself. */
  readonly simulation: Simulation;
  /** The trajectory, packed; null when it could not be made. Takes longer than all its frames. */
  finish(): Uint8Array<ArrayBuffer> | null;
}

/** Begins to record; null where there is nothing to see. */
export function record(simulation: Simulation, wish: Recording): Recorder | null {
  const first = simulation.observe?.();
  if (first === undefined) return null;
  const particles = first.positions.length / 2;
  const plan = planRecording(wish, { steps: simulation.stepsTotal, particles });
  const scene = { ...first.box, radius: first.radius };
  let writer = writerFor(scene, { ...plan, particles });
  const onFrame = (step: number) => {
    try {
      addFrame(writer, step, simulation);
    } catch {
      // Most likely no memory is left: the task needs it more.
      writer = null;
    }
  };
  return {
    simulation: new RecordedSimulation(simulation, { every: plan.every, onFrame }),
    finish() {
      try {
        return writer === null ? null : gzipRuns(writer.finish());
      } catch {
        return null;
      }
    },
  };
}

/** Null when there is no memory for it: the task needs it more. */
function writerFor(scene: Scene, options: TrajectoryWriterOptions): TrajectoryWriter | null {
  try {
    return new TrajectoryWriter(scene, options);
  } catch {
    return null;
  }
}

function addFrame(writer: TrajectoryWriter | null, step: number, simulation: Simulation): void {
  const seen = writer === null ? undefined : simulation.observe?.();
  if (seen === undefined) return;
  writer?.add({
    positions: seen.positions,
    figures: {
      step,
      kinetic_energy: seen.kineticEnergy,
      particle_collisions: seen.particleCollisions,
      wall_collisions: seen.wallCollisions,
    },
  });
}

/** The present state, small enough to be sent several times a second. */
export function previewOf(simulation: Simulation): PreviewFrame | null {
  const seen = simulation.observe?.();
  if (seen === undefined) return null;
  const { box: { width, height }, radius, positions, kineticEnergy } = seen;
  const particles = positions.length / 2;
  const stride = Math.max(1, Math.ceil(particles / PREVIEW_PARTICLES_MAX));
  const coordinates = new Uint16Array(2 * Math.ceil(particles / stride));
  quantise(positions, { width, height, stride, into: coordinates });
  return {
    step: simulation.stepsCompleted,
    steps_total: simulation.stepsTotal,
    width,
    height,
    radius,
    particles_total: particles,
    stride,
    kinetic_energy: kineticEnergy,
    particle_collisions: seen.particleCollisions,
    wall_collisions: seen.wallCollisions,
    coordinates,
  };
}
