/**
 * What the worker answers when it cannot do what was asked: RFC 9457 problem documents with a
 * `code` that stays the same when the sentence changes.
 *
 * @module
 */
import { STATUS_TEXT } from "@std/http/status";

export type ProblemStatus = 400 | 404 | 405 | 413 | 415 | 500;

/** An answer that names what is wrong. `code` is for programs, `detail` for people. */
export function problem(
  status: ProblemStatus,
  { code, detail }: { readonly code: string; readonly detail: string },
): Response {
  const document = { type: "about:blank", title: STATUS_TEXT[status], status, detail, code };
  return Response.json(document, {
    status,
    headers: { "content-type": "application/problem+json" },
  });
}
