/**
 * A Web Worker for the tests: runs the simulation it is sent and answers with its figures.
 *
 * @module
 */
import { findAlgorithm } from "../registry.ts";

const page = globalThis as unknown as Worker;

page.addEventListener("message", async (event) => {
  const { algorithm, parameters } = event.data;
  const simulation = findAlgorithm(algorithm)!.create(parameters);
  simulation.advance(simulation.stepsTotal);
  page.postMessage(await simulation.summary());
});
