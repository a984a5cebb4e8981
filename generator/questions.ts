/**
 * The questions of the generator: each has a flag, a default, and a rule for its answer, so that the
 * command line and the conversation in a terminal accept exactly the same.
 *
 * @module
 */
import { NAMED_PRIORITIES, PRIORITY_MAX, PRIORITY_MIN } from "../contract/task.ts";
import type { PriorityWritten } from "../contract/task.ts";
import { type AlgorithmTable, isErrorList } from "../contract/task_file.ts";
import { nearest, parseNumber, takes } from "../platform/arguments.ts";
import { t } from "../platform/words.ts";
import { type Batch, BATCH_KINDS, type BatchType, TASKS_MAX, tasksPlanned } from "./batch.ts";
import { parseIntegers } from "../contract/value_list.ts";

/** Answers given so far. */
export type Draft = Partial<Batch>;

/** What the questions need to know of the farm. */
export interface QuestionContext {
  readonly algorithms: AlgorithmTable;
  readonly defaults: {
    readonly num_particles: number;
    readonly num_steps: number;
    readonly seed: number;
  };
}

/** An entry of a menu; `label` is what a person reads. */
export interface Choice {
  readonly label: string;
  readonly value: string;
}

export interface Question {
  readonly flag: "type" | "algorithm" | "count" | "particles" | "steps" | "seed" | "priority";
  /** Asked only where this holds; the flag is refused elsewhere. */
  applies(draft: Draft): boolean;
  message(draft: Draft): string;
  /** The answer where nobody gives one. */
  fallback(draft: Draft, context: QuestionContext): string;
  /** A menu instead of a line of text. */
  choices?(context: QuestionContext): Choice[];
  /**
   * The draft with this answer.
   *
   * @throws {RangeError} With what is wrong about it, as a sentence.
   */
  answer(text: string, draft: Draft, context: QuestionContext): Draft;
}

const TYPES = Object.keys(BATCH_KINDS) as BatchType[];
const MIXED_PRIORITIES = "high,medium,low";

const always = () => true;

function kind(draft: Draft) {
  return BATCH_KINDS[draft.type ?? "basic"];
}

const type: Question = {
  flag: "type",
  applies: always,
  message: () => t("question.type"),
  fallback: () => "basic",
  choices: () =>
    TYPES.map((type) => ({
      value: type,
      label: `${type.padEnd(12)} ${t(`batch.kind.${type}`)}`,
    })),
  answer: (text, draft) => ({ ...draft, type: oneOf(text, TYPES) }),
};

const algorithm: Question = {
  flag: "algorithm",
  applies: always,
  message: () => t("question.algorithm"),
  // Where lists multiply or are dealt out, a second algorithm is the asker's own decision.
  fallback: (draft, { algorithms }) =>
    kind(draft).lists ? algorithms.names[0] ?? "" : algorithms.names.join(","),
  choices: ({ algorithms }) => [
    { value: algorithms.names.join(","), label: inTurn(algorithms.names) },
    ...algorithms.names.map((name) => ({ value: name, label: name })),
  ],
  answer: (text, draft, { algorithms }) => {
    for (const name of items(text)) {
      if (algorithms.find(name) === undefined) oneOf(name, algorithms.names);
    }
    return withList(draft, { algorithms: items(text) });
  },
};

const count: Question = {
  flag: "count",
  applies: (draft) => kind(draft).count !== null,
  message: () => t("question.count", { max: TASKS_MAX }),
  fallback: (draft) => String(kind(draft).count),
  answer: (text, draft) => {
    const limits = { kind: "integer", min: 1, max: TASKS_MAX };
    const count = parseNumber(text, limits);
    if (count === undefined) throw new RangeError(t("answer.count", { takes: takes(limits) }));
    return { ...draft, count };
  },
};

/** The three questions about numbers differ in their names only. */
function numberQuestion(
  flag: "particles" | "steps" | "seed",
  names: {
    key: "particles" | "steps" | "seeds";
    parameter: "num_particles" | "num_steps" | "seed";
  },
): Question {
  const { key, parameter } = names;
  return {
    flag,
    applies: always,
    message: (draft) => {
      const question = t(`question.${flag}`);
      return kind(draft).lists ? t("question.list", { question }) : question;
    },
    fallback: (_draft, { defaults }) => String(defaults[parameter]),
    answer: (text, draft, context) => {
      const values = parseIntegers(text);
      if (!kind(draft).lists && values.length > 1) {
        throw new RangeError(t("answer.one_value", { type: draft.type ?? "" }));
      }
      if (draft.type === "custom" && values.length > 1 && values.length !== draft.count) {
        const counts = { count: draft.count ?? 1, given: values.length };
        throw new RangeError(t("answer.list_length", counts));
      }
      for (const value of values) checkValue(parameter, value, { draft, context });
      return withList(draft, { [key]: values });
    },
  };
}

const priority: Question = {
  flag: "priority",
  applies: always,
  message: () => t("question.priority"),
  fallback: (draft) => kind(draft).priority,
  choices: () => [
    ...Object.keys(NAMED_PRIORITIES).map((name) => ({ value: name, label: name })),
    { value: MIXED_PRIORITIES, label: inTurn(MIXED_PRIORITIES.split(",")) },
  ],
  answer: (text, draft) => withList(draft, { priorities: items(text).map(parsePriority) }),
};

/** In the order in which they are asked: what an answer depends on comes before it. */
export const QUESTIONS: readonly Question[] = [
  type,
  algorithm,
  count,
  numberQuestion("particles", { key: "particles", parameter: "num_particles" }),
  numberQuestion("steps", { key: "steps", parameter: "num_steps" }),
  numberQuestion("seed", { key: "seeds", parameter: "seed" }),
  priority,
];

function inTurn(names: readonly string[]): string {
  return t("question.in_turn", { names: names.join(", ") });
}

function items(text: string): string[] {
  return text.split(",").map((item) => item.trim());
}

function oneOf<T extends string>(text: string, known: readonly T[]): T {
  const found = known.find((name) => name === text);
  if (found !== undefined) return found;
  const near = nearest(text, known);
  const values = { value: text, known: known.join(", ") };
  throw new RangeError(
    near ? t("answer.unknown_near", { ...values, near }) : t("answer.unknown", values),
  );
}

function parsePriority(text: string): PriorityWritten {
  if (text === "high" || text === "medium" || text === "low") return text;
  const rank = parseNumber(text, { kind: "integer", min: PRIORITY_MIN, max: PRIORITY_MAX });
  if (rank !== undefined) return rank;
  throw new RangeError(
    t("answer.priority", { value: text, min: PRIORITY_MIN, max: PRIORITY_MAX }),
  );
}

/** Asks the algorithms themselves: their schemas know the ranges. */
function checkValue(
  parameter: string,
  value: number,
  { draft, context }: { draft: Draft; context: QuestionContext },
): void {
  for (const name of draft.algorithms ?? context.algorithms.names) {
    const checked = context.algorithms.find(name)?.check({ [parameter]: value }) ?? {};
    if (isErrorList(checked)) throw new RangeError(`${parameter} ${checked[0]?.message}`);
  }
}

/** Adds a list to the draft, if the combinations do not become too many with it. */
function withList(draft: Draft, list: Draft): Draft {
  const next = { ...draft, ...list };
  const total = tasksPlanned(next);
  if (total <= TASKS_MAX) return next;
  throw new RangeError(
    t("answer.too_many", { total, max: TASKS_MAX }),
  );
}
