/**
 * The words that people read, in their language. Keys and placeholders are those of the English
 * file; JSON fields, metric names and error codes are for programs and are never translated.
 *
 * @module
 */
import en from "../locales/en.json" with { type: "json" };
import es from "../locales/es.json" with { type: "json" };

export const LANGUAGES = ["en", "es"] as const;
export type Language = typeof LANGUAGES[number];

/** A sentence, or one for each grammatical number; `{n}` decides between them. */
export type Wording = string | { readonly one: string; readonly other: string };
export type WordKey = keyof typeof en;
export type Dictionary = Readonly<Record<WordKey, Wording>>;

/** What stands for `{name}`; numbers are written as the language writes them. */
export type WordValues = Readonly<Record<string, string | number>>;

export const DICTIONARIES: Readonly<Record<Language, Dictionary>> = { en, es };

/** Says things in one language. */
export type Translate = (key: WordKey, values?: WordValues) => string;

export function translator(language: Language): Translate {
  const words = DICTIONARIES[language];
  const plurals = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
  return (key, values = {}) => {
    const wording = words[key];
    const text = typeof wording === "string"
      ? wording
      : wording[plurals.select(Number(values["n"])) === "one" ? "one" : "other"];
    return text.replace(/\{(\w+)\}/g, (placeholder, name) => {
      const value = values[name];
      if (value === undefined) return placeholder;
      return typeof value === "number" ? numbers.format(value) : value;
    });
  };
}

/** `es` of `es-CL`; undefined for a language that there are no words in. */
export function knownLanguage(written: string | null | undefined): Language | undefined {
  const language = written?.trim().toLowerCase().split(/[-_.@]/)[0];
  return LANGUAGES.find((known) => known === language);
}

/** The best language of an `Accept-Language` header; English when none of ours is in it. */
export function acceptedLanguage(header: string | null | undefined): Language {
  const wishes = (header ?? "").split(",").map((wish) => {
    const [tag, ...parameters] = wish.split(";");
    const weight = parameters.find((one) => one.trim().startsWith("q="))?.trim().slice(2);
    return { language: knownLanguage(tag), weight: weight === undefined ? 1 : Number(weight) };
  });
  const best = wishes.filter(({ language, weight }) => language !== undefined && weight > 0)
    .sort((a, b) => b.weight - a.weight)[0];
  return best?.language ?? "en";
}
