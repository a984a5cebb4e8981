import { assertEquals, assertThrows } from "@std/assert";
import { join } from "node:path";
import { UsageError } from "./arguments.ts";
import { parseDotEnv, readSettings, Settings } from "./settings.ts";

Deno.test("Settings lets flags win over environment, .env, file and default", () => {
  const settings = new Settings({ A: "2" }, { A: "3", B: "3" });
  assertEquals(settings.integer("A", { flag: 1, file: 4, fallback: 5 }), 1);
  assertEquals(settings.integer("A", { file: 4, fallback: 5 }), 2);
  assertEquals(settings.integer("B", { file: 4, fallback: 5 }), 3);
  assertEquals(settings.integer("C", { file: 4, fallback: 5 }), 4);
  assertEquals(settings.integer("C", { fallback: 5 }), 5);
});

Deno.test("Settings takes an empty value for an absent one", () => {
  assertEquals(new Settings({ A: " " }, { A: "7" }).integer("A", { fallback: 5 }), 7);
});

Deno.test("Settings names the variable, the value and what it takes", () => {
  const settings = new Settings({ RETRIES: "many", LEVEL: "loud" }, { MANUAL: "maybe" });
  const message = (take: () => unknown) => assertThrows(take, UsageError).message;
  assertEquals(
    message(() => settings.integer("RETRIES", { fallback: 3, min: 0, max: 100 })),
    'RETRIES in the environment is "many" but takes an integer from 0 to 100',
  );
  assertEquals(
    message(() => settings.boolean("MANUAL", { fallback: true })),
    'MANUAL in .env is "maybe" but takes true or false',
  );
  assertEquals(
    message(() => settings.choice("LEVEL", ["INFO", "ERROR"], { fallback: "INFO" })),
    'LEVEL in the environment is "loud" but takes INFO | ERROR',
  );
});

Deno.test("Settings reads numbers, switches, choices and texts", () => {
  const settings = new Settings({ SECONDS: "2.5", ON: "Yes", LEVEL: "info", DIR: " results/ " });
  assertEquals(settings.number("SECONDS", { fallback: 1, min: 0 }), 2.5);
  assertEquals(settings.boolean("ON", { fallback: false }), true);
  assertEquals(settings.choice("LEVEL", ["INFO", "ERROR"], { fallback: "ERROR" }), "INFO");
  assertEquals(settings.text("DIR", { fallback: "" }), "results/");
  assertEquals(settings.written("DIR"), "results/");
  assertEquals(settings.names().sort(), ["DIR", "LEVEL", "ON", "SECONDS"]);
});

Deno.test("parseDotEnv() reads comments, quotes, export and a byte order mark", () => {
  const text = "\uFEFFA=2.0   # seconds\n\n# note\nexport B=\"x # y\"\nC='two\nlines'\nD=\n";
  assertEquals(parseDotEnv(text), { A: "2.0", B: "x # y", C: "two\nlines", D: "" });
});

Deno.test("parseDotEnv() refuses what would be skipped in silence", () => {
  const message = (text: string) => assertThrows(() => parseDotEnv(text), UsageError).message;
  for (const line of ["FARM_TOKEN: abc", "  notify_urls abc", "my secret abc"]) {
    assertEquals(message(line), "Line 1 of .env takes NAME=value");
  }
  assertEquals(message("A=1\nB 2\n"), 'Line 2 of .env is "B 2" but takes NAME=value');
  assertEquals(message('A="open\nB=2\n'), 'A value in .env opens with " and is never closed');
});

Deno.test("readSettings() reads .env of the folder, and does without", () => {
  const folder = Deno.makeTempDirSync();
  try {
    assertEquals(readSettings(folder).written("SETTINGS_TEST_ONLY"), undefined);
    Deno.writeTextFileSync(join(folder, ".env"), "SETTINGS_TEST_ONLY=1\n");
    assertEquals(readSettings(folder).written("SETTINGS_TEST_ONLY"), "1");
    Deno.removeSync(join(folder, ".env"));
    Deno.mkdirSync(join(folder, ".env"));
    assertThrows(() => readSettings(folder), UsageError, "Cannot read");
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
