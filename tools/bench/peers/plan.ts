/**
 * The command line of `deno task bench:peers`, and what it asks for.
 *
 * @module
 */

/** How much is measured, and under which conditions. */
export interface Plan {
  readonly rounds: number;
  /** Jobs of a measured round. */
  readonly jobs: number;
  /** Jobs before them, so that all code is compiled. */
  readonly warmupJobs: number;
  /** A process of ours computes all the time. */
  readonly loaded: boolean;
  /** What every sync takes more, ms. */
  readonly syncMs: number;
}

const FULL = { rounds: 5, jobs: 20_000 };
const QUICK = { rounds: 2, jobs: 5000 };
/** Part of the jobs that run before the measured ones. */
const WARMUP_SHARE = 0.25;

export const SPEC = {
  command: "deno task bench:peers",
  summary: "The farm beside other job queues, in one interleaved run",
  examples: [
    "deno task bench:peers --quick",
    "deno task bench:peers --json peers.json",
    "deno task bench:peers --loaded --sync-ms 4 --rounds 3",
  ],
  flags: {
    quick: { kind: "switch", description: "2 rounds of 5,000 jobs instead of 5 of 20,000" },
    rounds: { kind: "integer", value: "N", min: 1, description: "How often each is measured" },
    tasks: { kind: "integer", value: "N", min: 1, description: "Jobs a round" },
    loaded: { kind: "switch", description: "A process that computes shares the cores" },
    "sync-ms": {
      kind: "integer",
      value: "N",
      min: 0,
      description: "Every sync takes N ms more, for all of them (needs gcc)",
    },
    json: { kind: "text", value: "FILE", description: "Write the figures there as JSON" },
  },
} as const;

export function planOf(
  flags: {
    readonly quick: boolean;
    readonly rounds: number | undefined;
    readonly tasks: number | undefined;
    readonly loaded: boolean;
    readonly "sync-ms": number | undefined;
  },
): Plan {
  const usual = flags.quick ? QUICK : FULL;
  const jobs = flags.tasks ?? usual.jobs;
  return {
    rounds: flags.rounds ?? usual.rounds,
    jobs,
    warmupJobs: Math.ceil(jobs * WARMUP_SHARE),
    loaded: flags.loaded,
    syncMs: flags["sync-ms"] ?? 0,
  };
}
