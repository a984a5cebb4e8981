import { assertEquals, assertThrows } from "@std/assert";
import { type Output, printable, styler, table, write } from "./terminal.ts";

function fakeOutput(options: { terminal?: boolean; bytesPerWrite?: number } = {}) {
  let text = "";
  const output: Output = {
    isTerminal: () => options.terminal ?? false,
    writeSync(bytes) {
      const taken = bytes.subarray(0, options.bytesPerWrite ?? bytes.length);
      text += new TextDecoder().decode(taken);
      return taken.length;
    },
  };
  return { output, text: () => text };
}

Deno.test("write() writes everything to an output that takes a few bytes at a time", () => {
  const { output, text } = fakeOutput({ bytesPerWrite: 3 });
  write(output, "a line longer than that\n");
  assertEquals(text(), "a line longer than that\n");
});

Deno.test("write() ignores a reader that has gone, and nothing else", () => {
  const failing = (error: Error): Output => ({
    isTerminal: () => false,
    writeSync: () => {
      throw error;
    },
  });
  write(failing(new Deno.errors.BrokenPipe("gone")), "text");
  assertThrows(() => write(failing(new RangeError("other")), "text"), RangeError, "other");
});

Deno.test("styler() colours on a terminal only", () => {
  const before = Deno.env.get("NO_COLOR");
  Deno.env.delete("NO_COLOR");
  try {
    assertEquals(styler(fakeOutput({ terminal: true }).output)("red", "x"), "\x1b[31mx\x1b[0m");
    assertEquals(styler(fakeOutput({ terminal: false }).output)("red", "x"), "x");
    Deno.env.set("NO_COLOR", "1");
    assertEquals(styler(fakeOutput({ terminal: true }).output)("red", "x"), "x");
  } finally {
    if (before === undefined) Deno.env.delete("NO_COLOR");
    else Deno.env.set("NO_COLOR", before);
  }
});

Deno.test("table() aligns columns and leaves no trailing spaces", () => {
  const text = table(["task", "steps", "state"], [["a", "5", "done"], ["longer", "1000", ""]], {
    right: [1],
  });
  assertEquals(text, "task    steps  state\na           5  done\nlonger   1000");
});

Deno.test("printable() takes the power of control characters away", () => {
  assertEquals(printable("a\x1b[2Jb\nc\u202e"), "a�[2Jb�c�");
});
