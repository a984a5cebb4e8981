/**
 * Which requests come from where they should not: names that are not ours (DNS rebinding), and web
 * pages of other sites (cross-site request forgery).
 *
 * @module
 */
import type { Context, MiddlewareHandler, Next } from "hono";
import type { Access } from "./access.ts";
import { problemResponse } from "./problem.ts";
import { isLoopback } from "./tokens.ts";

/** Methods that change nothing. */
export const SAFE_METHODS: readonly string[] = ["GET", "HEAD"];

/**
 * A page of a foreign name that was made to lead here (DNS rebinding) has that name in the Host
 * header. With a token it gets nowhere; without, only our own names are let in.
 */
export function refuseOtherNames({ host, tokens, insecure }: Access): MiddlewareHandler {
  const anyName = tokens !== null || insecure;
  return async (c, next) => {
    const name = hostName(c);
    if (anyName || name === host.toLowerCase() || isOwnName(name)) return await next();
    return problemResponse({
      status: 421,
      code: "foreign_host",
      detail:
        "Without a token only names of this machine are answered, such as localhost; to use " +
        "another name start with --token-file FILE",
    });
  };
}

function isOwnName(name: string): boolean {
  return isLoopback(name) || name.endsWith(".localhost");
}

/** The name and port that the caller used; null when they make no sense. */
function calledAs(c: Context): URL | null {
  return URL.parse(`http://${c.req.header("host") ?? new URL(c.req.url).host}`);
}

/** Without port, brackets and the dot of a full name. */
function hostName(c: Context): string {
  return (calledAs(c)?.hostname ?? "").replace(/^\[|\]$/g, "").replace(/\.$/, "");
}

/** Other sites may link here; they may not act, nor read by other means than a visit. */
export async function refuseForeignPages(c: Context, next: Next): Promise<Response | void> {
  if (!isForeign(c)) return await next();
  return problemResponse({
    status: 403,
    code: "foreign_origin",
    detail: "A web page of another site asked for this, and only pages of this farm may",
  });
}

function isForeign(c: Context): boolean {
  const safe = SAFE_METHODS.includes(c.req.method);
  // Browsers say where a request comes from; pages cannot forge it, programs do not send it.
  const site = c.req.header("sec-fetch-site");
  if (site !== undefined) {
    if (site === "same-origin" || site === "none") return false;
    return !(safe && c.req.header("sec-fetch-mode") === "navigate");
  }
  const origin = c.req.header("origin");
  if (safe || origin === undefined) return false;
  return URL.parse(origin)?.host !== calledAs(c)?.host;
}

/**
 * Whether a browser said where the request comes from; after {@linkcode refuseForeignPages} that is
 * a page of ours.
 */
export function isFromOurPage(c: Context): boolean {
  return c.req.header("sec-fetch-site") !== undefined || c.req.header("origin") !== undefined;
}
