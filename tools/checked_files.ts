/**
 * Task files named on a command line, read and checked as the inbox checks them.
 *
 * @module
 */
import type { TaskFileError } from "../contract/task_file.ts";
import { checkTaskFile } from "../contract/task_file_check.ts";
import { sizeError } from "../contract/task_file_text.ts";
import type { Translate } from "../platform/i18n.ts";
import { printable } from "../platform/terminal.ts";
import { t } from "../platform/words.ts";
import type { TaskFileSettings } from "../platform/task_file_settings.ts";
import { parameterChecks } from "../simulation/parameter_check.ts";

/** What the check says of one file. */
export interface CheckedFile {
  readonly path: string;
  /** Number of tasks; 0 if anything is wrong. */
  readonly tasks: number;
  /** The first errors of the file. */
  readonly errors: readonly TaskFileError[];
  readonly errorsTotal: number;
  /** Says why the file could not even be read; null if it could. */
  readonly unreadable: ((say: Translate) => string) | null;
  /** The file as it was read; empty if it was not. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Reads and checks a file. Never throws. */
export async function checkFile(path: string, settings: TaskFileSettings): Promise<CheckedFile> {
  const nothing = { path, tasks: 0, bytes: new Uint8Array(), unreadable: null };
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    const { size, isFile } = await Deno.stat(path);
    if (!isFile) {
      return {
        ...nothing,
        errors: [],
        errorsTotal: 0,
        unreadable: (say) => say("check.not_a_file"),
      };
    }
    const tooLarge = sizeError(size, settings.limits);
    if (tooLarge !== null) return { ...nothing, errors: [tooLarge], errorsTotal: 1 };
    bytes = await Deno.readFile(path);
  } catch (error) {
    const unreadable = (say: Translate) =>
      error instanceof Deno.errors.NotFound
        ? say("check.missing")
        : say("check.unreadable", { why: (error as Error).message });
    return { ...nothing, errors: [], errorsTotal: 0, unreadable };
  }
  const algorithms = parameterChecks(settings.defaults);
  const verdict = checkTaskFile(bytes, { algorithms, limits: settings.limits });
  return verdict.ok
    ? { ...nothing, bytes, tasks: verdict.tasks.length, errors: [], errorsTotal: 0 }
    : { ...nothing, bytes, errors: verdict.errors, errorsTotal: verdict.errorsTotal };
}

/** What is wrong with a file, a line for each error: `file:line:column: sentence`. */
export function complaints({ path, errors, errorsTotal, unreadable }: CheckedFile): string[] {
  if (unreadable !== null) return [printable(`${path}: ${unreadable(t)}`)];
  const lines = errors.map(({ line, column, message }) =>
    printable(`${path}${line === undefined ? "" : `:${line}:${column}`}: ${message}`)
  );
  const more = errorsTotal - errors.length;
  return more > 0 ? [...lines, printable(`${path}: ${t("check.more", { n: more })}`)] : lines;
}
