/**
 * Command lines of all programs: flags with their types and limits, help that leads with examples,
 * and one sentence for whatever is wrong.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { deniedSentence } from "./sandbox.ts";
import { err, out } from "./terminal.ts";

/** Exit codes of all programs. */
export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  partial: 3,
  unreachable: 69,
  interrupted: 130,
  terminated: 143,
} as const;

/** The caller wrote something that cannot be understood: one sentence, exit 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** One flag. `value` is the placeholder in the help; a flag without it is a switch. */
export interface FlagSpec {
  readonly description: string;
  readonly kind: "switch" | "text" | "integer" | "number";
  readonly value?: string;
  readonly min?: number;
  readonly max?: number;
  readonly choices?: readonly string[];
}

/** A program's command line. `command` is how a person starts it, e.g. "deno task worker". */
export interface CommandSpec<F extends Record<string, FlagSpec>> {
  readonly command: string;
  readonly summary: string;
  readonly examples: readonly string[];
  readonly flags: F;
  /** Arguments without a flag; absent = none are taken. */
  readonly operands?: { readonly name: string; readonly min: number; readonly max?: number };
}

/** The value of one flag: a switch is always there, others only when given. */
type FlagValue<S extends FlagSpec> = S["kind"] extends "switch" ? boolean
  : (S["kind"] extends "text" ? string : number) | undefined;

export interface ParsedCommand<F extends Record<string, FlagSpec>> {
  readonly flags: { readonly [K in keyof F]: FlagValue<F[K]> };
  readonly operands: readonly string[];
  readonly help: boolean;
}

/**
 * Reads a command line. `--help` wins over everything, so that it helps with a wrong line too.
 *
 * @throws {UsageError} For an unknown flag, a missing or malformed value, too few or many operands.
 */
export function parseCommand<const F extends Record<string, FlagSpec>>(
  args: readonly string[],
  spec: CommandSpec<F>,
): ParsedCommand<F> {
  const names = Object.keys(spec.flags);
  const isSwitch = (name: string) => spec.flags[name]?.kind === "switch";
  const unknown: string[] = [];
  const operands: string[] = [];
  const parsed: Record<string, unknown> = parseArgs([...args], {
    boolean: ["help", ...names.filter(isSwitch)],
    string: names.filter((name) => !isSwitch(name)),
    collect: names.filter((name) => !isSwitch(name)),
    alias: { h: "help" },
    unknown: (argument: string, key?: string) => {
      (key === undefined ? operands : unknown).push(argument);
      return false;
    },
  });
  // What follows "--" is never a flag; parseArgs leaves it here.
  operands.push(...(parsed["_"] as (string | number)[]).map(String));
  const flags: Record<string, unknown> = {};
  if (parsed["help"] !== true) {
    for (const name of names) flags[name] = flagValue(name, spec.flags[name]!, parsed[name]);
    if (unknown[0] !== undefined) throw new UsageError(unknownFlag(unknown[0], names));
    checkOperands(operands, spec);
  }
  return {
    flags: flags as ParsedCommand<F>["flags"],
    operands,
    help: parsed["help"] === true,
  };
}

function flagValue(name: string, spec: FlagSpec, found: unknown): unknown {
  if (spec.kind === "switch") return found === true;
  const values = Array.isArray(found) ? found : [];
  if (values.length === 0) return undefined;
  if (values.length > 1) {
    throw new UsageError(`--${name} is given ${values.length} times; give it once`);
  }
  const text = String(values[0]);
  if (text === "") throw new UsageError(`--${name} needs a value: ${takes(spec)}`);
  if (spec.kind === "text") {
    if (spec.choices && !spec.choices.includes(text)) throw wrongValue(name, spec, text);
    return text;
  }
  const number = parseNumber(text, spec);
  if (number === undefined) throw wrongValue(name, spec, text);
  return number;
}

function wrongValue(name: string, spec: FlagSpec, text: string): UsageError {
  return new UsageError(`--${name} is "${text}" but takes ${takes(spec)}`);
}

/** What a number has to be; shared by flags and settings so that both say the same. */
export interface NumberLimits {
  readonly kind: string;
  readonly min?: number;
  readonly max?: number;
}

