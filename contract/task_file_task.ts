/**
 * The check of one task of a task file. Written by hand rather than as a schema: a file may hold a
 * million tasks, and the sentences are for people.
 *
 * @module
 */
import { recordingFault } from "./recording_check.ts";
import { shownText, shownValue } from "./shown_value.ts";
import {
  NAMED_PRIORITIES,
  type Parameters,
  PRIORITY_MAX,
  PRIORITY_MIN,
  type PriorityWritten,
  TASK_ID_LENGTH_MAX,
  type TaskSpec,
} from "./task.ts";
import {
  type AlgorithmTable,
  type CheckedAlgorithm,
  isErrorList,
  TASK_DESCRIPTION_LENGTH_MAX,
  TASK_TIMEOUT_SECONDS_MAX,
} from "./task_file.ts";

type JsonObject = Record<string, unknown>;

/** Adds an error of one task: the path behind `tasks[i]`, the code, and the rest of the sentence. */
type Complain = (path: string, code: string, predicate: string) => void;

/** The names of algorithms that a message lists before it says how many more there are. */
const NAMES_SHOWN_MAX = 20;

const KNOWN_KEYS = new Set([
  "task_id",
  "algorithm",
  "parameters",
  "priority",
  "description",
  "timeout",
]);

// deno-lint-ignore no-control-regex
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f-\u009f]/;

/** The task, or null after its errors were handed to `complain`. */
export function checkTask(
  raw: unknown,
  algorithms: AlgorithmTable,
  complain: Complain,
): TaskSpec | null {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
    complain("", "wrong_type", `must be an object with task_id, not ${shownValue(raw)}`);
    return null;
  }
  const task = raw as JsonObject;
  const id = checkTaskId(task.task_id, complain);
  const algorithm = checkAlgorithm(task.algorithm, algorithms, complain);
  const parameters = checkParameters(task.parameters, algorithm, complain);
  const priority = checkPriority(task.priority, complain);
  const rest = checkOptional(task, complain);
  if (id === null || algorithm === null || parameters === null || priority === null) return null;
  if (rest === null) return null;
  return {
    task_id: id,
    algorithm: algorithm.name,
    algorithm_written: task.algorithm as string,
    parameters,
    priority: typeof priority === "number" ? priority : NAMED_PRIORITIES[priority],
    priority_written: priority,
    ...rest,
  };
}

function checkTaskId(id: unknown, complain: Complain): string | null {
  const expected = `must be a string of 1 to ${TASK_ID_LENGTH_MAX} characters`;
  if (id === undefined) {
    complain(".task_id", "missing", `is missing: it ${expected}, different for every task`);
  } else if (typeof id !== "string") {
    const hint = typeof id === "number" ? " (write it in quotes)" : "";
    complain(".task_id", "wrong_type", `${expected}, not ${shownValue(id)}${hint}`);
  } else if (id.length === 0) {
    complain(".task_id", "out_of_range", `${expected}, but is empty`);
  } else if (id.length > TASK_ID_LENGTH_MAX) {
    complain(".task_id", "out_of_range", `${expected}, but has ${id.length}: ${shownText(id)}`);
  } else if (CONTROL_CHARACTER.test(id)) {
    complain(".task_id", "bad_characters", `must hold no control characters, not ${shownText(id)}`);
  } else if (!id.isWellFormed()) {
    // Two halves of different characters would be stored as the same replacement character.
    complain(".task_id", "bad_characters", `must be valid Unicode, not ${shownText(id)}`);
  } else {
    return id;
  }
  return null;
}

function checkAlgorithm(
  name: unknown,
  algorithms: AlgorithmTable,
  complain: Complain,
): CheckedAlgorithm | null {
  if (typeof name === "string") {
    const algorithm = algorithms.find(name);
    if (algorithm !== undefined) return algorithm;
  }
  const known = listed(algorithms.names);
  if (name === undefined) complain(".algorithm", "missing", `is missing: known are ${known}`);
  else if (typeof name !== "string") {
    complain(".algorithm", "wrong_type", `must be one of ${known}, not ${shownValue(name)}`);
  } else {
    complain(".algorithm", "unknown_algorithm", `must be one of ${known}, not ${shownText(name)}`);
  }
  return null;
}

