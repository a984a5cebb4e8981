/**
 * The generator's command line: a flag for every question, and what else one may say.
 *
 * @module
 */
import type { CommandSpec, FlagSpec, ParsedCommand } from "../platform/arguments.ts";
import { BATCH_KINDS, TASKS_MAX } from "./batch.ts";

const FLAGS = {
  type: {
    kind: "text",
    value: "TYPE",
    description: "What kind of batch",
    choices: Object.keys(BATCH_KINDS),
  },
  algorithm: {
    kind: "text",
    value: "NAMES",
    description: "One algorithm, or a list such as python,cython",
  },
  count: {
    kind: "integer",
    value: "N",
    min: 1,
    max: TASKS_MAX,
    description: "Number of tasks (not with sweep, where the lists decide)",
  },
  particles: {
    kind: "text",
    value: "LIST",
    description: "Particles: 100; with sweep and custom also 100,200 or 100..500:100",
  },
  steps: { kind: "text", value: "LIST", description: "Steps, written the same way" },
  seed: {
    kind: "text",
    value: "LIST",
    description: "Seed (the first one), written the same way",
  },
  priority: {
    kind: "text",
    value: "NAMES",
    description: "high, medium, low or 1-10, or a list of them",
  },
  preview: {
    kind: "switch",
    description: "Show the tasks before writing; without a terminal and --yes, only show",
  },
  output: {
    kind: "text",
    value: "PATH",
    description: "A file that ends in .json, or a folder (default: task_queues/)",
  },
  yes: {
    kind: "switch",
    description: "Take the defaults for the rest, and write without asking",
  },
} as const satisfies Record<string, FlagSpec>;

export type GenerateFlags = ParsedCommand<typeof FLAGS>["flags"];

export const COMMAND: CommandSpec<typeof FLAGS> = {
  command: "deno task generate",
  summary: "Writes a task file, from questions in a terminal or from flags.",
  examples: [
    "deno task generate",
    "deno task generate --type basic --count 10 --yes",
    "deno task generate --type sweep --particles 100,200 --seed 1..50 --steps 1000 --yes",
    "deno task generate --type custom --count 3 --particles 50,100,200 --preview",
  ],
  flags: FLAGS,
};
