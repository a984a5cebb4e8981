/**
 * Everything the API answers when it cannot do what was asked: RFC 9457 problem documents, with a
 * `code` that stays the same when the sentence changes.
 *
 * @module
 */
import { STATUS_TEXT } from "@std/http/status";
import { getLogger } from "../../platform/log.ts";
import { StoreError } from "../store/store.ts";

const log = getLogger("api");

/** The statuses the API uses for problems. */
export type ProblemStatus = 400 | 404 | 405 | 409 | 413 | 500 | 503;

export interface Problem {
  readonly status: ProblemStatus;
  /** Stable, for programs: `task_not_found`. */
  readonly code: string;
  /** One sentence for people. */
  readonly detail: string;
  /** Further members of the document. */
  readonly members?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown by handlers; {@linkcode toResponse} turns it into the answer. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

export function problemResponse(problem: Problem): Response {
  const { status, code, detail, members, headers } = problem;
  const document = { type: "about:blank", title: STATUS_TEXT[status], status, detail, code };
  return Response.json({ ...document, ...members }, {
    status,
    headers: { ...headers, "content-type": "application/problem+json" },
  });
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
