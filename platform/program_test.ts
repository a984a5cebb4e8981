import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { WordedCommand } from "./arguments.ts";
import { helpText } from "./program.ts";
import { speak } from "./words.ts";

const spec = {
  command: "deno task example",
  summary: "cli.worker",
  examples: ["deno task example --port 5001 a.json", "ls | deno task example --mode fast -"],
  flags: {
    port: { kind: "integer", value: "N", description: "flag.port", fallback: "5001" },
    mode: { kind: "text", choices: ["fast", "exact"], description: "flag.preview" },
    "token-file": { kind: "text", value: "FILE", description: "flag.token_file" },
  },
  operands: { name: "FILE", min: 0, max: 2 },
} as const satisfies WordedCommand;

Deno.test("helpText() leads with examples and names every flag", () => {
  const text = helpText(spec);
  assertEquals(text.split("\n")[2], "Examples:");
  for (const flag of Object.keys(spec.flags)) assertStringIncludes(text, `--${flag}`);
  assertStringIncludes(text, "fast | exact");
  assertStringIncludes(
    text,
    "--port N           Port to listen on; 0 takes a free one (default: 5001)",
  );
  assertStringIncludes(text, "Usage: deno task example FILE… [flags]");
});

Deno.test("helpText() calls the program as it was started", () => {
  const text = helpText(spec, "./dist/example");
  assertStringIncludes(text, "  ./dist/example --port 5001 a.json\n  ls | ./dist/example --mode");
  assertStringIncludes(text, "Usage: ./dist/example FILE…");
  assert(!text.includes("deno task"));
});

Deno.test("helpText() speaks the language of its user, flags and values stay what they are", () => {
  speak("es");
  try {
    const text = helpText(spec);
    assertStringIncludes(text, "Ejemplos:");
    assertStringIncludes(text, "Uso: deno task example ARCHIVO… [opciones]");
    assertStringIncludes(text, "--token-file ARCHIVO  Token que necesita cada cliente");
    assertStringIncludes(text, "(fast | exact)");
  } finally {
    speak("en");
  }
});
