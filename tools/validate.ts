/**
 * Checks task files exactly as the inbox does, without an orchestrator, and tells all errors.
 *
 * @module
 */
import { EXIT, type WordedCommand, type WordedFlag } from "../platform/arguments.ts";
import { runProgram } from "../platform/program.ts";
import { readSettings } from "../platform/settings.ts";
import { taskFileSettings } from "../platform/task_file_settings.ts";
import { out, printable } from "../platform/terminal.ts";
import { plain, t } from "../platform/words.ts";
import { type CheckedFile, checkFile, complaints } from "./checked_files.ts";

const FLAGS = {
  json: { kind: "switch", description: "flag.json_validate" },
} as const satisfies Record<string, WordedFlag>;

const COMMAND: WordedCommand<typeof FLAGS> = {
  command: "deno task validate",
  summary: "cli.validate",
  examples: [
    "deno task validate my_batch.json",
    "deno task validate batches/*.json --json | jq '.[] | select(.valid | not)'",
  ],
  flags: FLAGS,
  operands: { name: "FILE", min: 1 },
};

function isValid({ errorsTotal, unreadable }: CheckedFile): boolean {
  return errorsTotal === 0 && unreadable === null;
}

function asJson(file: CheckedFile): Record<string, unknown> {
  // For programs, whatever the language of the terminal.
  const message = file.unreadable?.(plain("en"));
  const unreadable = { path: "", code: "unreadable", message };
  return {
    file: file.path,
    valid: isValid(file),
    tasks: file.tasks,
    errors_total: file.errorsTotal + (file.unreadable === null ? 0 : 1),
    errors: file.unreadable === null ? file.errors : [unreadable],
  };
}

if (import.meta.main) {
  await runProgram(COMMAND, async ({ flags, operands }) => {
    const settings = taskFileSettings(readSettings(Deno.cwd()));
    const verdicts: Record<string, unknown>[] = [];
    let code: number = EXIT.ok;
    for (const path of operands) {
      const file = await checkFile(path, settings);
      if (file.unreadable !== null) code = EXIT.usage;
      else if (file.errorsTotal > 0 && code === EXIT.ok) code = EXIT.failure;
      if (flags.json) verdicts.push(asJson(file));
      else if (isValid(file)) out(printable(t("check.valid", { file: path, n: file.tasks })));
      else complaints(file).forEach((line) => out(line));
    }
    if (flags.json) out(JSON.stringify(verdicts, null, 2));
    return code;
  });
}
