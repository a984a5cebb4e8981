/**
 * Turns command line arguments into a record.
 *
 * @module
 */
import { hasNested, setNested } from "./nested.ts";
import type { Args, Exact, ParseOptions } from "./parse_options.ts";
export type { Args, ParseOptions } from "./parse_options.ts";

/**
 * Parses command line arguments.
 *
 * `--name value`, `--name=value`, `-n value`, `-n5` and `-abc` (three flags) are understood; dots in
 * a name make nested objects. Values that look like numbers become numbers unless the option is
 * declared as a string; an option without a value is true, or "" if it is declared as a string.
 * Nothing after `--` is parsed. No input is an error.
 */
export function parseArgs<const O extends ParseOptions = Record<never, never>>(
  args: string[],
  options?: Exact<O>,
): Args<O> {
  const rules = rulesOf(options ?? {});
  const result: Result = { _: [] };
  const end = args.indexOf("--");
  const parsed = end === -1 ? args : args.slice(0, end);
  const rest = end === -1 ? [] : args.slice(end + 1);
  parseAll(parsed, { rules, result });
  fillIn(result, rules);
  if (rules.doubleDash) result["--"] = rest;
  else result._.push(...rest);
  return result as Args<O>;
}

type Result = { _: Array<string | number>; [key: string]: unknown };

interface Rules {
  aliases: Map<string, Set<string>>;
  booleans: Set<string>;
  strings: Set<string>;
  collected: Set<string>;
  negatable: Set<string>;
  allBooleans: boolean;
  doubleDash: boolean;
  stopEarly: boolean;
  defaults: Readonly<Record<string, unknown>>;
  unknown: NonNullable<ParseOptions["unknown"]>;
}

interface Parsing {
  rules: Rules;
  result: Result;
}

function rulesOf(options: ParseOptions): Rules {
  const aliases = aliasGroups(options.alias ?? {});
  const named = (names: boolean | string | readonly string[] | undefined) => {
    const list = typeof names === "string" ? [names] : Array.isArray(names) ? names : [];
    return new Set<string>(list.flatMap((name: string) => [name, ...aliases.get(name) ?? []]));
  };
  return {
    aliases,
    booleans: named(options.boolean),
    strings: named(options.string),
    collected: named(options.collect),
    negatable: named(options.negatable),
    allBooleans: options.boolean === true,
    doubleDash: options["--"] ?? false,
    stopEarly: options.stopEarly ?? false,
    defaults: options.default ?? {},
    unknown: options.unknown ?? (() => true),
  };
}

/** For each name the other names of the same option. */
function aliasGroups(alias: NonNullable<ParseOptions["alias"]>): Map<string, Set<string>> {
  const groups = new Map<string, Set<string>>();
  for (const [key, others] of Object.entries(alias)) {
    const names = new Set([key, ...typeof others === "string" ? [others] : others]);
    for (const name of names) groups.set(name, names.difference(new Set([name])));
  }
  return groups;
}

function parseAll(args: string[], parsing: Parsing): void {
  const { rules, result } = parsing;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    if (arg.length > 2 && arg.startsWith("--")) {
      if (parseLong(arg, args[i + 1], parsing)) i++;
    } else if (arg.length > 1 && arg.startsWith("-")) {
      if (parseShort(arg, args[i + 1], parsing)) i++;
    } else {
      if (rules.unknown(arg) !== false) {
        result._.push(looksNumeric(arg) && !rules.strings.has("_") ? Number(arg) : arg);
      }
      if (rules.stopEarly) {
        result._.push(...args.slice(i + 1));
        return;
      }
    }
  }
}

/** Parses `--name`, `--name=value`, `--no-name`; answers whether the next argument was used as the value. */
function parseLong(arg: string, next: string | undefined, parsing: Parsing): boolean {
  const { rules } = parsing;
  const equals = arg.indexOf("=", 3);
  const key = equals === -1 ? arg.slice(2) : arg.slice(2, equals);
  if (equals !== -1) {
    const text = arg.slice(equals + 1);
    setOption({ key, arg, value: rules.booleans.has(key) ? text !== "false" : text }, parsing);
    return false;
  }
  const positive = key.startsWith("no-") ? key.slice("no-".length) : "";
  if (rules.negatable.has(positive)) {
    setOption({ key: positive, arg, value: false, replace: true }, parsing);
    return false;
  }
  const takesValue = !rules.allBooleans && !rules.booleans.has(key);
  return setFromNext({
    key,
    arg,
    next: takesValue && next?.startsWith("-") ? "" : next,
    takesValue,
  }, parsing);
}

