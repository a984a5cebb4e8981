/**
 * What a call takes, read before its handler runs: the handler gets it checked, and the types of the
 * client know what may be written.
 *
 * @module
 */
import type { Env, MiddlewareHandler } from "hono";
import { readJsonBody } from "./body.ts";
import { refuseUnknown } from "./parameters.ts";

/**
 * Reads what stands behind the question mark; `c.req.valid("query")` gives it. `Written` is what the
 * client may write there.
 */
export function takesQuery<Written, Read extends object>(
  read: (search: URLSearchParams) => Read,
): MiddlewareHandler<Env, string, { in: { query?: Written }; out: { query: Read } }> {
  return async (c, next) => {
    c.req.addValidatedData("query", read(new URL(c.req.url).searchParams));
    await next();
  };
}

/** For calls that take nothing there: a typing error must not go unnoticed. */
export const takesNoQuery: MiddlewareHandler = async (c, next) => {
  refuseUnknown(new URL(c.req.url).searchParams.keys(), []);
  await next();
};

/** Reads a small JSON object in the body; `c.req.valid("json")` gives it. */
export function takesJson<Written, Read extends object>(
  read: (body: Record<string, unknown>) => Read,
): MiddlewareHandler<Env, string, { in: { json: Written }; out: { json: Read } }> {
  return async (c, next) => {
    c.req.addValidatedData("json", read(await readJsonBody(c.req.raw)));
    await next();
  };
}
