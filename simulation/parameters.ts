/**
 * The parameters of the hard-disk algorithms: their names, ranges and other spellings, and the check
 * that every task passes at intake, in the generator and in the worker.
 *
 * @module
 */
import { z } from "zod";
import type { ParameterDefaults } from "./algorithm.ts";
import { SEED_MAX } from "./mt19937.ts";

/** Canonical parameters, keys in this order. */
export interface HardDiskParameters extends Record<string, unknown> {
  readonly num_particles: number;
  readonly num_steps: number;
  readonly seed: number;
}

/** Range and other spellings of one parameter; all are integers. */
export interface ParameterRange {
  readonly name: keyof ParameterDefaults;
  readonly aliases: readonly string[];
  readonly min: number;
  readonly max: number;
}

/** The parameters in canonical order. */
export const HARD_DISK_PARAMETERS: readonly ParameterRange[] = [
  {
    name: "num_particles",
    aliases: ["NUM_PARTICULAS", "num_particulas"],
    min: 1,
    max: 1_000_000,
  },
  { name: "num_steps", aliases: ["NUM_PASOS", "num_pasos"], min: 0, max: 1_000_000_000 },
  { name: "seed", aliases: ["SEMILLA", "semilla"], min: 0, max: SEED_MAX },
];

const RANGE_BY_KEY = new Map(
  HARD_DISK_PARAMETERS.flatMap((range) =>
    [range.name, ...range.aliases].map((key) => [key, range] as const)
  ),
);
const NAMES = HARD_DISK_PARAMETERS.map((range) => range.name).join(", ");
const SHOWN_LENGTH_MAX = 60;

interface Issue {
  readonly path: string[];
  readonly message: string;
}

/**
 * Parameters as written → canonical parameters. Written by hand and not as a zod object, because it
 * runs for every task of a file of a million, and because an issue names the key as it was written.
 */
export function hardDiskParameters(
  defaults: ParameterDefaults,
): z.ZodType<HardDiskParameters, unknown> {
  return z.unknown().transform((written, context) => {
    const issues: Issue[] = [];
    const parameters = canonical(written, { defaults, issues });
    if (issues.length === 0) return parameters;
    for (const issue of issues) context.issues.push({ code: "custom", input: written, ...issue });
    return z.NEVER;
  });
}

function canonical(
  written: unknown,
  options: { defaults: ParameterDefaults; issues: Issue[] },
): HardDiskParameters {
  const { defaults, issues } = options;
  const { num_particles, num_steps, seed } = defaults;
  const parameters = { num_particles, num_steps, seed };
  if (typeof written !== "object" || written === null || Array.isArray(written)) {
    issues.push({ path: [], message: `Parameters must be an object, not ${shown(written)}` });
    return parameters;
  }
  const givenAs = new Map<string, string>();
  for (const [key, value] of Object.entries(written)) {
    const range = RANGE_BY_KEY.get(key);
    const problem = range === undefined
      ? `Unknown parameter ${shown(key)}: known are ${NAMES}`
      : outOfRange(key, { value, range }) ?? givenTwice(key, givenAs.get(range.name));
    if (problem !== undefined) issues.push({ path: [key], message: problem });
    if (range === undefined) continue;
    givenAs.set(range.name, key);
    // Adding zero turns -0 into 0, so that equal parameters are equal as text.
    parameters[range.name] = (value as number) + 0;
  }
  return parameters;
}

function outOfRange(
  key: string,
  given: { value: unknown; range: ParameterRange },
): string | undefined {
  const { value, range } = given;
  const inRange = Number.isInteger(value) && (value as number) >= range.min &&
    (value as number) <= range.max;
  if (inRange) return undefined;
  return `${key} must be an integer from ${range.min} to ${range.max}, not ${shown(value)}`;
}

function givenTwice(key: string, other: string | undefined): string | undefined {
  if (other === undefined) return undefined;
  return `${key} and ${other} are the same parameter: give only one of them`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= SHOWN_LENGTH_MAX ? text : text.slice(0, SHOWN_LENGTH_MAX - 1) + "…";
}
