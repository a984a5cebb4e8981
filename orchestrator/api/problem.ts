/**
 * What the API answers when it cannot do what was asked, whatever the reason.
 *
 * @module
 */
import { getLogger } from "../../platform/log.ts";
import { type Problem, problemResponse } from "../../platform/problem.ts";
import { StoreError } from "../store/store.ts";

const log = getLogger("api");

export { type Problem, problemResponse };

/** Thrown by handlers; {@linkcode toResponse} turns it into the answer. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

/** The answer to whatever a handler threw. Unexpected errors are logged and not shown. */
export function toResponse(error: unknown, request: Request): Response {
  if (error instanceof ProblemError) return problemResponse(error.problem);
  const where = `${request.method} ${new URL(request.url).pathname}`;
  if (error instanceof StoreError && error.code !== "misuse") {
    log.error("The store cannot answer", { where, error });
    return problemResponse({
      status: 503,
      code: "store_unavailable",
      detail: `The store cannot answer now: ${error.message}`,
    });
  }
  const stack = error instanceof Error ? error.stack : undefined;
  log.error("Request failed", { where, error, stack });
  return problemResponse({
    status: 500,
    code: "internal",
    detail: "The orchestrator could not answer this; its log says why",
  });
}
