import { assertEquals } from "@std/assert";
import PYTHON_RUNS from "../tests/golden/python.json" with { type: "json" };
import CYTHON_RUNS from "../tests/golden/cython.json" with { type: "json" };
import { initialState, kineticEnergy, type Variant } from "./disks.ts";
import { createKernel } from "./kernel.ts";

const RUNS = { python: PYTHON_RUNS, cython: CYTHON_RUNS };
const VARIANTS = ["python", "cython"] as const satisfies Variant[];

const CHOICES = VARIANTS.flatMap((variant) =>
  (["wasm", "typescript"] as const).map((engine) => ({ variant, engine }))
);

for (const { variant, engine } of CHOICES) {
  Deno.test(`${engine} ends in the bits of the original ${variant} program`, async () => {
    for (const run of RUNS[variant]) {
      const { num_particles, num_steps, seed } = run;
      const name = `${num_particles} disks, ${num_steps} steps, seed ${seed}`;
      const kernel = createKernel(initialState(num_particles, { seed, variant }), { engine });
      kernel.step(num_steps);
      const state = kernel.state();
      assertEquals(state.particleCollisions, run.particle_collisions, name);
      assertEquals(state.wallCollisions, run.wall_collisions, name);
      assertEquals(kineticEnergy(state), run.kinetic_energy, name);
      run.first_particles.forEach((disk, i) => {
        const { x, y, vx, vy } = disk;
        assertEquals([...state.positions.subarray(2 * i, 2 * i + 2)], [x, y], name);
        assertEquals([...state.velocities.subarray(2 * i, 2 * i + 2)], [vx, vy], name);
        assertEquals([x, y, vx, vy], disk.hex.map(fromHex), name);
      });
      assertEquals(await sha256(state.positions), run.positions_sha256, name);
      assertEquals(await sha256(state.velocities), run.velocities_sha256, name);
    }
  });
}

/** Reads C's `%a` format, as in `-0x1.8b5d5269ae67dp+2`. */
function fromHex(text: string): number {
  const [, sign, whole, fraction = "", exponent] = /^(-?)0x([01])(?:\.([0-9a-f]+))?p([+-]\d+)$/
    .exec(text)!;
  const mantissa = parseInt(whole! + fraction, 16) / 16 ** fraction.length;
  return (sign === "-" ? -1 : 1) * mantissa * 2 ** Number(exponent);
}

async function sha256(values: Float64Array<ArrayBuffer>): Promise<string> {
  const view = new DataView(new ArrayBuffer(values.byteLength));
  values.forEach((value, k) => view.setFloat64(8 * k, value, true));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", view)).toHex();
}
