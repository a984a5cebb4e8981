import { assert, assertEquals } from "@std/assert";
import {
  acceptedLanguage,
  DICTIONARIES,
  knownLanguage,
  LANGUAGES,
  translator,
  type Wording,
  type WordKey,
} from "./i18n.ts";

const keys = Object.keys(DICTIONARIES.en) as WordKey[];

function sentences(wording: Wording): string[] {
  return typeof wording === "string" ? [wording] : [wording.one, wording.other];
}

function placeholders(wording: Wording): string[] {
  const names = sentences(wording).flatMap((text) => text.match(/\{\w+\}/g) ?? []);
  return [...new Set(names)].sort();
}

for (const language of LANGUAGES) {
  Deno.test(`words in ${language} have the keys, placeholders and numbers of English`, () => {
    const words = DICTIONARIES[language];
    assertEquals(Object.keys(words).sort(), [...keys].sort());
    for (const key of keys) {
      assertEquals(placeholders(words[key]), placeholders(DICTIONARIES.en[key]), key);
      assertEquals(typeof words[key], typeof DICTIONARIES.en[key], key);
      for (const sentence of sentences(words[key])) assert(sentence.trim() === sentence, key);
    }
  });
}

Deno.test("translator() puts numbers and texts in, as the language writes them", () => {
  assertEquals(translator("en")("tasks.matching", { n: 1234 }), "1,234 tasks");
  assertEquals(translator("es")("tasks.matching", { n: 12345 }), "12.345 tareas");
  assertEquals(translator("en")("tasks.matching", { n: 1 }), "1 task");
  assertEquals(translator("es")("done.retry", { n: 1 }), "1 tarea se ejecuta de nuevo.");
});

Deno.test("translator() puts a value in as it is, whatever stands in it", () => {
  const said = translator("en")("compare.unknown", { id: "{id} $& $1 <b>" });
  assertEquals(said, "There is no task {id} $& $1 <b>.");
  assertEquals(translator("en")("compare.unknown"), "There is no task {id}.");
});

Deno.test("acceptedLanguage() takes the best of ours", () => {
  for (
    const [header, language] of [
      ["es-CL,es;q=0.9,en;q=0.8", "es"],
      ["de,fr;q=0.9", "en"],
      ["de, en;q=0.3, es;q=0.5", "es"],
      ["es;q=0", "en"],
      ["", "en"],
      [undefined, "en"],
    ] as const
  ) {
    assertEquals(acceptedLanguage(header), language, String(header));
  }
});

Deno.test("knownLanguage() reads tags and locales", () => {
  assertEquals(["es_CL.UTF-8", "ES", "en-GB", "xx", "", null].map(knownLanguage), [
    "es",
    "es",
    "en",
    undefined,
    undefined,
    undefined,
  ]);
});
