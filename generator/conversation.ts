/**
 * Asking in a terminal: menus with arrow keys, lines with a default, Ctrl-C at any moment.
 *
 * @module
 */
import { promptSelect } from "@std/cli/unstable-prompt-select";
import { EXIT } from "../platform/arguments.ts";
import { err, styler } from "../platform/terminal.ts";
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
      ? askMenu(question.message(draft), question.choices(context), fallback)
      : askLine(question.message(draft), fallback);
    try {
      return question.answer(text, draft, context);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      err(styler(Deno.stderr)("yellow", `  Not accepted: ${error.message}`));
    }
  }
}

/** Asks whether to go on; Enter means yes. */
export function confirmed(message: string): boolean {
  const choices = [{ value: "yes", label: "yes" }, { value: "no", label: "no" }];
  return askMenu(message, choices, "yes") === "yes";
}

function askLine(message: string, fallback: string): string {
  // The default stands in the question, because prompt() would put it into the line to be edited.
  const text = prompt(`${message} [${fallback}]`);
  if (text === null) interrupted();
  return text.trim() === "" ? fallback : text.trim();
}

/** The entry of the default comes first, where the cursor stands. */
function askMenu(message: string, choices: readonly Choice[], fallback: string): string {
  const first = choices.filter((choice) => choice.value === fallback);
  const others = choices.filter((choice) => choice.value !== fallback);
  const chosen = withInterruptCode(() =>
    promptSelect<string>(`${message}:`, [...first, ...others], { clear: true })
  );
  if (chosen === null) interrupted();
  err(`${message}: ${chosen.value}`);
  return chosen.value;
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
  err("Interrupted: nothing was written");
  Deno.exit(EXIT.interrupted);
}
