/**
 * Settings by name: flags win over the environment, that over `.env`, that over a file, that over
 * the default. Each is checked where it is taken; what is wrong stops the start with one line.
 *
 * @module
 */
import { parseEnv } from "node:util";
import { join } from "node:path";
import { parseNumber, takes, UsageError } from "./arguments.ts";
import { t } from "./words.ts";

/** Where else a value may come from, and what stands when nobody says anything. */
export interface SettingSources<T> {
  /** From the command line; already checked. Wins over everything. */
  readonly flag?: T | undefined;
  /** From a configuration file; already checked. Wins over the default only. */
  readonly file?: T | undefined;
  /** The default. */
  readonly fallback: T;
}

export interface NumberSources extends SettingSources<number> {
  readonly min?: number;
  readonly max?: number;
}

interface Found {
  readonly text: string;
  readonly source: "the environment" | ".env";
}

const SWITCH_WORDS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  "1": true,
  false: false,
  no: false,
  off: false,
  "0": false,
};

/** The environment over `.env`; an empty value counts as absent. */
export class Settings {
  readonly #found = new Map<string, Found>();

  constructor(environment: Record<string, string>, dotEnv: Record<string, string> = {}) {
    for (const [name, text] of Object.entries(dotEnv)) {
      if (text.trim() !== "") this.#found.set(name, { text: text.trim(), source: ".env" });
    }
    for (const [name, text] of Object.entries(environment)) {
      if (text.trim() !== "") {
        this.#found.set(name, { text: text.trim(), source: "the environment" });
      }
    }
  }

  /** The names that are set, e.g. to find every WORKER_nn_PORT. */
  names(): string[] {
    return [...this.#found.keys()];
  }

  /** The value as it was written, undefined when the name is not set. */
  written(name: string): string | undefined {
    return this.#found.get(name)?.text;
  }

  /** @throws {UsageError} When the value is no integer within the limits. */
  integer(name: string, sources: NumberSources): number {
    return this.#take(name, sources, {
      parse: (text) => parseNumber(text, { ...sources, kind: "integer" }),
      takes: takes({ ...sources, kind: "integer" }),
    });
  }

  /** @throws {UsageError} When the value is no number within the limits. */
  number(name: string, sources: NumberSources): number {
    return this.#take(name, sources, {
      parse: (text) => parseNumber(text, { ...sources, kind: "number" }),
      takes: takes({ ...sources, kind: "number" }),
    });
  }

  /** @throws {UsageError} When the value is none of true, false, yes, no, on, off, 1, 0. */
  boolean(name: string, sources: SettingSources<boolean>): boolean {
    return this.#take(name, sources, {
      parse: (text) => SWITCH_WORDS[text.toLowerCase()],
      takes: t("takes.boolean"),
    });
  }

  /** Any text: a path, a host, an id. */
  text(name: string, sources: SettingSources<string>): string {
    return this.#take(name, sources, { parse: (text) => text, takes: t("takes.text") });
  }

  /** @throws {UsageError} When the value is none of `choices` (letter case does not matter). */
  choice<const C extends string>(
    name: string,
    choices: readonly C[],
    sources: SettingSources<C>,
  ): C {
    return this.#take(name, sources, {
      parse: (text) => choices.find((choice) => choice.toLowerCase() === text.toLowerCase()),
      takes: choices.join(" | "),
    });
  }

  #take<T>(
    name: string,
    sources: SettingSources<T>,
    rule: { readonly parse: (text: string) => T | undefined; readonly takes: string },
  ): T {
    if (sources.flag !== undefined) return sources.flag;
    const found = this.#found.get(name);
    if (found === undefined) return sources.file ?? sources.fallback;
    const value = rule.parse(found.text);
    if (value === undefined) {
      const key = found.source === ".env" ? "setting.wrong_in_file" : "setting.wrong";
      throw new UsageError(t(key, { name, value: found.text, takes: rule.takes }));
    }
    return value;
  }
}

/**
 * The settings of a program that works in `folder`: its environment over the folder's `.env`.
 *
 * @throws {UsageError} When `.env` is there but cannot be read or understood.
 */
export function readSettings(folder: string): Settings {
  let text = "";
  try {
    text = Deno.readTextFileSync(join(folder, ".env"));
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    if (!(error instanceof Deno.errors.NotFound)) {
      throw new UsageError(
        t("file.unreadable", { path: join(folder, ".env"), why: (error as Error).message }),
      );
    }
  }
  return new Settings(Deno.env.toObject(), parseDotEnv(text));
}

function wrongLine(line: number, text: string): UsageError {
  // A line with a secret in it is not for the terminal, nor for the log behind it.
  const secret = /token|secret|password|key|notify|url/i.test(text);
  return new UsageError(
    secret ? t("dotenv.line_hidden", { line }) : t("dotenv.line", { line, text: text.trim() }),
  );
}

/**
 * The pairs of a `.env` text. Node's parser skips what it does not understand, which would turn a
 * typing error into a silent default, so every line is checked first.
 *
 * @throws {UsageError} With the number of the first line that is not `NAME=value`.
 */
export function parseDotEnv(text: string): Record<string, string> {
  const content = text.replace(/^\uFEFF/, "");
  let openQuote: string | undefined;
  for (const [index, line] of content.split(/\r?\n/).entries()) {
    if (openQuote !== undefined) {
      if (line.includes(openQuote)) openQuote = undefined;
      continue;
    }
    if (/^\s*(#|$)/.test(line)) continue;
    const value = /^\s*(?:export\s+)?[A-Za-z_][\w.-]*\s*=\s*(.*)$/.exec(line)?.[1];
    if (value === undefined) throw wrongLine(index + 1, line);
    const quote = /^["'`]/.exec(value)?.[0];
    if (quote !== undefined && !value.includes(quote, 1)) openQuote = quote;
  }
  if (openQuote !== undefined) {
    throw new UsageError(t("dotenv.quote", { quote: openQuote }));
  }
  return { ...parseEnv(content) } as Record<string, string>;
}
