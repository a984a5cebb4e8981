/**
 * The orchestrator's API as the command line tools use it.
 *
 * @module
 */
import type { TaskStatus } from "../contract/task.ts";
import type { TaskFileError } from "../contract/task_file.ts";
import type { TaskResult } from "../contract/wire.ts";

/** Time for one answer, ms. */
const ANSWER_MS = 30_000;

/** A batch as `GET /batches/:id` answers it. */
export interface BatchAnswer {
  readonly id: string;
  readonly file: string;
  readonly archived_as: string;
  readonly state: "receiving" | "accepted" | "rejected";
  readonly accepted: number;
  readonly known: number;
  readonly requeued: number;
  readonly counts: Readonly<Record<TaskStatus, number>>;
  readonly finished_at: string | null;
  readonly errors: readonly TaskFileError[];
}

/** One entry of `GET /batches/:id/results`. */
export interface ResultAnswer {
  readonly task_id: string;
  readonly algorithm: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly status: TaskStatus;
  readonly execution_time: number | null;
  readonly worker_id: string | null;
  readonly result: TaskResult | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** The orchestrator did not answer: it is not there, or not reachable. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

/** It answered with a problem (RFC 9457). */
export class FarmProblem extends Error {
  override readonly name = "FarmProblem";
  constructor(readonly status: number, readonly problem: Readonly<Record<string, unknown>>) {
    super(String(problem.detail ?? problem.title ?? `The orchestrator answered ${status}`));
  }
}

export class FarmClient {
  readonly url: string;
  readonly #token: string | null;

  /** `token`: null for a farm that needs none. */
  constructor(url: string, token: string | null = null) {
    this.url = url.replace(/\/+$/, "");
    this.#token = token;
  }

  /** A batch by id, archived name or dropped name; null when there is none (yet). */
  async batch(name: string): Promise<BatchAnswer | null> {
    try {
      return await this.get<BatchAnswer>(`/batches/${encodeURIComponent(name)}`);
    } catch (error) {
      if (error instanceof FarmProblem && error.status === 404) return null;
      throw error;
    }
  }

  results(batch: string): Promise<ResultAnswer[]> {
    return this.get(`/batches/${encodeURIComponent(batch)}/results`);
  }

  get<T>(path: string): Promise<T> {
    return this.#request(path, {});
  }

  post<T>(path: string, body: string): Promise<T> {
    const headers = { "content-type": "application/json" };
    return this.#request(path, { method: "POST", headers, body });
  }

  async #request<T>(path: string, init: RequestInit): Promise<T> {
    let response: Response;
    const headers = new Headers(init.headers);
    if (this.#token !== null) headers.set("authorization", `Bearer ${this.#token}`);
    try {
      response = await fetch(`${this.url}${path}`, {
        ...init,
        headers,
        // The token is for this address alone.
        redirect: "manual",
        signal: AbortSignal.timeout(ANSWER_MS),
      });
    } catch (error) {
      throw new Unreachable(`Cannot reach the orchestrator at ${this.url}: ${wayOut(error)}`, {
        cause: error,
      });
    }
    const body = await response.json().catch(() => ({}));
    if (!response.ok) throw new FarmProblem(response.status, body);
    return body;
  }
}

function wayOut(error: unknown): string {
  const { cause } = error as Error;
  const [, certificate] = /invalid peer certificate: (\w+)/.exec(`${error} ${cause}`) ?? [];
  return certificate === undefined
    ? `start it with "deno task start" or "deno task orchestrator", or name another one with ` +
      `--orchestrator URL`
    : `its certificate is not trusted (${certificate}); name the certificate of the authority ` +
      `that signed it in DENO_CERT`;
}
