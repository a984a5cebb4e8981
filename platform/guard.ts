/**
 * Who may come in: the middleware before every answer of every server of the farm. Refuses names
 * that are not ours, foreign web pages and strangers, lets viewers look only, and gives each answer
 * strict headers.
 *
 * @module
 */
import type { Context, Hono, MiddlewareHandler, Next } from "hono";
import { getCookie } from "hono/cookie";
import { secureHeaders } from "hono/secure-headers";
import type { Access } from "./access.ts";
import { FailureLimit } from "./failure_limit.ts";
import {
  isFromOurPage,
  refuseForeignPages,
  refuseOtherNames,
  SAFE_METHODS,
} from "./foreign_requests.ts";
import { getLogger } from "./log.ts";
import { problemResponse } from "./problem.ts";
import type { Sessions } from "./sessions.ts";
import { bearerOf, type Role, roleOf } from "./tokens.ts";

const log = getLogger("access");

const ROLE = "farm.role";

export interface GuardOptions {
  readonly access: Access;
  /** Of people with a browser; absent where there is no page to sign in on. */
  readonly sessions?: Sessions | null;
  /** Paths that strangers may use, to sign in. */
  readonly openPaths?: readonly string[];
  /** Where browsers of strangers are sent. */
  readonly loginPath?: string;
  readonly failures?: FailureLimit;
}

/** Puts the guard before all routes that `app` gets afterwards. */
export function guard(app: Hono, options: GuardOptions): void {
  app.use(strictHeaders());
  app.use(noStore);
  app.use(refuseOtherNames(options.access));
  app.use(refuseForeignPages);
  app.use(refuseStrangers(options));
}

/** What the caller may do; where no token is needed, everything. */
export function callerRole(c: Context): Role {
  return c.get(ROLE) ?? "operator";
}

/** Address of the caller, for the limit on failures; one for all where it is not known. */
export function callerAddress(c: Context): string {
  const info = c.env as Partial<Deno.ServeHandlerInfo<Deno.NetAddr>> | undefined;
  return info?.remoteAddr?.hostname ?? "unknown";
}

/** Cookies are shared by all ports of a host, and each may have a farm of its own. */
export function sessionCookie(c: Context): { name: string; secure: boolean } {
  const { protocol, port } = new URL(c.req.url);
  const secure = protocol === "https:";
  return { name: `${secure ? "__Host-" : ""}farm_session_${port || "0"}`, secure };
}

/** Whether the caller's browser has signed in here. */
export function hasSession(c: Context): boolean {
  return getCookie(c, sessionCookie(c).name) !== undefined;
}

/**
 * No HSTS: it would hold for every port of the host, also for programs that serve http there. A
 * page that needs more than this policy sets its own.
 */
function strictHeaders(): MiddlewareHandler {
  return secureHeaders({
    overwrite: false,
    strictTransportSecurity: false,
    xFrameOptions: "DENY",
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", "data:"],
      fontSrc: ["'self'"],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
    permissionsPolicy: { camera: [], microphone: [], geolocation: [], payment: [], usb: [] },
  });
}

/** What a farm says is true now and may be somebody's own; assets say otherwise themselves. */
async function noStore(c: Context, next: Next): Promise<void> {
  await next();
  if (!c.res.headers.has("cache-control")) c.res.headers.set("cache-control", "no-store");
}

function refuseStrangers(options: GuardOptions): MiddlewareHandler {
  const { tokens } = options.access;
  const { sessions = null, openPaths = [], failures = new FailureLimit() } = options;
  if (tokens === null) return (_, next) => next();
  return async (c, next) => {
    if (openPaths.includes(c.req.path)) return await next();
    const bearer = bearerOf(c.req.raw.headers);
    let role: Role | null;
    if (bearer !== null) {
      const waitMs = failures.waitMs(callerAddress(c));
      if (waitMs > 0) return tooManyFailures(waitMs);
      role = roleOf(tokens, bearer);
      if (role === null) return wrongToken(c, failures);
      failures.succeeded(callerAddress(c));
    } else {
      role = sessions?.roleOf(getCookie(c, sessionCookie(c).name) ?? "") ?? null;
      if (role === null) return await answerStranger(c, next, options);
      if (!SAFE_METHODS.includes(c.req.method) && !isFromOurPage(c)) return unclearOrigin();
    }
    if (role === "viewer" && !SAFE_METHODS.includes(c.req.method)) return viewerMayNot();
    c.set(ROLE, role);
    return await next();
  };
}

async function answerStranger(
  c: Context,
  next: Next,
  { loginPath }: GuardOptions,
): Promise<Response | void> {
  const safe = SAFE_METHODS.includes(c.req.method);
  if (safe && c.req.path === "/health") return await bareHealth(c, next);
  const wantsPage = /\btext\/html\b/i.test(c.req.header("accept") ?? "");
  if (loginPath !== undefined && safe && wantsPage) {
    const { pathname, search } = new URL(c.req.url);
    return c.redirect(`${loginPath}?next=${encodeURIComponent(pathname + search)}`, 303);
  }
  return problemResponse({
    status: 401,
    code: "token_required",
    detail:
      "A token is needed: send it as Authorization: Bearer …; the command line tools take it " +
      "from FARM_TOKEN or --token-file",
    headers: { "www-authenticate": 'Bearer realm="Enjambre"' },
  });
}

/** The word for monitors and load balancers, and nothing else. */
async function bareHealth(c: Context, next: Next): Promise<void> {
  await next();
  const full: { status?: unknown } = await c.res.json();
  const status = typeof full.status === "string" ? full.status : "unhealthy";
  c.res = Response.json({ status }, { status: c.res.status });
}

function wrongToken(c: Context, failures: FailureLimit): Response {
  noteFailure(c, failures);
  return problemResponse({
    status: 401,
    code: "wrong_token",
    detail:
      "This token is not one of this program: compare FARM_TOKEN or the token file with its own",
    headers: { "www-authenticate": 'Bearer realm="Enjambre", error="invalid_token"' },
  });
}

/** Counts a failed token or login. */
export function noteFailure(c: Context, failures: FailureLimit): void {
  const address = callerAddress(c);
  failures.failed(address);
  log.warning("Wrong token", { address, where: `${c.req.method} ${c.req.path}`.slice(0, 200) });
}

function tooManyFailures(waitMs: number): Response {
  return problemResponse({
    status: 429,
    code: "too_many_failures",
    detail: "Too many wrong tokens came from this address: try again later",
    headers: { "retry-after": String(Math.ceil(waitMs / 1000)) },
  });
}

function viewerMayNot(): Response {
  return problemResponse({
    status: 403,
    code: "viewer_only_reads",
    detail: "A viewer's token is for looking: this call needs the operator's token",
  });
}

function unclearOrigin(): Response {
  return problemResponse({
    status: 403,
    code: "foreign_origin",
    detail: "A session may act from pages of this farm only; programs send a token instead",
  });
}
