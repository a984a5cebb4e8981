/**
 * The registry with poison in it: the seed of a task decides what it does to whoever runs it.
 *
 * @module
 */
import type { Algorithm, Simulation } from "../../simulation/algorithm.ts";
import { findAlgorithm } from "../../simulation/registry.ts";

export const POISON = { kill: 660, killLater: 661, eat: 662, spin: 663, close: 664 } as const;

const DEEDS: Record<number, () => void> = {
  [POISON.kill]: () => Deno.kill(Deno.pid, "SIGKILL"),
  [POISON.killLater]: () => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 700);
    Deno.kill(Deno.pid, "SIGKILL");
  },
  [POISON.eat]: () => {
    const eaten: number[][] = [];
    for (;;) eaten.push(Array.from({ length: 1e6 }, (_, at) => at + Math.random()));
  },
  [POISON.spin]: () => {
    for (let spun = 0;; spun++) if (spun < 0) return;
  },
  [POISON.close]: () => globalThis.close(),
};

export function findPoisoned(name: string): Algorithm | undefined {
  const honest = findAlgorithm(name);
  if (honest === undefined) return undefined;
  return {
    ...honest,
    create(parameters, ...rest): Simulation {
      const simulation = honest.create(parameters, ...rest);
      const deed = DEEDS[Number(parameters["seed"])];
      if (deed !== undefined) simulation.advance = deed;
      return simulation;
    },
  };
}
