/**
 * The generator's command line: a flag for every question, and what else one may say.
 *
 * @module
 */
import type { ParsedCommand, WordedCommand, WordedFlag } from "../platform/arguments.ts";
import { BATCH_KINDS, TASKS_MAX } from "./batch.ts";

const FLAGS = {
  type: {
    kind: "text",
    value: "TYPE",
    description: "flag.batch_type",
    choices: Object.keys(BATCH_KINDS),
  },
  algorithm: {
    kind: "text",
    value: "NAMES",
    description: "flag.algorithm",
  },
  count: {
    kind: "integer",
    value: "N",
    min: 1,
    max: TASKS_MAX,
    description: "flag.count",
  },
  particles: {
    kind: "text",
    value: "LIST",
    description: "flag.particles",
  },
  steps: { kind: "text", value: "LIST", description: "flag.steps" },
  seed: {
    kind: "text",
    value: "LIST",
    description: "flag.seed",
  },
  priority: {
    kind: "text",
    value: "NAMES",
    description: "flag.priority",
  },
  preview: {
    kind: "switch",
    description: "flag.preview",
  },
  output: {
    kind: "text",
    value: "PATH",
    description: "flag.output",
    fallback: "task_queues/",
  },
  yes: {
    kind: "switch",
    description: "flag.yes",
  },
} as const satisfies Record<string, WordedFlag>;

export type GenerateFlags = ParsedCommand<typeof FLAGS>["flags"];

export const COMMAND: WordedCommand<typeof FLAGS> = {
  command: "deno task generate",
  summary: "cli.generate",
  examples: [
    "deno task generate",
    "deno task generate --type basic --count 10 --yes",
    "deno task generate --type sweep --particles 100,200 --seed 1..50 --steps 1000 --yes",
    "deno task generate --type custom --count 3 --particles 50,100,200 --preview",
  ],
  flags: FLAGS,
};
