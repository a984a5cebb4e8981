/**
 * The network between the orchestrator and one worker: delay, loss, partition in either direction,
 * connections that are refused or break. Different connections overtake each other; what is written
 * on one stream arrives in order.
 *
 * @module
 */
import type { StreamLine } from "../../contract/wire.ts";
import type { Kernel, Process } from "./kernel.ts";

export class NetworkError extends Error {
  override readonly name = "NetworkError";
  /** `misspoken`: what came is not of the contract. */
  readonly kind: "refused" | "timeout" | "reset" | "misspoken";
  constructor(kind: NetworkError["kind"]) {
    super(kind);
    this.kind = kind;
  }
}

/** How often a cut connection looks whether it is whole again (as TCP does), ms. */
const RESEND_MS = 300;

/** The way from the orchestrator to one machine and back. */
export class Link {
  readonly #kernel: Kernel;
  isOutCut = false;
  isBackCut = false;
  /** Share of requests that are lost on the way, and of replies. */
  loss = 0;
  delayMaxMs = 5;
  /** Share of requests and lines that arrive twice. */
  duplicates = 0;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  get isDuplicated(): boolean {
    return this.duplicates > 0 && this.#kernel.chance.happens(this.duplicates);
  }

  delayMs(): number {
    return this.#kernel.chance.between(0.1, this.delayMaxMs);
  }

  /** Carries something over; what meets a cut waits for its end, as long as `isWanted`. */
  carry(way: "out" | "back", arrive: () => void, isWanted: () => boolean = () => true): void {
    const tryAgain = () => {
      if (!isWanted()) return;
      const isCut = way === "out" ? this.isOutCut : this.isBackCut;
      if (isCut) this.#kernel.after(RESEND_MS, tryAgain);
      else arrive();
    };
    this.#kernel.after(this.delayMs(), tryAgain);
  }
}

/** Where requests to a machine end up: the process that listens there now, if one does. */
export interface Listening {
  readonly process: Process | null;
}

/**
 * One request from `caller` to whatever listens on the machine. `handle` runs in that process, once
 * for each time that the request arrives, also after the caller gave up.
 */
export function post<T>(
  kernel: Kernel,
  way: { caller: Process; link: Link; machine: Listening; timeoutMs: number },
  handle: () => T,
): Promise<T> {
  const { caller, link, machine } = way;
  const { chance } = kernel;
  return new Promise<T>((resolve, reject) => {
    const fail = (kind: NetworkError["kind"]) => reject(new NetworkError(kind));
    caller.after(way.timeoutMs, () => fail("timeout"));
    if (chance.happens(link.loss)) {
      if (chance.happens(0.5)) caller.after(link.delayMs(), () => fail("reset"));
      return;
    }
    const arrive = () => {
      const { process } = machine;
      if (process === null) {
        link.carry("back", () => caller.do(() => fail("refused")));
        return;
      }
      process.do(() => {
        const reply = handle();
        if (chance.happens(link.loss)) return;
        link.carry("back", () => caller.do(() => resolve(reply)));
      });
    };
    link.carry("out", arrive);
    if (link.isDuplicated) link.carry("out", arrive);
  });
}

/** What the reader of a stream is told. */
export interface StreamReader {
  line(line: StreamLine): void;
  closed(error: NetworkError | null): void;
}

/** One open response: lines from a worker's process to the orchestrator's, in order. */
export class Stream {
  readonly #kernel: Kernel;
  readonly #link: Link;
  readonly #caller: Process;
  readonly #reader: StreamReader;
  readonly #onWriterClosed: () => void;
  #queue: (() => void)[] = [];
  #isCarrying = false;
  #readerGone = false;
  #writerGone = false;

  constructor(
    kernel: Kernel,
    ends: { link: Link; caller: Process; reader: StreamReader; onWriterClosed: () => void },
  ) {
    this.#kernel = kernel;
    this.#link = ends.link;
    this.#caller = ends.caller;
    this.#reader = ends.reader;
    this.#onWriterClosed = ends.onWriterClosed;
  }

  // --- the worker's end ---------------------------------------------------------------------

  send(line: StreamLine): void {
    if (this.#writerGone) return;
    this.#enqueue(() => this.#reader.line(line));
    const isRepeated = line.type === "outcomes" && this.#link.isDuplicated;
    if (isRepeated) this.#enqueue(() => this.#reader.line(line));
  }

  /** Says something that the contract does not know. The reader hangs up. */
  misspeak(): void {
    if (!this.#writerGone) this.#enqueue(() => this.#closeReader(new NetworkError("misspoken")));
  }

  /** The worker's end closes, or its process is gone. Across a cut the reader does not notice. */
  closeWriter(): void {
    if (this.#writerGone) return;
    this.#writerGone = true;
    if (!this.#link.isBackCut) this.#enqueue(() => this.#closeReader(null));
  }

  // --- the orchestrator's end -----------------------------------------------------------------

  /** The reader has enough. The worker notices once that reaches it. */
  closeReader(): void {
    if (this.#readerGone) return;
    this.#readerGone = true;
    this.#link.carry("out", () => this.#endWriter(), () => !this.#writerGone);
  }

  /** The connection breaks in the middle: what is under way is lost, both ends notice in time. */
  break(): void {
    this.#queue = [];
    this.#kernel.after(this.#link.delayMs(), () => this.#endWriter());
    this.#enqueue(() => this.#closeReader(new NetworkError("reset")));
  }

  #endWriter(): void {
    if (this.#writerGone) return;
    this.#writerGone = true;
    this.#onWriterClosed();
  }

  #closeReader(error: NetworkError | null): void {
    if (this.#readerGone) return;
    this.#readerGone = true;
    this.#reader.closed(error);
  }

  #enqueue(arrive: () => void): void {
    this.#queue.push(arrive);
    if (!this.#isCarrying) this.#carryNext();
  }

  #carryNext(): void {
    if (this.#queue.length === 0) {
      this.#isCarrying = false;
      return;
    }
    this.#isCarrying = true;
    this.#link.carry("back", () => {
      // One journey takes along all that was written until now.
      const arrived = this.#queue;
      this.#queue = [];
      for (const arrive of arrived) {
        this.#caller.do(() => {
          if (!this.#readerGone) arrive();
        });
      }
      this.#carryNext();
    });
  }
}
