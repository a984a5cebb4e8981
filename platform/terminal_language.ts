/**
 * The language of whoever sits before the terminal: FARM_LANGUAGE, else what the system was told by
 * the variables that every Unix program reads, else the system's own.
 *
 * @module
 */
import { UsageError } from "./arguments.ts";
import { knownLanguage, type Language, LANGUAGES } from "./i18n.ts";
import { readSettings, Settings } from "./settings.ts";

/**
 * The language for a program that works in `folder`. Its `.env` counts as far as it can be read; who
 * needs more of it complains.
 *
 * @throws {UsageError} When FARM_LANGUAGE is no language that there are words in.
 */
export function terminalLanguage(folder: string): Language {
  const fallback = systemLanguage(Deno.env.toObject());
  return settingsOf(folder).choice("FARM_LANGUAGE", LANGUAGES, { fallback });
}

function settingsOf(folder: string): Settings {
  try {
    return readSettings(folder);
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof Deno.errors.NotCapable)) throw error;
    return new Settings(Deno.env.toObject());
  }
}

/**
 * The language of these variables, in the order of gettext: LC_ALL=C means English, whatever
 * LANGUAGE says, because scripts rely on it.
 */
export function systemLanguage(
  environment: Readonly<Record<string, string>>,
  own = navigator.language,
): Language {
  const { LC_ALL, LC_MESSAGES, LANG, LANGUAGE } = environment;
  const locale = LC_ALL || LC_MESSAGES || LANG;
  if (!locale) return knownLanguage(own) ?? "en";
  if (/^(C|POSIX)\b/.test(locale)) return "en";
  for (const wish of [...(LANGUAGE ?? "").split(":"), locale]) {
    const language = knownLanguage(wish);
    if (language !== undefined) return language;
  }
  return "en";
}
