/**
 * A Web Worker for the tests: runs a crowd with two threads until the second one has had a part in
 * it, and answers with the digest and how far it went.
 *
 * @module
 */
import { initialState } from "../disks.ts";
import { createKernel } from "../kernel.ts";

const STEPS_MAX = 500;
const page = globalThis as unknown as Worker;

page.addEventListener("message", () => {
  const state = initialState(5000, { seed: 3, variant: "cython" });
  const crew = { threads: () => 2, disksMin: 0, aloneMs: 0 };
  const kernel = createKernel(state, { keepsLists: false, crew });
  let steps = 0;
  while (kernel.threads < 2 && steps < STEPS_MAX) {
    kernel.step(1);
    steps++;
  }
  kernel.rest();
  page.postMessage({ steps, threads: kernel.threads, digest: kernel.sha256() });
});
