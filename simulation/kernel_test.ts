import { assert, assertEquals } from "@std/assert";
import { BOX, copyState, type DiskState, initialState } from "./disks.ts";
import { createKernel, type KernelOptions } from "./kernel.ts";
import { findAlgorithm } from "./registry.ts";
import { stepNaive } from "./sweep_naive.ts";
import { boxOfPacking, difference, randomCases } from "./testing/states.ts";
import { kernelMemoryBytes } from "./wasm_kernel.ts";

/** More cases and other seeds by environment: SIMULATION_CASES=5000 SIMULATION_SEED=2. */
const CASES = Number(Deno.env.get("SIMULATION_CASES") ?? 200);
const SEED = Number(Deno.env.get("SIMULATION_SEED") ?? 3);
const STEPS = 50;

const CONTENDERS: KernelOptions[] = [
  {},
  { skin: 0.5 },
  { skin: 4 },
  { skin: 30 },
  { keepsLists: false },
];

Deno.test("the compiled kernel has the bits of the naive sweep after every step", () => {
  for (const { name, state } of randomCases(CASES, SEED)) assertFollowsNaive(state, name);
});

Deno.test("the compiled kernel is exact for more disks than it tries all pairs of", () => {
  for (const variant of ["python", "cython"] as const) {
    for (const packing of [0.05, 0.5, 3]) {
      const box = boxOfPacking(700, packing);
      const state = initialState(700, { seed: 6, variant, box });
      assertFollowsNaive(state, `${variant} at packing ${packing}`);
    }
  }
});

Deno.test("the compiled kernel and the one in TypeScript agree on thousands of disks", () => {
  for (const variant of ["python", "cython"] as const) {
    for (const packing of [0.1, 0.5]) {
      const box = boxOfPacking(5000, packing);
      const start = initialState(5000, { seed: 7, variant, box });
      const wasm = createKernel(copyState(start));
      const typescript = createKernel(start, { engine: "typescript" });
      for (let n = 0; n < 8; n++) {
        wasm.step(5);
        typescript.step(5);
        const found = difference(wasm.state(), typescript.state());
        assertEquals(found, undefined, `${variant} at packing ${packing}, step ${5 * n + 5}`);
      }
    }
  }
});

Deno.test("kernels that take turns do not disturb each other", () => {
  const cases = [...randomCases(12, 21)];
  const naive = cases.map(({ state }) => copyState(state));
  const kernels = cases.map(({ state }) => createKernel(state));
  for (let step = 1; step <= 10; step++) {
    cases.forEach(({ name }, k) => {
      stepNaive(naive[k]!);
      kernels[k]!.step(1);
      // Only some are read, so that others go home unread when the next one moves in.
      if ((step + k) % 3 === 0) {
        assertEquals(difference(kernels[k]!.state(), naive[k]!), undefined, name);
      }
    });
  }
  cases.forEach(({ name }, k) => {
    assertEquals(difference(kernels[k]!.state(), naive[k]!), undefined, name);
  });
});

Deno.test("sha256() is the platform's digest of positions and velocities", async () => {
  for (const disks of [1, 2, 3, 4, 5, 6, 7, 8, 9, 100, 1001]) {
    const state = initialState(disks, { seed: disks, variant: "python" });
    for (const engine of ["wasm", "typescript"] as const) {
      const kernel = createKernel(copyState(state), { engine });
      kernel.step(disks % 3);
      const { positions, velocities } = kernel.state();
      const bytes = new Uint8Array(await new Blob([positions, velocities]).arrayBuffer());
      const expected = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
      assertEquals(kernel.sha256(), expected.toHex(), `${disks} disks, ${engine}`);
    }
  }
});

Deno.test("the compiled kernel needs less than 350 bytes a disk, in a crowd too", () => {
  const count = 30_000;
  for (const box of [BOX, boxOfPacking(count, 0.5), boxOfPacking(count, 0.016)]) {
    const kernel = createKernel(initialState(count, { seed: 4, variant: "cython", box }));
    kernel.step(1);
    const bytes = kernelMemoryBytes() / count;
    assert(bytes < 350, `${bytes} bytes a disk in a box of ${box.width}`);
  }
});

Deno.test("the compiled kernel runs in a Web Worker", async () => {
  const task = { algorithm: "cython", parameters: { num_particles: 100, num_steps: 50, seed: 1 } };
  const url = new URL("./testing/run_in_worker.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  const answer = new Promise((resolve, reject) => {
    worker.onmessage = (event) => resolve(event.data);
    worker.onerror = (event) => reject(event.error);
  });
  worker.postMessage(task);
  const here = findAlgorithm("cython")!.create(task.parameters);
  here.advance(50);
  assertEquals(await answer, await here.summary());
  assertEquals(here.engine, "wasm");
  worker.terminate();
});

Deno.test("a crowd of 20,000 disks in the original box gives the same bits both ways", () => {
  const start = initialState(20_000, { seed: 2, variant: "cython" });
  const wasm = createKernel(copyState(start));
  const typescript = createKernel(start, { engine: "typescript" });
  wasm.step(2);
  typescript.step(2);
  assertEquals(difference(wasm.state(), typescript.state()), undefined);
  assert(wasm.state().particleCollisions > 50_000);
});

function assertFollowsNaive(start: DiskState, name: string): void {
  const naive = copyState(start);
  const states = CONTENDERS.map(() => [] as DiskState[]);
  // One kernel after the other, because they take turns in one instance.
  CONTENDERS.forEach((options, k) => {
    const kernel = createKernel(copyState(start), options);
    for (let step = 1; step <= STEPS; step++) {
      kernel.step(1);
      states[k]!.push(copyState(kernel.state()));
    }
  });
  for (let step = 1; step <= STEPS; step++) {
    stepNaive(naive);
    CONTENDERS.forEach((options, k) => {
      const found = difference(states[k]![step - 1]!, naive);
      assertEquals(found, undefined, `${name}, ${JSON.stringify(options)}, step ${step}`);
    });
  }
}
