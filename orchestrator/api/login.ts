/**
 * The page where people with a browser show their token once; after that a cookie speaks for them.
 * It needs no script.
 *
 * @module
 */
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { html, raw } from "hono/html";
import { createHash } from "node:crypto";
import type { FailureLimit } from "../../platform/failure_limit.ts";
import { callerAddress, noteFailure, sessionCookie } from "../../platform/guard.ts";
import { acceptedLanguage, knownLanguage, type Language, translator } from "../../platform/i18n.ts";
import { SESSION_MS, type Sessions } from "../../platform/sessions.ts";
import { roleOf, type Tokens } from "../../platform/tokens.ts";
import { problemResponse } from "./problem.ts";

export const LOGIN_PATH = "/login";
export const LOGOUT_PATH = "/logout";

const BODY_BYTES_MAX = 16 * 1024;

const STYLE = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{margin:0;min-height:100vh;display:grid;place-items:center}
main{width:min(22rem,90vw)}
label,input,button{display:block;width:100%;box-sizing:border-box;font:inherit}
input,button{padding:.6rem;margin:.3rem 0 .8rem}
.error{color:light-dark(#a40000,#ff9c9c)}
.hint{opacity:.8;margin:0 0 1rem}`;
/** The page is whole in itself, so that strangers need no other file of ours. */
const POLICY = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; " +
  `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`;

export interface LoginOptions {
  readonly tokens: Tokens | null;
  readonly sessions: Sessions | null;
  readonly failures: FailureLimit;
}

/** `GET` and `POST /login`, `POST /logout`. */
export function loginRoutes(options: LoginOptions): Hono {
  const app = new Hono();
  app.get(LOGIN_PATH, (c) => {
    const next = localPath(c.req.query("next"));
    return options.sessions === null ? c.redirect(next, 303) : page(c, { next, options });
  });
  app.post(
    LOGIN_PATH,
    bodyLimit({ maxSize: BODY_BYTES_MAX, onError: tooLarge }),
    (c) => signIn(c, options),
  );
  app.post(LOGOUT_PATH, (c) => {
    const { name, secure } = sessionCookie(c);
    options.sessions?.end(getCookie(c, name) ?? "");
    deleteCookie(c, name, { path: "/", secure });
    return c.redirect(LOGIN_PATH, 303);
  });
  return app;
}

async function signIn(c: Context, options: LoginOptions): Promise<Response> {
  const { tokens, sessions, failures } = options;
  const { token, next: wished } = await c.req.parseBody();
  const next = localPath(wished);
  if (tokens === null || sessions === null) return c.redirect(next, 303);
  const waitMs = failures.waitMs(callerAddress(c));
  if (waitMs > 0) return await page(c, { next, options, waitS: Math.ceil(waitMs / 1000) });
  const role = typeof token === "string" ? roleOf(tokens, token.trim()) : null;
  if (role === null) {
    noteFailure(c, failures);
    return await page(c, { next, options, wrong: true });
  }
  failures.succeeded(callerAddress(c));
  const { name, secure } = sessionCookie(c);
  setCookie(c, name, sessions.issue(role), {
    path: "/",
    httpOnly: true,
    sameSite: "Strict",
    secure,
    maxAge: SESSION_MS / 1000,
  });
  return c.redirect(next, 303);
}

interface PageOptions {
  readonly next: string;
  readonly options: LoginOptions;
  readonly wrong?: boolean;
  readonly waitS?: number;
}

async function page(
  c: Context,
  { next, options, wrong = false, waitS }: PageOptions,
): Promise<Response> {
  const language = languageOf(c);
  const t = translator(language);
  const error = waitS === undefined
    ? wrong ? t("login.wrong") : null
    : t("login.wait", { n: waitS });
  const signedIn = options.sessions?.roleOf(getCookie(c, sessionCookie(c).name) ?? "") ?? null;
  const text = html`
    <!DOCTYPE html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="robots" content="noindex">
        <title>${t("login.title")} · Enjambre</title>
        <style>${raw(STYLE)}</style>
      </head>
      <body>
        <main>
    <h1>Enjambre</h1>
    ${error && html`<p class="error" role="alert">${error}</p>`}
    ${signedIn && html`<p><a href="${next}">${t("login.signed_in")}</a></p>`}
    <form method="post" action="${LOGIN_PATH}">
    <label for="token">${t("login.token")}</label>
    <input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
    <p class="hint">${t("login.hint")}</p>
    <input type="hidden" name="next" value="${next}">
    <button>${t("login.title")}</button>
    </form>
        </main>
      </body>
    </html>
  `;
  const status = waitS !== undefined ? 429 : wrong ? 401 : 200;
  return c.html(await text, status, {
    "content-security-policy": POLICY,
    ...(waitS !== undefined && { "retry-after": String(waitS) }),
    ...(status === 401 && { "www-authenticate": 'Bearer realm="Enjambre"' }),
  });
}

function languageOf(c: Context): Language {
  return knownLanguage(c.req.query("lang")) ?? knownLanguage(getCookie(c, "lang")) ??
    acceptedLanguage(c.req.header("accept-language"));
}

/** A path of this farm: whoever sent the link must not lead people elsewhere. */
function localPath(written: unknown): string {
  const base = "http://farm.invalid";
  const url = typeof written === "string" ? URL.parse(written, base) : null;
  if (url === null || url.origin !== base || url.pathname.startsWith("//")) return "/";
  return url.pathname + url.search;
}

function tooLarge(): Response {
  return problemResponse({
    status: 413,
    code: "body_too_large",
    detail: `The form is larger than ${BODY_BYTES_MAX} bytes`,
  });
}
