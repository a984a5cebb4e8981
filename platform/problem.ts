/**
 * What servers answer when they cannot do what was asked: RFC 9457 problem documents with a `code`
 * that stays the same when the sentence changes.
 *
 * @module
 */
import { STATUS_TEXT } from "@std/http/status";

/** The statuses that problems have. */
export type ProblemStatus =
  | 400
  | 401
  | 403
  | 404
  | 405
  | 409
  | 413
  | 415
  | 421
  | 429
  | 500
  | 503
  | 507;

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

export function problemResponse(problem: Problem): Response {
  const { status, code, detail, members, headers } = problem;
  const document = { type: "about:blank", title: STATUS_TEXT[status], status, detail, code };
  return Response.json({ ...document, ...members }, {
    status,
    headers: { ...headers, "content-type": "application/problem+json" },
  });
}
