/**
 * The registry as the check of task files wants it: names, and for each algorithm a check of
 * parameters that answers with errors as data. The one place where the words of a schema become the
 * words of a task file.
 *
 * @module
 */
import type { z } from "zod";
import type { Algorithm, ParameterDefaults } from "./algorithm.ts";
import { ALGORITHM_NAMES, findAlgorithm } from "./registry.ts";

/** One wrong parameter: its path below `parameters`, and how the sentence goes on after the path. */
export interface ParameterError {
  readonly path: string;
  readonly code: "invalid_parameter";
  readonly message: string;
}

/** An algorithm with its defaults filled in. */
export interface ParameterCheck {
  readonly name: string;
  /** Canonical parameters with defaults, or everything that is wrong. */
  check(parameters: unknown): Record<string, unknown> | readonly ParameterError[];
}

/** Finds algorithms by name or alias. */
export interface ParameterCheckTable {
  readonly names: readonly string[];
  find(name: string): ParameterCheck | undefined;
}

/** Longest part of a parameter's name that a message repeats. */
const KEY_SHOWN_MAX = 60;

/** The check of every registered algorithm, with these defaults for what a task leaves out. */
export function parameterChecks(defaults: ParameterDefaults): ParameterCheckTable {
  const checks = new Map<Algorithm, ParameterCheck>();
  return {
    names: ALGORITHM_NAMES,
    find(name) {
      const algorithm = findAlgorithm(name);
      if (algorithm === undefined) return undefined;
      let check = checks.get(algorithm);
      if (check === undefined) {
        check = parameterCheck(algorithm, defaults);
        checks.set(algorithm, check);
      }
      return check;
    },
  };
}

function parameterCheck(algorithm: Algorithm, defaults: ParameterDefaults): ParameterCheck {
  const schema = algorithm.parameters(defaults);
  return {
    name: algorithm.name,
    check(parameters) {
      const checked = schema.safeParse(parameters);
      if (checked.success) return checked.data;
      return checked.error.issues.map((issue) => parameterError(issue, parameters));
    },
  };
}

function parameterError(issue: z.core.$ZodIssue, parameters: unknown): ParameterError {
  const key = issue.path.map(String).join(".");
  // Schemas name the parameter first; the path in front of the sentence does so already.
  const predicate = issue.message.startsWith(key + " ")
    ? issue.message.slice(key.length + 1)
    : `is wrong: ${issue.message}`;
  return {
    path: pathBelow(issue.path.map(String)),
    code: "invalid_parameter",
    message: predicate + quotesHint(valueAt(parameters, issue.path)),
  };
}

/** `num_steps`, or `["a name with spaces"]`. */
function pathBelow(keys: readonly string[]): string {
  return keys.map((key, index) => {
    if (/^[A-Za-z_$][\w$]*$/.test(key) && key.length <= KEY_SHOWN_MAX) {
      return index === 0 ? key : "." + key;
    }
    const cut = key.length > KEY_SHOWN_MAX ? key.slice(0, KEY_SHOWN_MAX) + "…" : key;
    return `[${JSON.stringify(cut)}]`;
  }).join("");
}

function valueAt(parameters: unknown, path: readonly PropertyKey[]): unknown {
  let value = parameters;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

function quotesHint(value: unknown): string {
  const isNumber = typeof value === "string" && /^\s*[-+]?[0-9]/.test(value);
  return isNumber ? " (numbers are written without quotes)" : "";
}
