/**
 * What the command line programs say to whoever started them, in one language: English until a
 * program asks for another. Logs, JSON and the answers of servers never go through here.
 *
 * @module
 */
import {
  DICTIONARIES,
  type Language,
  type Translate,
  translator,
  type WordKey,
  type WordValues,
} from "./i18n.ts";

let spoken: Translate = plain("en");

/** From now on `t` speaks this language. */
export function speak(language: Language): void {
  spoken = plain(language);
}

/** Says something in the language of the program's user. */
export const t: Translate = (key, values) => spoken(key, values);

/** Numbers as programs write them: what stands on a terminal is copied into commands and scripts. */
export function plain(language: Language): Translate {
  const translate = translator(language);
  return (key, values: WordValues = {}) =>
    translate(
      key,
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)])),
    );
}

/** The words of a key; any other text as it is. */
export function worded(text: string): string {
  return Object.hasOwn(DICTIONARIES.en, text) ? t(text as WordKey) : text;
}
