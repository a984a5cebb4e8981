/**
 * Sessions of people with a browser: what their cookie holds, signed so that nobody can make one,
 * with a key made of the token, so that a new token ends them all.
 *
 * @module
 */
import { createHmac } from "node:crypto";
import { isEqualSecret, newToken, type Role, type Tokens } from "./tokens.ts";

/** How long somebody stays signed in, ms. */
export const SESSION_MS = 12 * 3_600_000;
/** Ended sessions that are remembered until they would have expired. */
const ENDED_MAX = 10_000;

export class Sessions {
  readonly #keys: Readonly<Record<Role, Uint8Array | null>>;
  readonly #now: () => number;
  /** Nonces of sessions whose people signed out. */
  readonly #ended = new Set<string>();

  /** `now`: wall clock, ms, because sessions outlive the process. */
  constructor(tokens: Tokens, { now = Date.now }: { readonly now?: () => number } = {}) {
    this.#keys = {
      operator: keyOf(tokens.operator),
      viewer: tokens.viewer === null ? null : keyOf(tokens.viewer),
    };
    this.#now = now;
  }

  /** The value of a new session's cookie. */
  issue(role: Role): string {
    const expires = Math.floor((this.#now() + SESSION_MS) / 1000);
    const content = `${role}.${expires}.${newToken()}`;
    return `${content}.${this.#sign(role, content)}`;
  }

  /** Whose session this is; null when it is none, has expired or was ended. */
  roleOf(value: string): Role | null {
    const [, content, role, expires, nonce, signature] =
      /^((operator|viewer)\.(\d{1,12})\.([\w-]{43}))\.([\w-]{43})$/.exec(value) ?? [];
    if (!isRole(role) || content === undefined || signature === undefined) return null;
    const expected = this.#sign(role, content);
    if (expected === null || !isEqualSecret(signature, expected)) return null;
    return Number(expires) * 1000 > this.#now() && !this.#ended.has(nonce!) ? role : null;
  }

  /** Ends a session before its time. */
  end(value: string): void {
    if (this.roleOf(value) === null) return;
    this.#ended.add(value.split(".")[2]!);
    if (this.#ended.size > ENDED_MAX) this.#ended.delete(this.#ended.values().next().value!);
  }

  #sign(role: Role, content: string): string | null {
    const key = this.#keys[role];
    return key && createHmac("sha256", key).update(content).digest("base64url");
  }
}

function isRole(word: string | undefined): word is Role {
  return word === "operator" || word === "viewer";
}

function keyOf(token: string): Uint8Array {
  return createHmac("sha256", token).update("enjambre session 1").digest();
}
