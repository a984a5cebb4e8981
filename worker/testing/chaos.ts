/**
 * Algorithms that misbehave, for the tests of everything around a simulation. Each reads its
 * parameters without a check, as no algorithm of the registry may.
 *
 * @module
 */
import { z } from "zod";
import type { Algorithm, Metrics, Simulation } from "../../simulation/algorithm.ts";

/** Waits without burning the core that the other tests need. */
function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function throwLater(): Promise<never> {
  setTimeout(() => {
    throw new Error("thrown by a timer");
  });
  return new Promise(() => {});
}

interface Behaviour {
  readonly steps?: number;
  readonly advance?: () => void;
  readonly summary?: () => Promise<Metrics>;
}

class ChaosSimulation implements Simulation {
  readonly stepsTotal: number;
  readonly engine = "chaos";
  stepsCompleted = 0;
  readonly #behaviour: Behaviour;

  constructor(behaviour: Behaviour) {
    this.#behaviour = behaviour;
    this.stepsTotal = behaviour.steps ?? 1;
  }

  advance(steps: number): void {
    for (let step = 0; step < steps && this.stepsCompleted < this.stepsTotal; step++) {
      this.#behaviour.advance?.();
      this.stepsCompleted++;
    }
  }

  snapshot(): never {
    throw new TypeError("Not part of these tests");
  }

  summary(): Promise<Metrics> {
    return this.#behaviour.summary?.() ??
      Promise.resolve({ particles_processed: 1, steps_completed: this.stepsCompleted });
  }
}

/** All tasks of an algorithm count as equally large, so that one fast task vouches for all. */
function algorithm(name: string, behaviour: (value: number) => Behaviour): Algorithm {
  return {
    name,
    aliases: [],
    description: `Does what its name says: ${name}`,
    parameters: () => z.object({ value: z.number().default(0) }),
    example: { value: 0 },
    work: () => 1,
    create: (parameters) => new ChaosSimulation(behaviour(Number(parameters["value"]))),
  };
}

const ALL: readonly Algorithm[] = [
  algorithm("instant", () => ({})),
  /** An honest one: its tasks are as large as they say. */
  { ...algorithm("sized", () => ({})), work: ({ value }) => Number(value) },
  /** `value` steps of one millisecond. */
  algorithm("slow", (value) => ({ steps: value, advance: () => sleep(1) })),
  /** One step of `value` milliseconds, in which the thread hears nothing. */
  algorithm("hangs", (value) => ({ advance: () => sleep(value) })),
  algorithm("throws", () => ({
    advance: () => {
      throw new RangeError("no such particle");
    },
  })),
  /** A throw outside the call, as of a timer that a library left behind; not with value 0. */
  algorithm("dies", (value) => value === 0 ? {} : { summary: throwLater }),
  algorithm("closes", () => ({ advance: () => globalThis.close() })),
  algorithm("exits", () => ({ advance: () => Deno.exit(3) })),
];

const BY_NAME = new Map(ALL.map((entry) => [entry.name, entry]));

/** The misbehaving algorithms, for the constructor option of the service under test. */
export const CHAOS = {
  names: [...BY_NAME.keys()],
  find: (name: string): Algorithm | undefined => BY_NAME.get(name),
  threadUrl: new URL("./chaos_thread.ts", import.meta.url),
};
