/**
 * Command lines of all programs: flags with their types and limits, and one sentence for whatever is
 * wrong.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import type { WordKey } from "./i18n.ts";
import { t, worded } from "./words.ts";

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

/**
 * One flag. `value` is the placeholder in the help; `fallback` is what the help calls the default. The
 * description is a key of the words, or a text for tools that speak English alone.
 */
export interface FlagSpec {
  readonly description: string;
  readonly kind: "switch" | "text" | "integer" | "number";
  readonly value?: string;
  readonly min?: number;
  readonly max?: number;
  readonly choices?: readonly string[];
  readonly fallback?: string;
}

/** A flag whose description is there in every language. */
export interface WordedFlag extends FlagSpec {
  readonly description: WordKey;
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

/** A command line whose texts are there in every language. */
export interface WordedCommand<F extends Record<string, WordedFlag> = Record<string, WordedFlag>>
  extends CommandSpec<F> {
  readonly summary: WordKey;
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
    throw new UsageError(t("flag.repeated", { flag: name, times: values.length }));
  }
  const text = String(values[0]);
  if (text === "") throw new UsageError(t("flag.empty", { flag: name, takes: takes(spec) }));
  if (spec.kind === "text") {
    if (spec.choices && !spec.choices.includes(text)) throw wrongValue(name, spec, text);
    return text;
  }
  const number = parseNumber(text, spec);
  if (number === undefined) throw wrongValue(name, spec, text);
  return number;
}

function wrongValue(name: string, spec: FlagSpec, text: string): UsageError {
  return new UsageError(t("flag.wrong", { flag: name, value: text, takes: takes(spec) }));
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
  if (spec.kind !== "integer" && spec.kind !== "number") return t("takes.text");
  const what = spec.kind === "integer" ? t("takes.integer") : t("takes.number");
  const { min, max } = spec;
  if (min !== undefined && max !== undefined) return t("takes.between", { what, min, max });
  if (min !== undefined) return t("takes.from", { what, min });
  return max === undefined ? what : t("takes.up_to", { what, max });
}

function unknownFlag(argument: string, names: readonly string[]): string {
  const written = argument.replace(/=.*$/s, "");
  const near = nearest(written.replace(/^-+/, ""), [...names, "help"]);
  return near
    ? t("flag.unknown_near", { flag: written, near })
    : t("flag.unknown", { flag: written });
}

/** A placeholder of the help in the user's language, where it has a word for it. */
export function valueName(name: string): string {
  return worded(`value.${name}`).replace(/^value\./, "");
}

function checkOperands<F extends Record<string, FlagSpec>>(
  operands: readonly string[],
  spec: CommandSpec<F>,
): void {
  const { name, min, max } = { max: Infinity, ...(spec.operands ?? { name: "", min: 0, max: 0 }) };
  const extra = operands[max];
  if (extra !== undefined) {
    throw new UsageError(t("operand.extra", { value: extra }));
  }
  if (operands.length < min) {
    throw new UsageError(t("operand.missing", { name: valueName(name) }));
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
