/**
 * How a server of the farm may be reached: address, tokens and TLS, from flags and settings that
 * are the same for all of them.
 *
 * @module
 */
import { UsageError, type WordedFlag } from "./arguments.ts";
import type { Settings } from "./settings.ts";
import { checkExposure, readTokens, type Tokens } from "./tokens.ts";
import { t } from "./words.ts";

/** What the command line of a server may say about it. */
export const ACCESS_FLAGS = {
  "token-file": {
    kind: "text",
    value: "FILE",
    description: "flag.token_file",
  },
  insecure: {
    kind: "switch",
    description: "flag.insecure",
  },
  cert: {
    kind: "text",
    value: "FILE",
    description: "flag.cert",
  },
  key: { kind: "text", value: "FILE", description: "flag.key" },
} as const satisfies Record<string, WordedFlag>;

export interface AccessFlags {
  readonly "token-file"?: string | undefined;
  readonly insecure?: boolean | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

export interface Access {
  /** Address to listen on. */
  readonly host: string;
  /** Null: nobody needs one. */
  readonly tokens: Tokens | null;
  /** Its user wants it open, whatever name it is called by. */
  readonly insecure: boolean;
  /** PEM texts; null: plain http. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  /** What the user should know, one sentence each. */
  readonly notices: readonly string[];
}

/** A program for this machine alone: no token, no other name. */
export const LOOPBACK_ACCESS: Access = Object.freeze({
  host: "127.0.0.1",
  tokens: null,
  insecure: false,
  tls: null,
  notices: [],
});

/**
 * Reads tokens and certificate; makes a token file that is not there.
 *
 * @throws {UsageError} What cannot be read, or an address open to the network without a token.
 */
export function readAccess(
  flags: AccessFlags,
  { host, settings }: { readonly host: string; readonly settings: Settings },
): Access {
  const tls = readTls(flags, settings);
  const file = flags["token-file"];
  const insecure = flags.insecure ?? false;
  const isNew = file !== undefined && !exists(file);
  const tokens = readTokens(settings, file);
  checkExposure(host, { tokens, insecure });
  const notices: string[] = [];
  if (isNew) notices.push(`A new token was made in ${file}: copy the file to whoever needs it`);
  if (file !== undefined && othersMayRead(file)) {
    notices.push(`Other users of this machine can read the token in ${file}: chmod 600 ${file}`);
  }
  if (tokens === null && insecure) {
    notices.push(`Everybody who reaches ${host} may do everything here (--insecure)`);
  }
  return Object.freeze({ host, tokens, insecure, tls, notices });
}

function readTls(flags: AccessFlags, settings: Settings): Access["tls"] {
  const certPath = flags.cert ?? settings.written("FARM_CERT");
  const keyPath = flags.key ?? settings.written("FARM_KEY");
  if (certPath === undefined && keyPath === undefined) return null;
  if (certPath === undefined || keyPath === undefined) {
    throw new UsageError(t("access.cert_and_key"));
  }
  return {
    cert: readPem(certPath, "CERTIFICATE"),
    key: readPem(keyPath, "PRIVATE KEY"),
  };
}

/**
 * The text of a PEM file.
 *
 * @throws {UsageError} When it cannot be read or holds no block of that kind.
 */
export function readPem(path: string, kind: "CERTIFICATE" | "PRIVATE KEY"): string {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new UsageError(t("file.unreadable", { path, why: (error as Error).message }));
  }
  if (new RegExp(`-----BEGIN [A-Z ]*${kind}-----`).test(text)) return text;
  throw new UsageError(
    t(kind === "CERTIFICATE" ? "access.no_certificate" : "access.no_key", { path }),
  );
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Modes mean nothing on Windows. */
function othersMayRead(path: string): boolean {
  if (Deno.build.os === "windows") return false;
  return ((Deno.statSync(path).mode ?? 0) & 0o077) !== 0;
}

/** What `Deno.serve` needs to know besides the port. */
export function serveOptions({ host, tls }: Access): {
  hostname: string;
  cert?: string;
  key?: string;
} {
  return { hostname: host, ...tls };
}

/** The address of a server as a client writes it. */
export function urlOf({ host, tls }: Access, port: number): string {
  return `${tls === null ? "http" : "https"}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
