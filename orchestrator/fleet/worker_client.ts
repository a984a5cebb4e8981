/**
 * The connection to one worker, opened and kept by this side: reads its stream, pings its health,
 * and has the posts to it. Everything it learns becomes an event or a line in `health`; it decides
 * nothing.
 *
 * @module
 */
import { CONTRACT_VERSION, type Hello, StreamLine } from "../../contract/wire.ts";
import { readJsonLines } from "../../platform/json_lines.ts";
import { getLogger } from "../../platform/log.ts";
import { pause } from "../../platform/pause.ts";
import type { NewEvent } from "../scheduler.ts";
import { WorkerLine } from "./worker_line.ts";
import { WorkerPosts } from "./worker_posts.ts";
import { HealthRecord, type HealthRules } from "./health.ts";
import { describeFailure, isMisspoken, isRefused, refusalOf } from "./answers.ts";
import { ReconnectPace, type StreamEnd } from "./reconnect_pace.ts";

const log = getLogger("fleet");

/** Longest line a worker may send: a thousand outcomes of several kilobytes. */
const LINE_LENGTH_MAX = 16 * 1024 * 1024;
/** Longest silence until a stream has said hello, ms. */
export const HELLO_MS = 5000;
/** How often arriving bytes are told of, ms: a long line takes its time on a slow connection. */
const HEARD_MS = 1000;

export interface WorkerAddress {
  readonly id: string;
  readonly ip: string;
  readonly port: number;
  readonly region: string | null;
}

export interface WorkerClientOptions {
  readonly farm: string;
  readonly submit: (event: NewEvent) => void;
  /** Time for one request, ms. */
  readonly httpTimeoutMs: number;
  readonly health: HealthRules;
  /** @default plain http without a token */
  readonly line?: WorkerLine;
}

export class WorkerClient {
  readonly address: WorkerAddress;
  readonly health: HealthRecord;
  readonly #options: WorkerClientOptions;
  readonly #line: WorkerLine;
  readonly posts: WorkerPosts;
  /** Where it answers, without a path. */
  readonly base: string;
  readonly #stop = new AbortController();
  /** Aborting it ends the present stream; the loop then opens another. */
  #session = new AbortController();
  readonly #loops: Promise<void>[] = [];

  constructor(address: WorkerAddress, options: WorkerClientOptions) {
    this.address = address;
    this.#options = options;
    this.health = new HealthRecord(options.health);
    const host = address.ip.includes(":") ? `[${address.ip}]` : address.ip;
    this.#line = options.line ?? new WorkerLine();
    this.base = `${this.#line.scheme}://${host}:${address.port}`;
    this.posts = new WorkerPosts({
      ...options,
      worker: address.id,
      base: this.base,
      line: this.#line,
      health: this.health,
      stop: this.#stop.signal,
    });
  }

  start(): void {
    this.#loops.push(this.#keepStream(), this.#keepPinging());
  }

  /** Ends everything; resolves when nothing of it is under way any more. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#session.abort();
    await Promise.all(this.#loops);
  }

  /** Opens the stream anew, so that the worker says again what it has. */
  reconnect(): void {
    this.#session.abort();
  }

  // --- the stream -----------------------------------------------------------------------------

