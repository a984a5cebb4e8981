/**
 * The way back: one stream of JSON lines for each farm, opened by its orchestrator. Hello first,
 * then outcomes as they come, progress now and then, a heartbeat always.
 *
 * A stream holds no lines for a slow reader. It knows what is due and writes the next line when the
 * reader has taken the one before, so late heartbeats and progress melt into one, and outcomes wait
 * in the ledger, where they are until they are acknowledged anyway.
 *
 * @module
 */
import {
  type AttemptRef,
  type Heartbeat,
  HEARTBEAT_MS,
  type Hello,
  OUTCOMES_MAX,
  type Progress,
  PROGRESS_MS,
  type ProgressLine,
} from "../contract/wire.ts";
import { setImmediate } from "node:timers";
import type { Attempt, HeldOutcome } from "./attempts.ts";

const encoder = new TextEncoder();

/** Where a stream gets what it reports. */
export interface ReportSource {
  readonly hello: (farm: string) => Hello;
  /** `unsent`: ended attempts whose outcomes have not been written yet. */
  readonly heartbeat: (farm: string, unsent: readonly Attempt[]) => Heartbeat;
  readonly running: (farm: string) => Progress[];
  /** Ended attempts that are not acknowledged. */
  readonly ended: (farm: string) => Attempt[];
  /** False once an outcome is acknowledged: it need not be sent any more. */
  readonly isHeld: (farm: string, ref: AttemptRef) => boolean;
}

/** The open streams of one worker. */
export class Reporter {
  readonly #source: ReportSource;
  readonly #streams = new Map<string, FarmStream>();

  constructor(source: ReportSource) {
    this.#source = source;
  }

  /** Opens the stream of a farm. An older one of the same farm is closed: the newest wins. */
  open(farm: string): ReadableStream<Uint8Array<ArrayBuffer>> {
    this.#streams.get(farm)?.close();
    const stream = new FarmStream(farm, this.#source, () => {
      if (this.#streams.get(farm) === stream) this.#streams.delete(farm);
    });
    this.#streams.set(farm, stream);
    return stream.readable;
  }

  /** Reports an ended attempt on its farm's stream, if one is open. */
  report(attempt: Attempt): void {
    this.#streams.get(attempt.farm)?.report(attempt);
  }

  /** Sends a heartbeat on all streams without waiting for its time. */
  heartbeat(): void {
    for (const stream of this.#streams.values()) stream.heartbeat();
  }

  get streams(): number {
    return this.#streams.size;
  }

  close(): void {
    for (const stream of this.#streams.values()) stream.close();
  }
}

class FarmStream {
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly #farm: string;
  readonly #source: ReportSource;
  readonly #onClose: () => void;
  #controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined;
  readonly #timers: ReturnType<typeof setInterval>[] = [];
  #unsent: Attempt[];
  #flushScheduled = false;
  #heartbeatDue = false;
  #progressDue = false;
  /** What the last progress line said, to stay silent while nothing moves. */
  #lastProgress = "";

  constructor(farm: string, source: ReportSource, onClose: () => void) {
    this.#farm = farm;
    this.#source = source;
    this.#onClose = onClose;
    this.#unsent = source.ended(farm);
    this.readable = new ReadableStream({
      start: (controller) => this.#start(controller),
      pull: () => this.#write(),
      cancel: () => this.close(),
    }, { highWaterMark: 2 });
  }

  report(attempt: Attempt): void {
    this.#unsent.push(attempt);
    if (this.#flushScheduled) return;
    this.#flushScheduled = true;
    // Everything that ends in this turn of the event loop goes out in one line.
    setImmediate(() => {
      this.#flushScheduled = false;
      this.#write();
    });
  }

  heartbeat(): void {
    this.#heartbeatDue = true;
    this.#write();
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    const controller = this.#controller;
    this.#controller = undefined;
    this.#onClose();
    try {
      controller?.close();
    } catch {
      // The reader has closed it already.
    }
  }

  #start(controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>): void {
    this.#controller = controller;
    controller.enqueue(encodeLine(JSON.stringify(this.#source.hello(this.#farm))));
    this.#timers.push(
      setInterval(() => this.heartbeat(), HEARTBEAT_MS),
      setInterval(() => {
        this.#progressDue = true;
        this.#write();
      }, PROGRESS_MS),
    );
  }

  /** Writes what is due as long as the reader has room. */
  #write(): void {
    while ((this.#controller?.desiredSize ?? 0) > 0) {
      const line = this.#nextLine();
      if (line === undefined) return;
      this.#controller?.enqueue(encodeLine(line));
    }
  }

  #nextLine(): string | undefined {
    if (this.#heartbeatDue) {
      this.#heartbeatDue = false;
      return JSON.stringify(this.#source.heartbeat(this.#farm, this.#unsent));
    }
    return this.#nextOutcomes() ?? this.#nextProgress();
  }

  #nextOutcomes(): string | undefined {
    while (this.#unsent.length > 0) {
      const outcomes = this.#unsent.splice(0, OUTCOMES_MAX)
        .filter(({ assignment }) => this.#source.isHeld(this.#farm, assignment))
        .flatMap(({ outcome }) => outcome ?? []);
      if (outcomes.length > 0) return outcomesText(outcomes);
    }
    return undefined;
  }

  #nextProgress(): string | undefined {
    if (!this.#progressDue) return undefined;
    this.#progressDue = false;
    const running = this.#source.running(this.#farm);
    const progress = JSON.stringify(running);
    if (running.length === 0 || progress === this.#lastProgress) return undefined;
    this.#lastProgress = progress;
    const line: ProgressLine = { type: "progress", running };
    return JSON.stringify(line);
  }
}

function encodeLine(json: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(json + "\n");
}

/** The JSON of an `OutcomesLine`. Results go in as the texts they are. */
function outcomesText(outcomes: readonly HeldOutcome[]): string {
  return `{"type":"outcomes","outcomes":[${outcomes.map(outcomeText).join(",")}]}`;
}

function outcomeText(outcome: HeldOutcome): string {
  if (outcome.status !== "completed") return JSON.stringify(outcome);
  const { result, ...rest } = outcome;
  return `${JSON.stringify(rest).slice(0, -1)},"result":${result}}`;
}
