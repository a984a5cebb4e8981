/**
 * The task generator: asks what a batch shall be, or takes it from flags, shows it, and writes it as
 * a task file that the inbox will accept.
 *
 * @module
 */
import { checkTaskFile } from "../contract/task_file_check.ts";
import { EXIT, UsageError } from "../platform/arguments.ts";
import { runProgram } from "../platform/program.ts";
import { readSettings } from "../platform/settings.ts";
import { type TaskFileSettings, taskFileSettings } from "../platform/task_file_settings.ts";
import { err, out } from "../platform/terminal.ts";
import { t } from "../platform/words.ts";
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
    throw new UsageError(t("answer.missing", { flags: missing.join(", ") }));
  }
  return { batch: draft as Batch, asked };
}

function flagAnswer(
  question: Question,
  written: string,
  { draft, context }: { draft: Draft; context: QuestionContext },
): Draft {
  if (!question.applies(draft)) {
    throw new UsageError(
      t("answer.other_type", { flag: question.flag, type: draft.type ?? "" }),
    );
  }
  try {
    return question.answer(written, draft, context);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const values = { flag: question.flag, value: written, why: error.message };
    throw new UsageError(t("answer.wrong_flag", values));
  }
}

/** The text of the file, or null after its errors were shown. */
function checkedText(text: string, settings: TaskFileSettings): string | null {
  const algorithms = parameterChecks(settings.defaults);
  const verdict = checkTaskFile(text, { algorithms, limits: settings.limits });
  if (verdict.ok) return text;
  for (const error of verdict.errors.slice(0, 10)) err(error.message);
  err(t("batch.invalid", { n: verdict.errorsTotal }));
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
  err(t("batch.written", { n: tasks.length }));
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
  if (canAsk() && confirmed(t("question.write", { path }))) return false;
  err(canAsk() ? t("batch.unwritten") : t("batch.needs_yes"));
  return true;
}

if (import.meta.main) await runProgram(COMMAND, ({ flags }) => main(flags));