/** Parses `-n`, `-nvalue`, `-n=value`, `-abc`; answers whether the next argument was used as the value. */
function parseShort(arg: string, next: string | undefined, parsing: Parsing): boolean {
  const { rules } = parsing;
  const letters = arg.slice(1);
  const last = letters.length - 1;
  for (let at = 0; at < last; at++) {
    const key = letters.charAt(at);
    const value = attachedValue(key, letters.slice(at + 1));
    setOption({ key, arg, value: value ?? absentValue(key, rules) }, parsing);
    if (value !== undefined) return false;
  }
  const key = letters.charAt(last);
  const takesValue = !rules.booleans.has(key);
  const isFlag = next !== undefined && /^--?[^-]/.test(next);
  return setFromNext({ key, arg, next: isFlag ? "" : next, takesValue }, parsing);
}

/** The value that follows a letter in the same argument; undefined if what follows are further letters. */
function attachedValue(letter: string, following: string): string | undefined {
  if (following === "-") return following;
  if (/[A-Za-z]/.test(letter)) {
    const [, assigned] = following.match(/=(.+)$/s) ?? [];
    if (assigned !== undefined || following === "=") return assigned ?? "";
    if (/-?\d+(\.\d*)?(e-?\d+)?$/.test(following)) return following;
  }
  return /^\W/.test(following) ? following : undefined;
}

interface Candidate {
  key: string;
  arg: string;
  /** The argument after this one; "" if there is one that cannot be a value. */
  next: string | undefined;
  takesValue: boolean;
}

function setFromNext(candidate: Candidate, parsing: Parsing): boolean {
  const { key, arg, next, takesValue } = candidate;
  if (next && (takesValue || next === "true" || next === "false")) {
    setOption({ key, arg, value: takesValue ? next : next === "true" }, parsing);
    return true;
  }
  setOption({ key, arg, value: absentValue(key, parsing.rules) }, parsing);
  return false;
}

function absentValue(key: string, rules: Rules): string | boolean {
  return rules.strings.has(key) ? "" : true;
}

interface Finding {
  key: string;
  /** The argument as it was written, for the `unknown` callback. */
  arg: string;
  value: string | boolean;
  /** Set where the value stands for itself even if the option collects. */
  replace?: boolean;
}

function setOption(finding: Finding, parsing: Parsing): void {
  const { key, arg, value } = finding;
  const { rules, result } = parsing;
  if (!isDeclared(key, arg, rules) && rules.unknown(arg, key, value) === false) return;
  const converted = typeof value === "string" && !rules.strings.has(key) && looksNumeric(value)
    ? Number(value)
    : value;
  const collect = !finding.replace && rules.collected.has(key);
  for (const name of [key, ...rules.aliases.get(key) ?? []]) {
    setNested(result, name, { value: converted, collect });
  }
}

function isDeclared(key: string, arg: string, rules: Rules): boolean {
  return rules.booleans.has(key) || rules.strings.has(key) || rules.aliases.has(key) ||
    (rules.allBooleans && /^--[^=]+$/.test(arg));
}

function looksNumeric(text: string): boolean {
  return /^0x[0-9a-f]+$/i.test(text) || /^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/.test(text);
}

/** Gives the options that were not on the command line their default, false or empty list. */
function fillIn(result: Result, rules: Rules): void {
  for (const [key, value] of Object.entries(rules.defaults)) {
    if (hasNested(result, key)) continue;
    for (const name of [key, ...rules.aliases.get(key) ?? []]) setNested(result, name, { value });
  }
  for (const key of rules.collected) {
    if (!hasNested(result, key)) setNested(result, key, { value: [] });
  }
  for (const key of rules.booleans) {
    if (!hasNested(result, key)) setNested(result, key, { value: false });
  }
}
