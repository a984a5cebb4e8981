/**
 * Tests of the prompts on a terminal that is not there.
 *
 * @module
 */
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { FakeTerminal } from "./fake_terminal.ts";
import { promptSecret } from "./prompt_secret.ts";
import { promptMultipleSelect } from "./unstable_prompt_multiple_select.ts";
import { promptSelect } from "./unstable_prompt_select.ts";

const [UP, DOWN, ENTER, DELETE] = ["\x1b[A", "\x1b[B", "\r", "\x7f"];
const ANIMALS = ["ant", "bee", "cat", "dog"];

Deno.test("promptSelect() returns null without a terminal and writes nothing", () => {
  using terminal = new FakeTerminal({ isTerminal: false });
  assertEquals(promptSelect("Which?", ANIMALS), null);
  assertEquals(promptMultipleSelect("Which?", ANIMALS), null);
  assertEquals(promptSecret(), null);
  assertEquals(terminal.output, "");
});

Deno.test("promptSelect() returns the entry under the cursor, also as a value with a label", () => {
  using terminal = new FakeTerminal({ reads: [DOWN, DOWN, UP, ENTER] });
  const choice = promptSelect("Which?", [{ label: "one", value: 1 }, { label: "two", value: 2 }]);
  assertEquals(choice, { label: "two", value: 2 });
  assertEquals(terminal.screen, ["Which?", "  one", "❯ two"]);
  assertEquals(terminal.rawModes, [true, false]);
});

Deno.test("promptSelect() goes round at both ends and accepts Space", () => {
  using _up = new FakeTerminal({ reads: [UP, " "] });
  assertEquals(promptSelect("Which?", ANIMALS), "dog");
  using _down = new FakeTerminal({ reads: [DOWN, DOWN, DOWN, DOWN, ENTER] });
  assertEquals(promptSelect("Which?", ANIMALS), "ant");
});

Deno.test("promptSelect() understands several keys in one read", () => {
  using _terminal = new FakeTerminal({ reads: [`${DOWN}${DOWN}${ENTER}`] });
  assertEquals(promptSelect("Which?", ANIMALS), "cat");
});

Deno.test("promptSelect() filters by what is typed", () => {
  using terminal = new FakeTerminal({ reads: ["x", DELETE, "E", ENTER] });
  assertEquals(promptSelect("Which?", ANIMALS), "bee");
  assertEquals(terminal.screen, ["Which? (filter: E)", "❯ bee"]);
});

Deno.test("promptSelect() scrolls a list that is longer than the room for it", () => {
  using terminal = new FakeTerminal({ reads: [DOWN, DOWN, ENTER] });
  assertEquals(promptSelect("Which?", ANIMALS, { visibleLines: 2, indicator: "->" }), "cat");
  assertEquals(terminal.screen, ["Which?", "   ...", "   bee", "-> cat", "   ..."]);
  using low = new FakeTerminal({ reads: [ENTER], rows: 6 });
  promptSelect("Which?", ANIMALS);
  assertEquals(low.screen, ["Which?", "❯ ant", "  bee", "  ..."]);
});

Deno.test("promptSelect() clears the screen if asked to", () => {
  using terminal = new FakeTerminal({ reads: [ENTER] });
  promptSelect("Which?", ANIMALS, { clear: true });
  assertEquals(terminal.screen, []);
});

Deno.test("promptSelect() ends the program at Ctrl-C with the terminal in order", () => {
  using terminal = new FakeTerminal({ reads: ["\x03"] });
  assertThrows(() => promptSelect("Which?", ANIMALS), Error, "The program was ended");
  assertEquals(terminal.exitCode, 0);
  assertEquals(terminal.rawModes.at(-1), false);
  assertStringIncludes(terminal.output, "\x1b[?25h");
});

Deno.test("promptMultipleSelect() toggles with Space and keeps the order of the list", () => {
  using terminal = new FakeTerminal({ reads: [UP, " ", DOWN, " ", DOWN, " ", " ", ENTER] });
  assertEquals(promptMultipleSelect("Which?", ANIMALS), ["ant", "dog"]);
  assertEquals(terminal.screen, ["Which?", "  ◉ ant", "❯ ◯ bee", "  ◯ cat", "  ◉ dog"]);
});

Deno.test("promptMultipleSelect() may return nothing at all", () => {
  using _terminal = new FakeTerminal({ reads: [ENTER] });
  assertEquals(promptMultipleSelect("Which?", ANIMALS), []);
});

Deno.test("promptSecret() shows a mask and returns what was typed", () => {
  using terminal = new FakeTerminal({ reads: ["n", DELETE, "dé", "n", "\b", "o", ENTER] });
  assertEquals(promptSecret("Password:"), "déo");
  assertEquals(terminal.output.split("\r\x1b[K").at(-1), "Password: ***\n");
  assertEquals(terminal.rawModes, [true, false]);
});

Deno.test("promptSecret() has another mask, none, and clears if asked to", () => {
  using dollars = new FakeTerminal({ reads: ["ab", ENTER] });
  promptSecret("Word", { mask: "$" });
  assertStringIncludes(dollars.output, "Word $$\n");
  using silent = new FakeTerminal({ reads: ["ab", ENTER] });
  promptSecret("Word", { mask: "", clear: true });
  assertEquals(silent.output.split("\r\x1b[K").at(-1), "");
});
