/**
 * Asks for a password without showing it.
 *
 * @module
 */

/** How the prompt behaves. */
export interface PromptSecretOptions {
  /** What stands for each character; "" shows nothing at all. @default {"*"} */
  mask?: string;
  /** Whether the line is removed from the screen after the answer. @default {false} */
  clear?: boolean;
}

const CLEAR_LINE = "\r\x1b[K";

const encoder = new TextEncoder();

/**
 * Reads one line from the terminal and shows a mask instead; Backspace deletes, Ctrl-C ends the
 * program. Returns null without a terminal.
 */
export function promptSecret(
  message = "Secret",
  { mask = "*", clear }: PromptSecretOptions = {},
): string | null {
  if (!Deno.stdin.isTerminal()) return null;
  const prompt = message ? `${message} ` : "";
  let secret = "";
  Deno.stdin.setRaw(true);
  write(prompt);
  try {
    for (const character of typedCharacters()) {
      if (character === "\r" || character === "\n") break;
      if (character === "\x03" || character === "\x04") endProgram();
      if (character === "\x7f" || character === "\b") secret = [...secret].slice(0, -1).join("");
      else secret += character;
      write(`${CLEAR_LINE}${prompt}${mask.repeat([...secret].length)}`);
    }
    return secret;
  } finally {
    write(clear ? CLEAR_LINE : "\n");
    Deno.stdin.setRaw(false);
  }
}

function* typedCharacters(): Generator<string> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(64);
  while (true) {
    const length = Deno.stdin.readSync(buffer);
    if (!length) return;
    yield* decoder.decode(buffer.subarray(0, length), { stream: true });
  }
}

/** In raw mode the terminal sends Ctrl-C as a character; it must still end the program. */
function endProgram(): never {
  Deno.stdin.setRaw(false);
  Deno.exit(130);
}

function write(text: string): void {
  Deno.stdout.writeSync(encoder.encode(text));
}
