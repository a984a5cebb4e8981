/**
 * One frame of a running simulation, as it travels from the worker to the page of somebody who looks.
 *
 * @module
 */
import { z } from "zod";

const count = z.number().nonnegative();

export const Preview = z.object({
  step: count,
  steps_total: count,
  width: z.number().positive(),
  height: z.number().positive(),
  radius: z.number().positive(),
  particles_total: count,
  /** Every n-th particle is shown. */
  stride: z.int().min(1),
  kinetic_energy: z.number(),
  particle_collisions: count,
  wall_collisions: count,
  /** Base64 of uint16, little-endian: x0, y0, x1, y1, … as shares of the box. */
  coordinates: z.base64().max(16_000),
});
export type Preview = z.infer<typeof Preview>;
