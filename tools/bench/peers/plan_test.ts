/**
 * Tests of the command line of `deno task bench:peers`.
 *
 * @module
 */
import { assertEquals, assertThrows } from "@std/assert";
import { parseCommand, UsageError } from "../../../platform/arguments.ts";
import { planOf, SPEC } from "./plan.ts";

function planFrom(...args: string[]) {
  return planOf(parseCommand(args, SPEC).flags);
}

Deno.test("planOf() measures 5 rounds of 20,000 jobs by default", () => {
  const usual = { rounds: 5, jobs: 20_000, warmupJobs: 5000, loaded: false, syncMs: 0 };
  assertEquals(planFrom(), usual);
});

Deno.test("planOf() makes --quick small, and lets numbers of one's own win", () => {
  const quick = { rounds: 2, jobs: 5000, warmupJobs: 1250, loaded: false, syncMs: 0 };
  assertEquals(planFrom("--quick"), quick);
  assertEquals(
    planFrom("--quick", "--rounds", "1", "--tasks", "10", "--loaded", "--sync-ms", "4"),
    { rounds: 1, jobs: 10, warmupJobs: 3, loaded: true, syncMs: 4 },
  );
});

Deno.test("planOf() is never reached with no rounds or no jobs", () => {
  assertThrows(() => planFrom("--rounds", "0"), UsageError, "--rounds");
  assertThrows(() => planFrom("--tasks", "-5"), UsageError, "--tasks");
});
