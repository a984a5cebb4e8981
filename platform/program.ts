/**
 * The body of every program's entry file: the language, `--help`, exit codes, and one sentence for
 * whatever is wrong.
 *
 * @module
 */
import { basename } from "node:path";
import { argv0 } from "node:process";
import {
  type CommandSpec,
  EXIT,
  type FlagSpec,
  parseCommand,
  type ParsedCommand,
  UsageError,
  valueName,
} from "./arguments.ts";
import { deniedSentence } from "./sandbox.ts";
import { err, out } from "./terminal.ts";
import { terminalLanguage } from "./terminal_language.ts";
import { speak, t, worded } from "./words.ts";

/** Set by the script before a self-extracting program: how that was started. */
const STARTED_AS_VARIABLE = "FARM_STARTED_AS";

/**
 * Answers `--help`, runs `main`, turns a {@linkcode UsageError} into one sentence and exit 2, what
 * the sandbox refused into one and exit 1, and exits with the code `main` returns.
 */
export async function runProgram<const F extends Record<string, FlagSpec>>(
  spec: CommandSpec<F>,
  main: (command: ParsedCommand<F>) => Promise<number>,
): Promise<never> {
  try {
    speak(terminalLanguage(Deno.cwd()));
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

/** How a compiled program was started; undefined for one that Deno runs from its source. */
function startedAs(): string | undefined {
  const script = Deno.env.get(STARTED_AS_VARIABLE);
  if (script) return script;
  return Deno.build.standalone ? argv0 || basename(Deno.execPath()) : undefined;
}

/** The text of `--help`: examples first, then the flags. `command`: how it was started. */
export function helpText<F extends Record<string, FlagSpec>>(
  spec: CommandSpec<F>,
  command: string = startedAs() ?? spec.command,
): string {
  const entries = Object.entries(spec.flags).map(flagEntry);
  entries.push(["--help", t("cli.help")]);
  const width = Math.max(...entries.map(([left]) => left.length));
  return [
    worded(spec.summary),
    "",
    t("cli.examples"),
    ...spec.examples.map((example) => `  ${example.replaceAll(spec.command, command)}`),
    "",
    t("cli.usage", { command: command + operandsOf(spec) }),
    "",
    ...entries.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`),
  ].join("\n");
}

function flagEntry([name, flag]: [string, FlagSpec]): [string, string] {
  const value = valueName(flag.value ?? "VALUE");
  const { choices, fallback } = flag;
  return [
    flag.kind === "switch" ? `--${name}` : `--${name} ${value}`,
    worded(flag.description) +
    (choices ? ` (${choices.join(" | ")})` : "") +
    (fallback === undefined ? "" : ` (${t("cli.default", { value: fallback })})`),
  ];
}

function operandsOf({ operands }: CommandSpec<Record<string, FlagSpec>>): string {
  if (operands === undefined) return "";
  const { name, max = Infinity } = operands;
  return ` ${valueName(name)}${max > 1 ? "…" : ""}`;
}
