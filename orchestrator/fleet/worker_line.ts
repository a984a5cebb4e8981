/**
 * How the orchestrator calls its workers: with which token, over http or over https that trusts one
 * authority only.
 *
 * @module
 */
import { readPem } from "../../platform/access.ts";
import { UsageError, type WordedFlag } from "../../platform/arguments.ts";
import type { Settings } from "../../platform/settings.ts";
import { checkToken, type Tokens } from "../../platform/tokens.ts";
import { t } from "../../platform/words.ts";

/** Calls workers; absent parts mean plain http without a token. */
export class WorkerLine {
  readonly scheme: "http" | "https";
  readonly #token: string | null;
  readonly #client: Deno.HttpClient | null;

  /** `caCert`: PEM text of the only authority that is trusted. */
  constructor(
    { token = null, caCert = null }: {
      readonly token?: string | null;
      readonly caCert?: string | null;
    } = {},
  ) {
    this.scheme = caCert === null ? "http" : "https";
    this.#token = token;
    this.#client = caCert === null ? null : Deno.createHttpClient({ caCerts: [caCert] });
  }

  /** Like `fetch`, but follows no redirect: the token is for listed addresses alone. */
  fetch(url: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.#token !== null) headers.set("authorization", `Bearer ${this.#token}`);
    return fetch(url, {
      ...init,
      headers,
      redirect: "manual",
      ...(this.#client && { client: this.#client }),
    });
  }

  close(): void {
    this.#client?.close();
  }
}

export const WORKER_CA_FLAG = {
  "worker-ca": {
    kind: "text",
    value: "FILE",
    description: "flag.worker_ca",
  },
} as const satisfies Record<string, WordedFlag>;

/**
 * The line to all workers. Its token is FARM_WORKER_TOKEN, else the orchestrator's own, so that one
 * token file serves the whole farm. `--worker-ca` (else FARM_WORKER_CA) names the authority that
 * signed the workers' certificates; with it all of them are called over https.
 *
 * @throws {UsageError} A token too short, or a file that holds no certificate.
 */
export function openWorkerLine(
  flags: { readonly "worker-ca"?: string | undefined },
  { settings, tokens }: { readonly settings: Settings; readonly tokens: Tokens | null },
): WorkerLine {
  const own = settings.written("FARM_WORKER_TOKEN");
  if (own !== undefined) checkToken(own, "FARM_WORKER_TOKEN");
  const token = own ?? tokens?.operator ?? null;
  const path = flags["worker-ca"] ?? settings.written("FARM_WORKER_CA");
  const caCert = path === undefined ? null : readPem(path, "CERTIFICATE");
  try {
    return new WorkerLine({ token, caCert });
  } catch (error) {
    const why = (error as Error).message;
    throw new UsageError(t("access.bad_certificate", { path: path ?? "", why }));
  }
}