/** `text` as a number within `limits`, undefined otherwise. Decimal notation only. */
export function parseNumber(text: string, limits: NumberLimits): number | undefined {
  const pattern = limits.kind === "integer"
    ? /^[+-]?\d+$/
    : /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
  if (!pattern.test(text)) return undefined;
  const number = Number(text);
  if (limits.kind === "integer" ? !Number.isSafeInteger(number) : !Number.isFinite(number)) {
    return undefined;
  }
  return number < (limits.min ?? -Infinity) || number > (limits.max ?? Infinity)
    ? undefined
    : number;
}

/** What a flag or setting takes, in words: "an integer from 0 to 65535". */
export function takes(spec: NumberLimits & { readonly choices?: readonly string[] }): string {
  if (spec.choices) return spec.choices.join(" | ");
  if (spec.kind !== "integer" && spec.kind !== "number") return "a text";
  const what = spec.kind === "integer" ? "an integer" : "a number";
  if (spec.min !== undefined && spec.max !== undefined) {
    return `${what} from ${spec.min} to ${spec.max}`;
  }
  if (spec.min !== undefined) return `${what} from ${spec.min}`;
  return spec.max === undefined ? what : `${what} up to ${spec.max}`;
}

function unknownFlag(argument: string, names: readonly string[]): string {
  const written = argument.replace(/=.*$/s, "");
  const near = nearest(written.replace(/^-+/, ""), [...names, "help"]);
  return `Unknown flag ${written}; ` +
    (near ? `did you mean --${near}?` : "--help lists the flags");
}

function checkOperands<F extends Record<string, FlagSpec>>(
  operands: readonly string[],
  spec: CommandSpec<F>,
): void {
  const { name, min, max } = { max: Infinity, ...(spec.operands ?? { name: "", min: 0, max: 0 }) };
  const extra = operands[max];
  if (extra !== undefined) {
    throw new UsageError(`Unexpected argument "${extra}"; --help shows how to call this`);
  }
  if (operands.length < min) {
    throw new UsageError(`${name} is missing; --help shows how to call this`);
  }
}

/** The candidate at most two typing errors away from `written`, if there is one. */
export function nearest(written: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.min(2, Math.floor(written.length / 2)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(written.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Levenshtein distance, one row at a time. */
function editDistance(source: string, target: string): number {
  let row = Array.from({ length: target.length + 1 }, (_, index) => index);
  for (let i = 1; i <= source.length; i++) {
    const next = [i];
    for (let j = 1; j <= target.length; j++) {
      const replaced = row[j - 1]! + (source[i - 1] === target[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[target.length]!;
}

/** The text of `--help`: examples first, then the flags. */
export function helpText<F extends Record<string, FlagSpec>>(spec: CommandSpec<F>): string {
  const entries = Object.entries(spec.flags).map(([name, flag]): [string, string] => {
    const left = flag.kind === "switch" ? `--${name}` : `--${name} ${flag.value ?? "VALUE"}`;
    const choices = flag.choices ? ` (${flag.choices.join(" | ")})` : "";
    return [left, flag.description + choices];
  });
  entries.push(["--help", "This text"]);
  const width = Math.max(...entries.map(([left]) => left.length));
  const operands = spec.operands
    ? ` ${spec.operands.name}${(spec.operands.max ?? Infinity) > 1 ? "…" : ""}`
    : "";
  return [
    spec.summary,
    "",
    "Examples:",
    ...spec.examples.map((example) => `  ${example}`),
    "",
    `Usage: ${spec.command}${operands} [flags]`,
    "",
    ...entries.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`),
  ].join("\n");
}

/**
 * The body of every program's entry file: answers `--help`, runs `main`, turns a
 * {@linkcode UsageError} into one sentence and exit 2, what the sandbox refused into one and exit 1,
 * and exits with the code `main` returns.
 */
export async function runProgram<const F extends Record<string, FlagSpec>>(
  spec: CommandSpec<F>,
  main: (command: ParsedCommand<F>) => Promise<number>,
): Promise<never> {
  try {
    const command = parseCommand(Deno.args, spec);
    if (command.help) {
      out(helpText(spec));
      Deno.exit(EXIT.ok);
    }
    Deno.exit(await main(command));
  } catch (error) {
    if (error instanceof UsageError) {
      err(error.message);
      Deno.exit(EXIT.usage);
    }
    // Tasks, programs and permission sets have the same names.
    const denied = deniedSentence(spec.command.replace(/^.* /, ""), error);
    if (denied === null) throw error;
    err(denied);
    Deno.exit(EXIT.failure);
  }
}
