/**
 * What the server tells the browser's part through the page: language, words, topics.
 *
 * @module
 */
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { Format } from "../format.ts";

const words: Record<string, string> = JSON.parse(document.body.dataset["words"] ?? "{}");

export const format: Format = new Format(document.body.dataset["language"] ?? "en");

/** A sentence of the page's language. */
export function say(key: string, values: Readonly<Record<string, string>> = {}): string {
  return fill(words[key] ?? key, values);
}

export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (placeholder, name) => values[name] ?? placeholder);
}

/** Statistics as `GET /stats` answers them; asked for by path. */
export type Stats = Readonly<Record<string, unknown>>;

export function statAt(stats: Stats, path: string): number | null {
  let node: unknown = stats;
  for (const name of path.split(".")) node = (node as Record<string, unknown> | null)?.[name];
  return typeof node === "number" ? node : null;
}
