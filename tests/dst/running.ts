/**
 * How a task of a simulated world ends when it runs, and when.
 *
 * @module
 */
import type { Assignment, Failure, Outcome } from "../../contract/wire.ts";
import type { HeldOutcome } from "../../worker/attempts.ts";
import { type SimTask, truthOf } from "./tasks.ts";

/** The part of an outcome that says how it was. */
export type Ending =
  | Pick<Extract<Outcome, { status: "completed" }>, "status" | "result">
  | { readonly status: "failed"; readonly failure: Failure }
  | { readonly status: "cancelled" }
  | { readonly status: "returned" };

/** Null: it runs for ever. `run` counts how often it was begun anywhere, this time included. */
export function plannedEnd(
  task: SimTask,
  assignment: Assignment,
  run: number,
): { readonly afterMs: number; readonly end: Ending | "dies" } | null {
  const limitMs = assignment.timeout_ms ?? Infinity;
  if (limitMs < task.runMs) return { afterMs: limitMs, end: failed("timeout") };
  const afterMs = task.runMs;
  switch (task.behaviour) {
    case "hang":
      return limitMs === Infinity ? null : { afterMs: limitMs, end: failed("timeout") };
    case "poison":
      return { afterMs, end: "dies" };
    case "flaky":
      return { afterMs, end: run <= task.failures ? failed("task") : completed(task.id) };
    case "hopeless":
      return { afterMs, end: failed("task") };
    case "permanent":
      return { afterMs, end: failed("permanent") };
    case "crash":
      return { afterMs, end: failed("crash") };
    case "late":
    case "ok":
      return { afterMs, end: completed(task.id) };
  }
}

export function completed(taskId: string, output = truthOf(taskId)): Ending {
  return { status: "completed", result: { status: "completed", output, metrics: {} } };
}

function failed(kind: Failure["kind"]): Ending {
  return { status: "failed", failure: { kind, code: kind, message: `It ended by ${kind}` } };
}

/** An outcome as the ledger of a worker holds it, its result as text, and back. */
export function held(outcome: Outcome): HeldOutcome {
  if (outcome.status !== "completed") return outcome;
  return { ...outcome, result: JSON.stringify(outcome.result) };
}

export function outcomeOf(held: HeldOutcome): Outcome {
  return held.status === "completed" ? { ...held, result: JSON.parse(held.result) } : held;
}
