/**
 * What the worker answers when it cannot do what was asked.
 *
 * @module
 */
import { problemResponse, type ProblemStatus } from "../platform/problem.ts";

/** An answer that names what is wrong. `code` is for programs, `detail` for people. */
export function problem(
  status: ProblemStatus,
  { code, detail }: { readonly code: string; readonly detail: string },
): Response {
  return problemResponse({ status, code, detail });
}
