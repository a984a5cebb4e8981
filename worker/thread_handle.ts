/**
 * One thread as the worker process sees it: a Web Worker driven through comlink, with the end of
 * the thread made visible.
 *
 * Four facts of the runtime shape this file. A throw outside a call ends the whole process unless
 * the `error` event is prevented. A call to a dead thread never settles. A thread that closes
 * itself says nothing. And `terminate()` stops a busy thread only when it comes back to its event
 * loop, so a hanging one is abandoned and burns its core until then.
 *
 * @module
 */
import { messageOf } from "../platform/error_message.ts";
import * as Comlink from "comlink";
import { ControlBlock } from "./control.ts";
import {
  type ThreadApi,
  type ThreadNews,
  threadNews,
  type ThreadOutcome,
  type ThreadTask,
} from "./thread_api.ts";

/** How a chunk came back: the outcomes still due, or what the thread died of. */
export type ChunkEnd =
  | { readonly outcomes: readonly ThreadOutcome[] }
  | { readonly crash: string };

/** A live thread, or one that was; never reused after its death. */
export class ThreadHandle {
  readonly control = new ControlBlock();
  readonly #worker: Worker;
  readonly #remote: Comlink.Remote<ThreadApi>;
  readonly #grant: SharedArrayBuffer;
  #onNews: (news: ThreadNews) => void = () => {};
  /** Settles the call under way; undefined when none is. */
  #settle: ((end: ChunkEnd) => void) | undefined;
  #death: string | undefined;

  /** `grant` tells how many threads a large task may use; see {@linkcode ThreadGrant}. */
  constructor(url: URL, grant = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.#grant = grant;
    // A thread computes: it may touch no file, network, environment or process.
    this.#worker = new Worker(url, { type: "module", deno: { permissions: "none" } });
    this.#worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#die(event.message || "The thread died without a message");
    });
    this.#worker.addEventListener("messageerror", () => {
      this.#die("The thread sent a message that cannot be read");
    });
    this.#worker.addEventListener("message", ({ data }) => {
      const news = threadNews(data);
      if (news !== undefined && this.#death === undefined) this.#onNews(news);
    });
    this.#remote = Comlink.wrap<ThreadApi>(this.#worker);
  }

  /** What the thread died of; undefined while it lives. */
  get death(): string | undefined {
    return this.#death;
  }

  /** Loads and compiles the thread's program. Undefined when it is ready, else what it died of. */
  async warmUp(): Promise<string | undefined> {
    const end = await this.#call(async () => {
      await this.#remote.warmUp(this.control.memory, this.#grant);
      return [];
    });
    return "crash" in end ? end.crash : undefined;
  }

  /** Runs a chunk of at most CHUNK_MAX tasks; never rejects. One at a time. */
  run(
    tasks: readonly ThreadTask[],
    onNews: (news: ThreadNews) => void,
  ): Promise<ChunkEnd> {
    this.control.reset();
    this.#onNews = onNews;
    return this.#call(() => this.#remote.runChunk(tasks));
  }

  /** Ends the thread for `reason`, which settles the call under way. */
  terminate(reason: string): void {
    this.#die(reason);
  }

  #call(start: () => Promise<readonly ThreadOutcome[]>): Promise<ChunkEnd> {
    if (this.#death !== undefined) return Promise.resolve({ crash: this.#death });
    if (this.#settle !== undefined) throw new TypeError("A thread runs one call at a time");
    return new Promise((resolve) => {
      const settle = (end: ChunkEnd) => {
        // A late answer of a dead thread finds another call, or none, under way.
        if (this.#settle !== settle) return;
        this.#settle = undefined;
        resolve(end);
      };
      this.#settle = settle;
      // A rejection is a fault of the thread's own code: simulations fail as outcomes.
      start().then(
        (outcomes) => settle({ outcomes }),
        (error) => this.#die(messageOf(error)),
      );
    });
  }

  #die(reason: string): void {
    if (this.#death !== undefined) return;
    this.#death = reason;
    this.#worker.terminate();
    this.#settle?.({ crash: reason });
  }
}
