/**
 * What a newcomer feels: an idle orchestrator's memory, the demo from start to end, and the compute
 * time of its ten simulations on one core.
 *
 * @module
 */
import { findAlgorithm } from "../../simulation/registry.ts";
import { MeasuredFarm } from "./farm.ts";
import { median, type Row } from "./report.ts";

const EXAMPLE = "tareas_manuales_ejemplo.json";
const ROUNDS = 3;

export async function benchDemo(): Promise<Row[]> {
  const { tasks } = JSON.parse(await Deno.readTextFile(EXAMPLE));
  const compute: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const startMs = performance.now();
    for (const { algorithm, parameters } of tasks) {
      const simulation = findAlgorithm(algorithm)!.create(parameters);
      simulation.advance(simulation.stepsTotal);
      await simulation.summary();
    }
    compute.push((performance.now() - startMs) / 1000);
  }
  const startMs = performance.now();
  const farm = await MeasuredFarm.start({ workers: 2 });
  const ready_s = (performance.now() - startMs) / 1000;
  try {
    const idle = farm.orchestratorCost();
    await farm.prepare(EXAMPLE, JSON.stringify({ tasks }));
    await farm.drop(EXAMPLE);
    const batch_s = await farm.secondsUntil(() => farm.isFinished(EXAMPLE));
    const round = (value: number) => Math.round(value * 1000) / 1000;
    return [{
      bench: "demo",
      ready_s: round(ready_s),
      batch_s: round(batch_s),
      compute_first_s: round(compute[0]!),
      compute_s: round(median(compute)),
      orchestrator_rss_mb: Math.round(idle?.rss_mb ?? NaN),
    }];
  } finally {
    await farm.close();
  }
}
