/**
 * What the orchestrator says to one worker: dispatches, cancels, acknowledgements. Retried where a
 * repetition is harmless, in parts as large as the line carries.
 *
 * @module
 */
import { splitTaskContent } from "../../contract/task.ts";
import { type AttemptRef, DispatchReply } from "../../contract/wire.ts";
import { getLogger } from "../../platform/log.ts";
import { pause } from "../../platform/pause.ts";
import type { Handout } from "../core/messages.ts";
import type { NewEvent } from "../hands.ts";
import { describeFailure, OtherEpochError, readBounded, refusalOf } from "./answers.ts";
import { BatchSize } from "./batch_size.ts";
import type { HealthRecord } from "./health.ts";
import type { WorkerLine } from "./worker_line.ts";

const log = getLogger("fleet");

/** Longest answer to a post, bytes. */
const REPLY_BYTES_MAX = 1024 * 1024;
/** Pauses before the tries of a dispatch, ms. The first retry is immediate: after a healed
 * partition one request on an old connection always fails. */
export const DISPATCH_TRIES_MS = [0, 0, 300, 1000];
/** Acknowledgements are gathered for this long, ms: nobody waits for them, and a post costs more
 * than what is in it. */
const ACKNOWLEDGE_GATHER_MS = 200;
/** Time between two tries to post acknowledgements, ms. */
export const ACKNOWLEDGE_RETRY_MS = 1000;

export interface WorkerPostsOptions {
  readonly worker: string;
  /** Where it answers, without a path. */
  readonly base: string;
  readonly farm: string;
  readonly line: WorkerLine;
  readonly health: HealthRecord;
  readonly submit: (event: NewEvent) => void;
  /** Time for one request, ms. */
  readonly httpTimeoutMs: number;
  /** Ends what is under way. */
  readonly stop: AbortSignal;
}

export class WorkerPosts {
  readonly #options: WorkerPostsOptions;
  readonly #batch = new BatchSize();
  #acknowledgements: AttemptRef[] = [];
  #acknowledging = false;

  constructor(options: WorkerPostsOptions) {
    this.#options = options;
  }

  /**
   * Hands tasks over, with retries; the answer, or that there was none, returns as an event. Nothing
   * returns when another process answers than the one they were chosen for: its hello says it all.
   * Would it take them, tasks that died with one process could bring down the next.
   */
  async dispatch(epoch: string, tasks: readonly Handout[]): Promise<void> {
    for (let passed = 0; passed < tasks.length;) {
      const count = await this.#handOver(epoch, tasks.slice(passed));
      if (count === null) return;
      passed += count;
    }
  }

  /** The first of these tasks, as many as the line carries: how many. Null: nothing more to do. */
  async #handOver(epoch: string, tasks: readonly Handout[]): Promise<number | null> {
    const { worker, health, stop, submit } = this.#options;
    let problem = "";
    for (const waitMs of DISPATCH_TRIES_MS) {
      if (waitMs > 0) await pause(waitMs, stop);
      if (stop.aborted) return null;
      const part = tasks.slice(0, this.#batch.size);
      try {
        const reply = DispatchReply.parse(await this.#send("/dispatch", this.#bodyOf(epoch, part)));
        submit({ kind: "dispatch_answered", worker, ...reply });
        this.#batch.passed();
        return part.length;
      } catch (error) {
        if (error instanceof OtherEpochError) return null;
        this.#batch.failed();
        problem = describeFailure(error);
      }
    }
    if (stop.aborted) return null;
    health.failed(problem);
    const attempts = tasks.map(({ task_id, attempt }) => ({ task_id, attempt }));
    const message = `Cannot hand tasks to worker ${worker}: ${problem}`;
    submit({ kind: "dispatch_failed", worker, attempts, message });
    return null;
  }

  /** One try: what a worker should not hold shows in its next heartbeat, and is cancelled again. */
  async cancel(
    attempts: readonly AttemptRef[],
    { unstarted }: { unstarted?: boolean | undefined } = {},
  ): Promise<void> {
    const { farm, worker } = this.#options;
    try {
      await this.#send("/cancel", JSON.stringify({ farm, attempts, unstarted }));
    } catch (error) {
      log.warning("Cannot cancel on worker", {
        worker,
        attempts: attempts.length,
        message: describeFailure(error),
      });
    }
  }

  /** Gathers what comes in a while; tries until it is said or the client stops. */
  async acknowledge(attempts: readonly AttemptRef[]): Promise<void> {
    const { farm, health, stop } = this.#options;
    this.#acknowledgements.push(...attempts);
    if (this.#acknowledging) return;
    this.#acknowledging = true;
    await pause(ACKNOWLEDGE_GATHER_MS, stop);
    while (this.#acknowledgements.length > 0 && !stop.aborted) {
      const now = this.#acknowledgements.splice(0, this.#batch.size);
      try {
        await this.#send("/acknowledge", JSON.stringify({ farm, attempts: now }));
      } catch {
        // A worker that cannot be reached will send its outcomes again, and be told again.
        if (!health.isConnected) break;
        this.#acknowledgements.unshift(...now);
        await pause(ACKNOWLEDGE_RETRY_MS, stop);
      }
    }
    this.#acknowledging = false;
  }

  /** Put together from texts: parsing what is only passed on would cost more than all else here. */
  #bodyOf(epoch: string, tasks: readonly Handout[]): string {
    const head = JSON.stringify({ farm: this.#options.farm, epoch });
    return `${head.slice(0, -1)},"tasks":[${tasks.map(assignmentText).join(",")}]}`;
  }

  /** @throws {OtherEpochError} It was meant for another process. {Error} Anything else. */
  async #send(path: string, body: string): Promise<unknown> {
    const { base, line, httpTimeoutMs, stop } = this.#options;
    const response = await line.fetch(base + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
      signal: AbortSignal.any([stop, AbortSignal.timeout(httpTimeoutMs)]),
    });
    const text = await readBounded(response, REPLY_BYTES_MAX);
    if (response.status === 409) throw new OtherEpochError(text.slice(0, 200));
    if (!response.ok) {
      throw new Error(`${refusalOf(response.status, `POST ${path}`)}: ${text.slice(0, 200)}`);
    }
    return JSON.parse(text);
  }
}

/** The JSON of an assignment. */
export function assignmentText({ content, ...rest }: Handout): string {
  const [algorithm, parameters] = splitTaskContent(content);
  const head = JSON.stringify(rest).slice(0, -1);
  return `${head},"algorithm":${algorithm},"parameters":${parameters}}`;
}
