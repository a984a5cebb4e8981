/**
 * The queue before one channel: messages go out one after another, are tried again with growing
 * pauses, and are given up with a line in the log. Nobody waits for it, and it cannot grow.
 *
 * @module
 */
import { getLogger } from "../../platform/log.ts";
import { type Channel, DeliveryError } from "./channel.ts";
import type { Message } from "./message.ts";

const log = getLogger("notify");

/** Messages that wait for a channel; beyond, the oldest is given up. */
export const WAITING_MAX = 20;
/** Pauses before the tries after the first, ms. */
export const RETRY_MS = [1000, 5000, 30_000, 120_000, 600_000] as const;

/** How a channel is, for the page. Holds no secret. */
export interface ChannelState {
  readonly name: string;
  readonly waiting: number;
  /** Epoch ms. */
  readonly last_delivered: number | null;
  /** Why the last try failed; null when it did not. */
  readonly problem: string | null;
}

/** Resolves after the time, or at once when the signal says so. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<void>;

export class Delivery {
  readonly #channel: Channel;
  readonly #pause: Pause;
  readonly #stop = new AbortController();
  /** Ends the present pause early: no time is left for it. */
  #hurry = new AbortController();
  #hurried = false;
  #waiting: Message[] = [];
  #working: Promise<void> | null = null;
  #lastDelivered: number | null = null;
  #problem: string | null = null;

  constructor(channel: Channel, { pause = pauseFor }: { pause?: Pause } = {}) {
    this.#channel = channel;
    this.#pause = pause;
  }

  state(): ChannelState {
    return {
      name: this.#channel.name,
      waiting: this.#waiting.length,
      last_delivered: this.#lastDelivered,
      problem: this.#problem,
    };
  }

  /** Takes a message over; never throws and never waits. */
  add(message: Message): void {
    this.#waiting.push(message);
    if (this.#waiting.length > WAITING_MAX) {
      this.#giveUp(this.#waiting.shift()!, "too many messages wait for this channel");
    }
    this.#working ??= this.#work();
  }

  /** Tries what waits once more within `ms`, then ends. */
  async stop(ms: number): Promise<void> {
    this.#hurried = true;
    this.#hurry.abort();
    const timer = setTimeout(() => this.#stop.abort(), ms);
    await this.#working;
    clearTimeout(timer);
  }

  async #work(): Promise<void> {
    for (let message = this.#waiting[0]; message !== undefined; message = this.#waiting[0]) {
      await this.#deliver(message);
      // A flood may have pushed it out meanwhile.
      if (this.#waiting[0] === message) this.#waiting.shift();
    }
    this.#working = null;
  }

  async #deliver(message: Message): Promise<void> {
    for (let tries = 0;; tries++) {
      const error = await this.#try(message);
      if (error === null) return;
      const pauseMs = RETRY_MS[tries];
      const hopeless = !error.retryable || pauseMs === undefined;
      if (hopeless || this.#hurried || this.#stop.signal.aborted) {
        return this.#giveUp(message, error.message);
      }
      const waitMs = Math.max(pauseMs, error.retryAfterMs ?? 0);
      this.#hurry = new AbortController();
      await this.#pause(waitMs, this.#hurry.signal);
    }
  }

  async #try(message: Message): Promise<DeliveryError | null> {
    try {
      await this.#channel.send(message, this.#stop.signal);
      this.#lastDelivered = Date.now();
      this.#problem = null;
      return null;
    } catch (error) {
      const failure = error instanceof DeliveryError
        ? error
        : new DeliveryError("It failed in a way that is a fault of this program", {
          retryable: false,
        });
      this.#problem = failure.message;
      log.info("Notification not taken", { channel: this.#channel.name, reason: failure.message });
      return failure;
    }
  }

  #giveUp(message: Message, reason: string): void {
    const { name } = this.#channel;
    log.warning("Notification given up", { channel: name, id: message.id, reason });
  }
}

/** Waits on the real clock. */
export function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
