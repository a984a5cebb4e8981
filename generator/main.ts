/**
 * The task generator: asks what a batch shall be, or takes it from flags, shows it, and writes it as
 * a task file that the inbox will accept.
 *
 * @module
 */
import { checkTaskFile } from "../contract/task_file_check.ts";
import { EXIT, runProgram, UsageError } from "../platform/arguments.ts";
import { readSettings } from "../platform/settings.ts";
import { type TaskFileSettings, taskFileSettings } from "../platform/task_file_settings.ts";
import { err, out } from "../platform/terminal.ts";
import { parameterChecks } from "../simulation/parameter_check.ts";
import { type Batch, planTasks } from "./batch.ts";
import { batchName, batchPath, batchText, writeBatch } from "./batch_file.ts";
import { COMMAND, type GenerateFlags } from "./command_line.ts";
import { ask, canAsk, confirmed } from "./conversation.ts";
import { previewText } from "./preview.ts";
import { type Draft, type Question, type QuestionContext, QUESTIONS } from "./questions.ts";

/** Answers from flags, the person, or the defaults, in this order. */
function answers(flags: GenerateFlags, context: QuestionContext): { batch: Batch; asked: boolean } {
  let draft: Draft = {};
  let asked = false;
  const missing: string[] = [];
  for (const question of QUESTIONS) {
    const written = flags[question.flag];
    if (written !== undefined) {
      draft = flagAnswer(question, String(written), { draft, context });
    } else if (!question.applies(draft)) {
      continue;
    } else if (flags.yes) {
      draft = question.answer(question.fallback(draft, context), draft, context);
    } else if (canAsk()) {
      draft = ask(question, draft, context);
      asked = true;
    } else {
      missing.push(`--${question.flag}`);
    }
  }
  if (missing.length > 0) {
    throw new UsageError(
      `There is no terminal to ask in: give ${missing.join(", ")}, or --yes for the defaults`,
    );
  }
  return { batch: draft as Batch, asked };
}

function flagAnswer(
  question: Question,
  written: string,
  { draft, context }: { draft: Draft; context: QuestionContext },
): Draft {
  if (!question.applies(draft)) {
    throw new UsageError(`--${question.flag} does not go with --type ${draft.type}`);
  }
  try {
    return question.answer(written, draft, context);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(`--${question.flag} is "${written}": ${error.message}`);
  }
}

/** The text of the file, or null after its errors were shown. */
function checkedText(text: string, settings: TaskFileSettings): string | null {
  const algorithms = parameterChecks(settings.defaults);
  const verdict = checkTaskFile(text, { algorithms, limits: settings.limits });
  if (verdict.ok) return text;
  for (const error of verdict.errors.slice(0, 10)) err(error.message);
  err(`Nothing was written: the batch has ${verdict.errorsTotal} errors`);
  return null;
}

async function main(flags: GenerateFlags): Promise<number> {
  const settings = taskFileSettings(readSettings(Deno.cwd()));
  const { defaults } = settings;
  const context = { defaults, algorithms: parameterChecks(defaults) };
  const { batch, asked } = answers(flags, context);
  const at = Date.now();
  const name = batchName(batch.type, at);
  const path = batchPath(name, flags.output);
  const tasks = planTasks(batch, name);
  const text = checkedText(batchText(batch, tasks, { at }), settings);
  if (text === null) return EXIT.failure;
  const ends = shownAndRefused({ tasks: previewText(tasks), path, asked, flags });
  if (ends) return EXIT.ok;
  const written = await writeBatch(path, text);
  err(`${tasks.length} tasks written to`);
  out(written);
  return EXIT.ok;
}

/** Shows the preview where it is wanted, and asks; true when nothing is to be written. */
function shownAndRefused(
  { tasks, path, asked, flags }: {
    tasks: string;
    path: string;
    asked: boolean;
    flags: GenerateFlags;
  },
): boolean {
  if (!asked && !flags.preview) return false;
  out(tasks);
  if (flags.yes) return false;
  if (canAsk() && confirmed(`Write ${path}`)) return false;
  err("Nothing was written" + (canAsk() ? "" : ": --yes writes the file"));
  return true;
}

if (import.meta.main) await runProgram(COMMAND, ({ flags }) => main(flags));
