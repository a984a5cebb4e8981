/**
 * The orchestrator's API as the command line tools use it. What the calls take and answer is known
 * from the routes themselves; only their types are imported, so nothing of the server is loaded.
 *
 * @module
 */
import { hc, type InferRequestType, type InferResponseType } from "hono/client";
import type { FarmApi } from "../orchestrator/api/app.ts";
import { t } from "../platform/words.ts";

/** Time for one answer, ms. */
const ANSWER_MS = 30_000;

type Calls = ReturnType<typeof hc<FarmApi>>;
type BatchCall = Calls["batches"][":id"]["$get"];
type ResultsCall = Calls["batches"][":id"]["results"]["$get"];
type TasksCall = Calls["tasks"]["$get"];

/** A batch as `GET /batches/:id` answers it. */
export type BatchAnswer = InferResponseType<BatchCall, 200>;
/** One entry of `GET /batches/:id/results`. */
export type ResultAnswer = InferResponseType<ResultsCall, 200>[number];
/** What `GET /stats` answers. */
export type StatsAnswer = InferResponseType<Calls["stats"]["$get"], 200>;
/** One entry of `GET /workers`. */
export type WorkerAnswer = InferResponseType<Calls["workers"]["$get"], 200>[number];
/** One entry of `GET /tasks`. */
export type TaskAnswer = InferResponseType<TasksCall, 200>[number];
/** Filters and page of `GET /tasks`. */
export type TasksWanted = NonNullable<InferRequestType<TasksCall>["query"]>;

/** The orchestrator did not answer: it is not there, or not reachable. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

/** It answered with a problem (RFC 9457). */
export class FarmProblem extends Error {
  override readonly name = "FarmProblem";
  constructor(readonly status: number, readonly problem: Readonly<Record<string, unknown>>) {
    super(String(problem.detail ?? problem.title ?? t("farm.answered", { status })));
  }
}

/** Its methods throw {@linkcode Unreachable} or {@linkcode FarmProblem}. */
export class FarmClient {
  readonly url: string;
  readonly #calls: Calls;
  readonly #token: string | null;

  /** `token`: null for a farm that needs none. */
  constructor(url: string, token: string | null = null) {
    this.url = url.replace(/\/+$/, "");
    this.#token = token;
    this.#calls = hc<FarmApi>(this.url, { fetch: this.#ask });
  }

  /** A batch by id, archived name or dropped name; null when there is none (yet). */
  async batch(name: string): Promise<BatchAnswer | null> {
    try {
      return await parsed(this.#calls.batches[":id"].$get({ param: named(name) }));
    } catch (error) {
      if (error instanceof FarmProblem && error.status === 404) return null;
      throw error;
    }
  }

  results(batch: string): Promise<ResultAnswer[]> {
    return parsed(this.#calls.batches[":id"].results.$get({ param: named(batch) }));
  }

  stats(): Promise<StatsAnswer> {
    return parsed(this.#calls.stats.$get());
  }

  workers(): Promise<WorkerAnswer[]> {
    return parsed(this.#calls.workers.$get());
  }

  tasks(query: TasksWanted): Promise<TaskAnswer[]> {
    return parsed(this.#calls.tasks.$get({ query }));
  }

  /** Hands in the text of a task file; gives the name it got in the queue. */
  async submit(name: string, text: string): Promise<{ file: string; tasks: number }> {
    const headers = { "content-type": "application/json" };
    // The text goes as it is: written anew it would have another digest.
    return await parsed(
      this.#calls.tasks.$post({ query: { name } }, { headers, init: { body: text } }),
    );
  }

  /** Any other path, for those who know what comes. */
  async get<T>(path: string): Promise<T> {
    return await (await this.#ask(`${this.url}${path}`)).json();
  }

  readonly #ask = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    if (this.#token !== null) headers.set("authorization", `Bearer ${this.#token}`);
    let response: Response;
    try {
      response = await fetch(input, {
        ...init,
        headers,
        // The token is for this address alone.
        redirect: "manual",
        signal: AbortSignal.timeout(ANSWER_MS),
      });
    } catch (error) {
      throw new Unreachable(wayOut(this.url, error), { cause: error });
    }
    if (response.ok) return response;
    throw new FarmProblem(response.status, await response.json().catch(() => ({})));
  };
}

/** The client puts parameters into the path as they are. */
function named(id: string): { id: string } {
  return { id: encodeURIComponent(id) };
}

/** What is no JSON came from another program; callers look for what they need. */
async function parsed<Answer>(call: Promise<{ json(): Promise<Answer> }>): Promise<Answer> {
  return await (await call).json().catch(() => ({}) as Answer);
}

/** For when something answers that is no orchestrator, or an older one. */
export function stranger({ url }: FarmClient): Unreachable {
  return new Unreachable(t("farm.stranger", { url }));
}

function wayOut(url: string, error: unknown): string {
  const { cause } = error as Error;
  const [, why] = /invalid peer certificate: (\w+)/.exec(`${error} ${cause}`) ?? [];
  return why === undefined ? t("farm.unreachable", { url }) : t("farm.untrusted", { url, why });
}
