/**
 * The elements that a replay works with, as the server wrote them.
 *
 * @module
 */
/// <reference lib="dom" />
import { fill } from "../page_data.ts";

export class Parts {
  readonly root: HTMLElement;
  readonly #words: Readonly<Record<string, string>>;

  constructor(root: HTMLElement) {
    this.root = root;
    this.#words = JSON.parse(root.dataset["words"] ?? "{}");
  }

  get task(): string {
    return this.root.dataset["task"] ?? "";
  }

  /** The task that is played along. */
  get other(): string | null {
    return this.root.dataset["other"] ?? null;
  }

  get<E extends HTMLElement = HTMLElement>(part: string): E {
    return this.root.querySelector<E>(`[data-part="${part}"]`)!;
  }

  say(key: string, values: Readonly<Record<string, string>> = {}): string {
    return fill(this.#words[`replay.${key}`] ?? key, values);
  }

  /** What goes on, for people and for whoever looks at the page from outside. */
  state(state: string, note: string): void {
    this.root.dataset["state"] = state;
    const place = this.get("note");
    if (place.textContent !== note) place.textContent = note;
    place.hidden = note === "";
  }

  show(...names: readonly string[]): void {
    for (const name of names) this.get(name).hidden = false;
  }
}
