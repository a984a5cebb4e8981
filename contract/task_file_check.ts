/**
 * The check that every program applies to a task file: the inbox, the generator, `validate`,
 * `submit` and `POST /tasks`. All errors at once, and in slices where a file is large.
 *
 * @module
 */
import { shownText } from "./shown_value.ts";
import {
  type AlgorithmTable,
  type CheckedTask,
  TASK_FILE_ERRORS_LISTED,
  type TaskFileError,
  type TaskFileLimits,
} from "./task_file.ts";
import { checkTask } from "./task_file_task.ts";
import { parseTaskFile } from "./task_file_text.ts";

/**
 * The check of one file, whose tasks may come in slices. When all have come, the file is valid if and
 * only if `errorsTotal` is 0.
 */
export class TaskFileCheck {
  readonly #algorithms: AlgorithmTable;
  readonly #errors: TaskFileError[];
  #errorsTotal: number;
  #seen = 0;
  readonly #mayRepeat: (id: string) => boolean;
  /** Index of the task that first used an id; only of ids that may repeat. */
  readonly #firstUse = new Map<string, number>();

  /**
   * `errors` are what was found before, in the envelope. The check remembers every id, which takes
   * memory, but those of which `mayRepeat` is false: no other task has them, or it is not the
   * check that has to find out.
   */
  constructor(
    algorithms: AlgorithmTable,
    { errors = [], mayRepeat = () => true }: {
      readonly errors?: readonly TaskFileError[];
      readonly mayRepeat?: (id: string) => boolean;
    } = {},
  ) {
    this.#algorithms = algorithms;
    this.#errors = [...errors];
    this.#errorsTotal = errors.length;
    this.#mayRepeat = mayRepeat;
  }

  /** The first errors of the file, at most TASK_FILE_ERRORS_LISTED. */
  get errors(): readonly TaskFileError[] {
    return this.#errors;
  }

  get errorsTotal(): number {
    return this.#errorsTotal;
  }

  /** Checks the next tasks of the file and returns those that passed. */
  check(tasks: readonly unknown[]): CheckedTask[] {
    const passed: CheckedTask[] = [];
    for (const raw of tasks) {
      const index = this.#seen++;
      const spec = checkTask(raw, this.#algorithms, (path, code, predicate) => {
        this.#complain(index, path, { code, predicate });
      });
      const unique = this.#isFirstUse(index, raw);
      if (spec !== null && unique) passed.push({ index, spec });
    }
    return passed;
  }

  /** An id counts as used even where its task is wrong otherwise: both errors are told at once. */
  #isFirstUse(index: number, raw: unknown): boolean {
    const id = (raw as { task_id?: unknown } | null)?.task_id;
    if (typeof id !== "string" || !this.#mayRepeat(id)) return true;
    const first = this.#firstUse.get(id);
    if (first === undefined) {
      this.#firstUse.set(id, index);
      return true;
    }
    const predicate = `${shownText(id)} is the same as tasks[${first}].task_id: ` +
      "every task needs an id of its own";
    this.#complain(index, ".task_id", { code: "duplicate_id", predicate });
    return false;
  }

  #complain(index: number, path: string, error: { code: string; predicate: string }): void {
    this.#errorsTotal++;
    if (this.#errors.length >= TASK_FILE_ERRORS_LISTED) return;
    const fullPath = `tasks[${index}]${path}`;
    const message = `${fullPath} ${error.predicate}`;
    this.#errors.push({ path: fullPath, code: error.code, message });
  }
}

/** What the check found: the tasks of a valid file, or what is wrong with it. */
export type TaskFileVerdict =
  | {
    readonly ok: true;
    readonly tasks: readonly CheckedTask[];
    readonly metadata: unknown;
    readonly rerun: boolean;
  }
  | {
    readonly ok: false;
    /** The first errors, at most TASK_FILE_ERRORS_LISTED. */
    readonly errors: readonly TaskFileError[];
    readonly errorsTotal: number;
  };

/** Checks a whole task file in one go. Never throws. */
export function checkTaskFile(
  source: Uint8Array | string,
  options: { readonly algorithms: AlgorithmTable; readonly limits: TaskFileLimits },
): TaskFileVerdict {
  const parsed = parseTaskFile(source, options.limits);
  const check = new TaskFileCheck(options.algorithms, { errors: parsed.errors });
  const tasks = check.check(parsed.tasks);
  if (check.errorsTotal > 0) {
    return { ok: false, errors: check.errors, errorsTotal: check.errorsTotal };
  }
  return { ok: true, tasks, metadata: parsed.metadata, rerun: parsed.rerun };
}
