/**
 * Asking in a terminal: menus with arrow keys, lines with a default, Ctrl-C at any moment.
 *
 * @module
 */
import { promptSelect } from "@std/cli/unstable-prompt-select";
import { EXIT } from "../platform/arguments.ts";
import { err, styler } from "../platform/terminal.ts";
import { t } from "../platform/words.ts";
import type { Choice, Draft, Question, QuestionContext } from "./questions.ts";

/** True when there is a person to ask. */
export function canAsk(): boolean {
  return Deno.stdin.isTerminal() && Deno.stdout.isTerminal();
}

/** Asks until the answer is accepted. */
export function ask(question: Question, draft: Draft, context: QuestionContext): Draft {
  const fallback = question.fallback(draft, context);
  for (;;) {
    const text = question.choices
      ? askChoice(question.message(draft), question.choices(context), fallback)
      : askLine(question.message(draft), fallback);
    try {
      return question.answer(text, draft, context);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const refused = t("answer.refused", { why: error.message });
      err(styler(Deno.stderr)("yellow", `  ${refused}`));
    }
  }
}

/** Asks whether to go on; Enter means yes. */
export function confirmed(message: string): boolean {
  const choices = (["yes", "no"] as const).map((value) => ({
    value,
    label: t(`question.${value}`),
  }));
  const { value, label } = askMenu(message, choices, "yes");
  err(`${message}: ${label}`);
  return value === "yes";
}

function askLine(message: string, fallback: string): string {
  // The default stands in the question, because prompt() would put it into the line to be edited.
  const text = prompt(`${message} [${fallback}]`);
  if (text === null) interrupted();
  return text.trim() === "" ? fallback : text.trim();
}

/** The answer is shown as one would write it behind the flag. */
function askChoice(message: string, choices: readonly Choice[], fallback: string): string {
  const { value } = askMenu(message, choices, fallback);
  err(`${message}: ${value}`);
  return value;
}

/** The entry of the default comes first, where the cursor stands. */
function askMenu(message: string, choices: readonly Choice[], fallback: string): Choice {
  const first = choices.filter((choice) => choice.value === fallback);
  const others = choices.filter((choice) => choice.value !== fallback);
  const chosen = withInterruptCode(() =>
    promptSelect<string>(`${message}:`, [...first, ...others], { clear: true })
  );
  if (chosen === null) interrupted();
  return choices.find(({ value }) => value === chosen.value)!;
}

/**
 * Ctrl-C in a menu ends the program from inside, with success; a caller must not take that for a
 * written file.
 */
function withInterruptCode<T>(run: () => T): T {
  const onUnload = () => {
    Deno.exitCode = EXIT.interrupted;
  };
  globalThis.addEventListener("unload", onUnload);
  try {
    return run();
  } finally {
    globalThis.removeEventListener("unload", onUnload);
  }
}

function interrupted(): never {
  err(t("batch.interrupted"));
  Deno.exit(EXIT.interrupted);
}
