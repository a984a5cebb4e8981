/**
 * The one stream of events of this tab. It says how the connection is, and rests while nobody looks.
 *
 * @module
 */
/// <reference lib="dom" />
import { say } from "./page_data.ts";

/** Hidden for so long, ms, a page lets go of its stream. */
const REST_AFTER_MS = 30_000;

export interface LiveHandlers {
  /** Something of this topic has changed. */
  event(topic: string, data: unknown): void;
  /** What is shown may be old: everything is to be looked at anew. */
  stale(): void;
}

export class Live {
  readonly #topics: string;
  readonly #handlers: LiveHandlers;
  #source: EventSource | null = null;
  #restTimer: number | undefined;
  #wasOpen = false;

  constructor(topics: string, handlers: LiveHandlers) {
    this.#topics = topics;
    this.#handlers = handlers;
  }

  start(): void {
    if (this.#topics === "") return show("off");
    this.#open();
    document.addEventListener("visibilitychange", () => this.#onVisibility());
    // A page that leaves must not keep its stream until the browser cleans up.
    addEventListener("pagehide", () => this.#close());
    addEventListener("pageshow", (event) => {
      if (event.persisted) this.#open();
    });
  }

  #open(): void {
    if (this.#source !== null) return;
    const query = new URLSearchParams({ topics: this.#topics });
    // What changed since the server made the page is told first.
    const seen = document.body.dataset["event"];
    if (seen !== undefined && !this.#wasOpen) query.set("last_event_id", seen);
    const source = new EventSource(`/events?${query}`);
    this.#source = source;
    if (!this.#wasOpen) show("connecting");
    source.addEventListener("hello", (event) => {
      show("connected");
      const { resumed } = JSON.parse(event.data) as { resumed: boolean };
      if (!resumed) this.#handlers.stale();
      this.#wasOpen = true;
    });
    source.addEventListener("error", () => {
      show("connecting");
      // The browser gives up for good when the server answers with an error: try again ourselves.
      if (source.readyState === EventSource.CLOSED && this.#source === source) {
        this.#source = null;
        setTimeout(() => this.#open(), 2000);
      }
    });
    for (const topic of this.#topics.split(",")) {
      source.addEventListener(topic, (event) => {
        this.#handlers.event(topic, JSON.parse((event as MessageEvent<string>).data));
      });
    }
  }

  #close(): void {
    this.#source?.close();
    this.#source = null;
  }

  #onVisibility(): void {
    clearTimeout(this.#restTimer);
    if (document.visibilityState === "visible") {
      if (this.#source === null) this.#open();
      return;
    }
    this.#restTimer = setTimeout(() => {
      this.#close();
      show("paused");
    }, REST_AFTER_MS) as unknown as number;
  }
}

function show(state: "off" | "connecting" | "connected" | "paused"): void {
  const element = document.getElementById("live");
  if (element === null) return;
  element.dataset["state"] = state;
  if (state !== "off") element.querySelector("span")!.textContent = say(`live.${state}`);
}
