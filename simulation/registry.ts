/**
 * The table of algorithms that the farm can run. A new one is one more line here.
 *
 * @module
 */
import type { Algorithm } from "./algorithm.ts";
import { CYTHON, PYTHON } from "./hard_disks.ts";

/** Every algorithm, by its name. */
export const ALGORITHMS = {
  python: PYTHON,
  cython: CYTHON,
} as const satisfies Record<string, Algorithm>;

/** Names of the algorithms, without aliases. */
export const ALGORITHM_NAMES: readonly string[] = Object.keys(ALGORITHMS);

const BY_NAME = new Map<string, Algorithm>(
  Object.values(ALGORITHMS).flatMap((algorithm: Algorithm) =>
    [algorithm.name, ...algorithm.aliases].map((name) => [name, algorithm] as const)
  ),
);

/** The algorithm of this name or alias, as task files write it. */
export function findAlgorithm(nameOrAlias: string): Algorithm | undefined {
  return BY_NAME.get(nameOrAlias);
}
