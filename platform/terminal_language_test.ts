import { assertEquals, assertThrows } from "@std/assert";
import { join } from "node:path";
import { UsageError } from "./arguments.ts";
import { systemLanguage, terminalLanguage } from "./terminal_language.ts";

Deno.test("systemLanguage() reads the variables of the system in their order", () => {
  for (
    const [environment, language] of [
      [{ LANG: "es_CL.UTF-8" }, "es"],
      [{ LANG: "de_DE.UTF-8" }, "en"],
      [{ LANG: "es_ES", LC_MESSAGES: "en_GB" }, "en"],
      [{ LANG: "en_US", LC_ALL: "es_ES" }, "es"],
      [{ LANG: "en_US", LC_ALL: "", LC_MESSAGES: "es" }, "es"],
      [{ LANG: "en_US.UTF-8", LANGUAGE: "de:es:en" }, "es"],
      [{ LANG: "es_ES.UTF-8", LANGUAGE: "de:fr" }, "es"],
      // Scripts ask for English so.
      [{ LC_ALL: "C", LANG: "es_ES", LANGUAGE: "es" }, "en"],
      [{ LC_ALL: "C.UTF-8", LANG: "es_ES" }, "en"],
      [{ LANG: "POSIX", LANGUAGE: "es" }, "en"],
    ] as const
  ) {
    assertEquals(systemLanguage(environment, "es-CL"), language, JSON.stringify(environment));
  }
});

Deno.test("systemLanguage() takes the system's own where no variable is set", () => {
  assertEquals(systemLanguage({}, "es-MX"), "es");
  assertEquals(systemLanguage({ LANG: "" }, "ja-JP"), "en");
});

Deno.test("terminalLanguage() lets FARM_LANGUAGE of the folder win, and refuses others", async () => {
  const folder = await Deno.makeTempDir();
  const before = Deno.env.get("FARM_LANGUAGE");
  Deno.env.delete("FARM_LANGUAGE");
  try {
    await Deno.writeTextFile(join(folder, ".env"), "FARM_LANGUAGE=es\n");
    assertEquals(terminalLanguage(folder), "es");
    await Deno.writeTextFile(join(folder, ".env"), "FARM_LANGUAGE=fr\n");
    const error = assertThrows(() => terminalLanguage(folder), UsageError);
    assertEquals(error.message, 'FARM_LANGUAGE in .env is "fr" but takes en | es');
    // What is wrong with it is told by the program that needs its settings.
    await Deno.writeTextFile(join(folder, ".env"), "not a line of settings\n");
    Deno.env.set("FARM_LANGUAGE", "es");
    assertEquals(terminalLanguage(folder), "es");
  } finally {
    if (before === undefined) Deno.env.delete("FARM_LANGUAGE");
    else Deno.env.set("FARM_LANGUAGE", before);
    await Deno.remove(folder, { recursive: true });
  }
});
