/**
 * What every page knows of its reader: language, theme, and where the reader is.
 *
 * @module
 */
import type { Context } from "hono";
import { getCookie } from "hono/cookie";
import {
  acceptedLanguage,
  knownLanguage,
  type Language,
  type Translate,
  translator,
} from "../../platform/i18n.ts";
import { callerRole, hasSession } from "../../platform/guard.ts";
import { Format } from "./format.ts";

export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = typeof THEMES[number];

export interface View {
  readonly language: Language;
  readonly theme: Theme;
  readonly t: Translate;
  readonly format: Format;
  /** Path and query of this page. */
  readonly url: URL;
  /** Epoch ms at which the page is made. */
  readonly now: number;
  /** Id of the latest event when the page was made; the browser goes on from it. */
  readonly eventId?: number;
  /** Whether the reader can sign out. */
  readonly signedIn: boolean;
  /** Whether the reader may change anything; else buttons are there, but off. */
  readonly mayAct: boolean;
}

const translators = new Map<Language, { t: Translate; format: Format }>();

export function viewOf(c: Context): View {
  const url = new URL(c.req.url);
  const language = knownLanguage(url.searchParams.get("lang")) ??
    knownLanguage(getCookie(c, "lang")) ?? acceptedLanguage(c.req.header("accept-language"));
  const theme = THEMES.find((known) => known === getCookie(c, "theme")) ?? "auto";
  let tools = translators.get(language);
  if (tools === undefined) {
    tools = { t: translator(language), format: new Format(language) };
    translators.set(language, tools);
  }
  const reader = { signedIn: hasSession(c), mayAct: callerRole(c) === "operator" };
  return { language, theme, ...tools, url, now: Date.now(), ...reader };
}

/** A link to a page of the dashboard; absent and empty parameters are left out. */
export function link(
  path: string,
  parameters: Readonly<Record<string, string | number | null | undefined>> = {},
): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null && value !== undefined && value !== "") search.set(name, String(value));
  }
  return search.size === 0 ? path : `${path}?${search}`;
}

/** The same page with some parameters changed. */
export function here(view: View, changes: Readonly<Record<string, string | null>>): string {
  const current = Object.fromEntries(view.url.searchParams);
  return link(view.url.pathname, { ...current, ...changes });
}
