/**
 * Asks the programs of a farm who they are, without disturbing what they do: a worker's stream is
 * opened for a farm of its own, so the orchestrator keeps its one.
 *
 * @module
 */
import { z } from "zod";
import { readBounded } from "../../orchestrator/fleet/answers.ts";
import type { WorkerLine } from "../../orchestrator/fleet/worker_line.ts";
import { readJsonLines } from "../../platform/json_lines.ts";

/** Time for one program to answer, ms. */
const ANSWER_MS = 5000;
/** Longest answer, bytes: some ten thousand workers. */
const ANSWER_BYTES_MAX = 16 * 1024 * 1024;
/** A hello for a farm without tasks. */
const HELLO_LENGTH_MAX = 1024 * 1024;

/** The part of a hello that every contract version has. */
const AnyHello = z.object({
  type: z.literal("hello"),
  contract: z.int(),
  worker_id: z.string(),
  version: z.string(),
  at: z.number(),
});

/** A worker as it presents itself. */
export interface Introduction {
  readonly contract: number;
  readonly workerId: string;
  readonly version: string;
  /** Its clock minus ours, ms; right to about the time of the answer. */
  readonly clockSkewMs: number;
}

export interface JsonAnswer {
  readonly ok: boolean;
  readonly body: unknown;
  /** From the question to the end of the answer. */
  readonly responseMs: number;
}

/** There was an answer, but not one of a program of the farm. */
export class Stranger extends Error {
  override readonly name = "Stranger";
}

/** It wants another token. */
export class Refused extends Error {
  override readonly name = "Refused";
}

/** @throws {Stranger | Refused} For an answer that is no JSON, else what `fetch` throws. */
export async function askJson(url: string, line: WorkerLine): Promise<JsonAnswer> {
  const start = performance.now();
  const response = await line.fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
  const text = await readBounded(response, ANSWER_BYTES_MAX);
  const responseMs = performance.now() - start;
  if (response.status === 401) throw new Refused(`${url} wants another token`);
  try {
    return { ok: response.ok, body: JSON.parse(text), responseMs };
  } catch (error) {
    throw new Stranger(`${url} answered ${response.status} and no JSON`, { cause: error });
  }
}

/** @throws {Stranger | Refused} When the answer is no hello, else what `fetch` throws. */
export async function meetWorker(base: string, line: WorkerLine): Promise<Introduction> {
  const end = new AbortController();
  const signal = AbortSignal.any([end.signal, AbortSignal.timeout(ANSWER_MS)]);
  try {
    const start = Date.now();
    const url = `${base}/stream?farm=check-${crypto.randomUUID()}`;
    const response = await line.fetch(url, { signal });
    if (response.status === 401) throw new Refused("GET /stream wants another token");
    if (!response.ok) throw new Stranger(`GET /stream answered ${response.status}`);
    const hello = await firstHello(response);
    const middle = (start + Date.now()) / 2;
    return {
      contract: hello.contract,
      workerId: hello.worker_id,
      version: hello.version,
      clockSkewMs: Math.round(hello.at - middle),
    };
  } finally {
    end.abort();
  }
}

async function firstHello(response: Response): Promise<z.infer<typeof AnyHello>> {
  try {
    for await (const line of readJsonLines(response.body!, { lengthMax: HELLO_LENGTH_MAX })) {
      return AnyHello.parse(line);
    }
  } catch (error) {
    const foreign = error instanceof SyntaxError || error instanceof RangeError ||
      error instanceof z.ZodError;
    if (!foreign) throw error;
  }
  throw new Stranger("GET /stream answered without a hello");
}
