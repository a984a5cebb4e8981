/**
 * Access tokens: where they come from and how a presented one is compared.
 *
 * @module
 */
import { messageOf } from "./error_message.ts";
import { timingSafeEqual } from "node:crypto";
import { UsageError } from "./arguments.ts";
import type { Settings } from "./settings.ts";
import { t } from "./words.ts";

/** What somebody may do: look, or everything. */
export type Role = "viewer" | "operator";

/** Shortest token that is accepted, characters: a short one could be guessed. */
const TOKEN_LENGTH_MIN = 16;
const TOKEN_BYTES = 32;

export interface Tokens {
  readonly operator: string;
  readonly viewer: string | null;
}

/**
 * The tokens of a program: from `--token-file` or FARM_TOKEN, and for people who only look from
 * FARM_VIEWER_TOKEN. Null when there are none. A token file that does not exist is made, readable
 * by its owner alone, with a token that cannot be guessed.
 *
 * @throws {UsageError} A token too short, or a file that cannot be read or made.
 */
export function readTokens(settings: Settings, tokenFile: string | undefined): Tokens | null {
  const operator = tokenFile === undefined
    ? settings.written("FARM_TOKEN")
    : readTokenFile(tokenFile);
  const viewer = settings.written("FARM_VIEWER_TOKEN") ?? null;
  if (operator === undefined) {
    if (viewer === null) return null;
    throw new UsageError(t("token.viewer_alone"));
  }
  checkToken(operator, tokenFile ?? "FARM_TOKEN");
  if (viewer !== null) checkToken(viewer, "FARM_VIEWER_TOKEN");
  if (viewer === operator) {
    throw new UsageError(t("token.viewer_same"));
  }
  return { operator, viewer };
}

function readTokenFile(path: string): string {
  try {
    return readWritten(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw fileError("token.unreadable", path, error);
  }
  const token = newToken();
  try {
    // createNew: if two programs start at once, the second reads what the first has written.
    Deno.writeTextFileSync(path, `${token}\n`, { createNew: true, mode: 0o600 });
    return token;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return readWritten(path);
    throw fileError("token.unmade", path, error);
  }
}

/** The text of the file; one that is empty may be under another program's hands this moment. */
function readWritten(path: string): string {
  for (let tries = 0; tries < 50; tries++) {
    const text = Deno.readTextFileSync(path).trim();
    if (text !== "") return text;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
  }
  return "";
}

/** What the sandbox refuses stays what it is: the program knows the way out. */
function fileError(
  key: "token.unreadable" | "token.unmade",
  path: string,
  error: unknown,
): Error {
  if (error instanceof Deno.errors.NotCapable) return error;
  return new UsageError(t(key, { path, why: messageOf(error) }));
}

/** @throws {UsageError} When a token from `source` is too short to be one. */
export function checkToken(token: string, source: string): void {
  // What a header can carry: printable ASCII without spaces.
  if (token.length >= TOKEN_LENGTH_MIN && /^[\x21-\x7e]+$/.test(token)) return;
  throw new UsageError(
    t("token.weak", { source, min: TOKEN_LENGTH_MIN }),
  );
}

/** A token of 256 random bits. */
export function newToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES));
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

/** Whose token this is; null for nobody's. Takes the same time for every wrong one. */
export function roleOf(tokens: Tokens, presented: string): Role | null {
  const operator = isEqualSecret(presented, tokens.operator);
  const viewer = tokens.viewer !== null && isEqualSecret(presented, tokens.viewer);
  if (operator) return "operator";
  return viewer ? "viewer" : null;
}

/** Compares secrets in a time that tells nothing but their length. */
export function isEqualSecret(presented: string, expected: string): boolean {
  const encoder = new TextEncoder();
  const [a, b] = [encoder.encode(presented), encoder.encode(expected)];
  // Compare something of equal length in any case, so that only the length can be told.
  const sameLength = a.byteLength === b.byteLength;
  return timingSafeEqual(sameLength ? a : b, b) && sameLength;
}

/** The token of an `Authorization: Bearer …` header; null when there is none. */
export function bearerOf(headers: Headers): string | null {
  return /^Bearer +([\x21-\x7e]+) *$/i.exec(headers.get("authorization") ?? "")?.[1] ?? null;
}

/**
 * Whether a program may listen on this address: beyond loopback only with tokens, or when its user
 * said `--insecure`.
 *
 * @throws {UsageError} Naming both ways out.
 */
export function checkExposure(
  host: string,
  what: { tokens: Tokens | null; insecure: boolean },
): void {
  if (what.tokens !== null || what.insecure || isLoopback(host)) return;
  throw new UsageError(
    t("access.exposed", { host }),
  );
}

/** Whether this address or name, as one writes it behind `--host`, is this machine's own. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" ||
    /^127(\.\d{1,3}){3}$/.test(host);
}