function listed(names: readonly string[]): string {
  const more = names.length - NAMES_SHOWN_MAX;
  return names.slice(0, NAMES_SHOWN_MAX).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function checkParameters(
  parameters: unknown,
  algorithm: CheckedAlgorithm | null,
  complain: Complain,
): Parameters | null {
  if (parameters === undefined) {
    complain(".parameters", "missing", "is missing: write {} there to take all the defaults");
    return null;
  }
  if (typeof parameters !== "object" || parameters === null || Array.isArray(parameters)) {
    complain(".parameters", "wrong_type", `must be an object, not ${shownValue(parameters)}`);
    return null;
  }
  // What its parameters mean is known only once the algorithm is.
  if (algorithm === null) return null;
  const checked = algorithm.check(parameters);
  if (!isErrorList(checked)) return checked;
  for (const { path, code, message } of checked) {
    const dot = path === "" || path.startsWith("[") ? "" : ".";
    complain(`.parameters${dot}${path}`, code, message);
  }
  return null;
}

function checkPriority(priority: unknown, complain: Complain): PriorityWritten | null {
  if (priority === undefined) return "medium";
  if (priority === "high" || priority === "medium" || priority === "low") return priority;
  if (
    Number.isInteger(priority) && priority as number >= PRIORITY_MIN &&
    priority as number <= PRIORITY_MAX
  ) {
    return priority as number;
  }
  complain(
    ".priority",
    typeof priority === "string" || typeof priority === "number" ? "out_of_range" : "wrong_type",
    `must be "high", "medium", "low" or an integer from ${PRIORITY_MIN} to ${PRIORITY_MAX} ` +
      `(larger first), not ${shownValue(priority)}`,
  );
  return null;
}

/** Description, timeout, and the keys the farm does not know; null if one of them is wrong. */
function checkOptional(
  task: JsonObject,
  complain: Complain,
): Pick<TaskSpec, "description" | "timeout" | "extra"> | null {
  const { description, timeout } = task;
  const rest: { description?: string; timeout?: number; extra?: JsonObject } = {};
  let ok = true;
  if (typeof description === "string" && description.length <= TASK_DESCRIPTION_LENGTH_MAX) {
    rest.description = description;
  } else if (description !== undefined) {
    const actual = typeof description === "string"
      ? `one of ${description.length}`
      : shownValue(description);
    const expected = `must be a string of at most ${TASK_DESCRIPTION_LENGTH_MAX} characters`;
    const code = typeof description === "string" ? "out_of_range" : "wrong_type";
    complain(".description", code, `${expected}, not ${actual}`);
    ok = false;
  }
  if (typeof timeout === "number" && timeout > 0 && timeout <= TASK_TIMEOUT_SECONDS_MAX) {
    rest.timeout = timeout;
  } else if (timeout !== undefined) {
    const expected = `must be a number of seconds above 0 and up to ${TASK_TIMEOUT_SECONDS_MAX}`;
    const code = typeof timeout === "number" ? "out_of_range" : "wrong_type";
    complain(".timeout", code, `${expected}, not ${shownValue(timeout)}`);
    ok = false;
  }
  // It stays among the keys that are kept and given back: what it asks for is no part of the work.
  const fault = task.record === undefined ? null : recordingFault(task.record);
  if (fault !== null) {
    complain(`.record${fault.path}`, fault.code, fault.predicate);
    ok = false;
  }
  const extra = unknownKeys(task);
  if (extra !== undefined) rest.extra = extra;
  return ok ? rest : null;
}

function unknownKeys(task: JsonObject): JsonObject | undefined {
  let unknown: string[] | undefined;
  for (const key in task) {
    if (!KNOWN_KEYS.has(key)) (unknown ??= []).push(key);
  }
  // fromEntries defines each key, so that a key named __proto__ stays a key.
  return unknown && Object.fromEntries(unknown.map((key) => [key, task[key]]));
}
