/**
 * A Web Worker for the tests: runs a crowd with two threads until the second one has had a part in
 * it, and answers with the digest and how far it went.
 *
 * @module
 */
import { initialState } from "../disks.ts";
import { createKernel } from "../kernel.ts";

/** A busy machine may leave the helper without a core for long. */
const PATIENCE_MS = 60_000;
const page = globalThis as unknown as Worker;

page.addEventListener("message", () => {
  const state = initialState(5000, { seed: 3, variant: "cython" });
  const crew = { threads: () => 2, disksMin: 0, aloneMs: 0 };
  const kernel = createKernel(state, { keepsLists: false, crew });
  let steps = 0;
  const endMs = performance.now() + PATIENCE_MS;
  while (kernel.threads < 2 && performance.now() < endMs) {
    kernel.step(1);
    steps++;
  }
  kernel.rest();
  page.postMessage({ steps, threads: kernel.threads, digest: kernel.sha256() });
});
