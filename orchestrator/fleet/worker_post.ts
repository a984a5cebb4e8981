/**
 * One request with a message of ours to a worker, and its bounded answer.
 *
 * @module
 */
import { OtherEpochError, readBounded, refusalOf } from "./answers.ts";
import type { WorkerLine } from "./worker_line.ts";

/** Longest answer to a post, bytes. */
const REPLY_BYTES_MAX = 1024 * 1024;

export class WorkerPost {
  readonly #line: WorkerLine;
  readonly #to: { readonly base: string; readonly farm: string; readonly timeoutMs: number };
  readonly #stop: AbortSignal;

  /** `base`: where the worker answers, without a path. Aborting `stop` ends what is under way. */
  constructor(
    line: WorkerLine,
    to: { readonly base: string; readonly farm: string; readonly timeoutMs: number },
    stop: AbortSignal,
  ) {
    this.#line = line;
    this.#to = to;
    this.#stop = stop;
  }

  /** @throws {OtherEpochError} It was meant for another process. {Error} Anything else. */
  async send(path: string, body: Record<string, unknown>): Promise<unknown> {
    const { base, farm, timeoutMs } = this.#to;
    const response = await this.#line.fetch(base + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ farm, ...body }),
      signal: AbortSignal.any([this.#stop, AbortSignal.timeout(timeoutMs)]),
    });
    const text = await readBounded(response, REPLY_BYTES_MAX);
    if (response.status === 409) throw new OtherEpochError(text.slice(0, 200));
    if (!response.ok) {
      throw new Error(`${refusalOf(response.status, `POST ${path}`)}: ${text.slice(0, 200)}`);
    }
    return JSON.parse(text);
  }
}