  async #keepStream(): Promise<void> {
    const pace = new ReconnectPace();
    while (!this.#stop.signal.aborted) {
      this.#session = new AbortController();
      const startMs = performance.now();
      const end = await this.#readStream(this.#session);
      if (this.#stop.signal.aborted) return;
      await pause(pace.after(end, performance.now() - startMs), this.#stop.signal);
    }
  }

  /** Reads one stream to its end. */
  async #readStream(session: AbortController): Promise<StreamEnd> {
    const { id } = this.address;
    let helloTimer = setTimeout(() => session.abort(), HELLO_MS);
    let end: StreamEnd = "unsaid";
    let heardMs = performance.now();
    const onBytes = () => {
      if (performance.now() - heardMs < HEARD_MS) return;
      heardMs = performance.now();
      this.#options.submit({ kind: "worker_heard", worker: id });
      if (end === "said") return;
      clearTimeout(helloTimer);
      helloTimer = setTimeout(() => session.abort(), HELLO_MS);
    };
    try {
      const path = `/stream?farm=${encodeURIComponent(this.#options.farm)}`;
      const response = await this.#line.fetch(this.base + path, { signal: session.signal });
      if (!response.ok || response.body === null) {
        await response.body?.cancel();
        throw new Error(refusalOf(response.status, "GET /stream"));
      }
      const lengthMax = LINE_LENGTH_MAX;
      for await (const value of readJsonLines(response.body, { lengthMax, onBytes })) {
        const line = StreamLine.parse(value);
        if ((end === "said") !== (line.type !== "hello")) {
          throw new SyntaxError(`"${line.type}" came out of turn`);
        }
        if (line.type === "hello") this.#greet(line);
        clearTimeout(helloTimer);
        end = "said";
        this.#hear(line);
      }
    } catch (error) {
      this.#streamFailed(error, end);
      if (end === "said" && isMisspoken(error)) end = "misspoken";
    } finally {
      clearTimeout(helloTimer);
      session.abort();
    }
    if (end !== "unsaid" && !this.#stop.signal.aborted) {
      this.health.disconnected();
      this.#options.submit({ kind: "worker_disconnected", worker: id });
      // It would say the same again: what it has is better done by somebody else.
      if (end === "misspoken") {
        this.#options.submit({ kind: "worker_lost", worker: id, reason: "silent" });
      }
    }
    return end;
  }

  #greet(hello: Hello): void {
    if (hello.contract !== CONTRACT_VERSION) {
      throw new Error(
        `It speaks contract version ${hello.contract}, this orchestrator ${CONTRACT_VERSION}: ` +
          `run the same release on both`,
      );
    }
    const { id } = this.address;
    const misnamed = hello.worker_id === id
      ? null
      : `It calls itself "${hello.worker_id}" and is listed as "${id}": start it with --worker-id ${id}`;
    if (misnamed !== null) log.warning("Worker under another name", { worker: id, misnamed });
    this.health.connected(hello, misnamed);
  }

  #hear(line: StreamLine): void {
    const worker = this.address.id;
    const { submit } = this.#options;
    switch (line.type) {
      case "hello":
        return submit({ kind: "worker_connected", worker, hello: line });
      case "heartbeat":
        this.health.beat(line);
        return submit({ kind: "worker_heartbeat", worker, beat: line });
      case "progress":
        return submit({ kind: "worker_progressed", worker, running: line.running });
      case "outcomes":
        return submit({ kind: "attempts_ended", worker, outcomes: line.outcomes });
    }
  }

  #streamFailed(error: unknown, end: StreamEnd): void {
    if (this.#stop.signal.aborted) return;
    const message = describeFailure(error);
    this.health.failed(message);
    if (end === "said") {
      log.warning("Connection to worker broke", { worker: this.address.id, message });
    }
    // Nobody listens on its port any more: the process is gone, no need to wait for its lease.
    if (isRefused(error)) {
      this.#options.submit({ kind: "worker_lost", worker: this.address.id, reason: "died" });
    }
  }

  async #keepPinging(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const startMs = performance.now();
      try {
        const response = await this.#line.fetch(`${this.base}/health`, {
          signal: this.#timeout(Math.min(this.#options.httpTimeoutMs, 5000)),
        });
        await response.body?.cancel();
        if (!response.ok) throw new Error(refusalOf(response.status, "GET /health"));
        this.health.answered(performance.now() - startMs);
      } catch (error) {
        if (!this.#stop.signal.aborted) this.health.missed(describeFailure(error));
      }
      await pause(this.#options.health.pingMs, this.#stop.signal);
    }
  }

  #timeout(ms: number): AbortSignal {
    return AbortSignal.any([this.#stop.signal, AbortSignal.timeout(ms)]);
  }
}
