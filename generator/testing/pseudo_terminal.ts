/**
 * Runs a program in a real pseudo-terminal, for tests: types what a person would type, after the
 * program has shown what that person waits for.
 *
 * @module
 */

/** True where util-linux's `script` can open a terminal for us. */
export function hasPseudoTerminal(): boolean {
  if (Deno.build.os !== "linux") return false;
  try {
    return new Deno.Command("script", { args: ["--version"], stdout: "null", stderr: "null" })
      .outputSync().success;
  } catch {
    return false;
  }
}

const GIVE_UP_MS = 60_000;

/** What to wait for on the screen, and what to type then. */
export type Turn = readonly [awaited: string, typed: string];

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * Runs `command` in `cwd` and plays the turns.
 *
 * @returns All that was on the screen, and the exit code.
 */
export async function runInTerminal(
  command: readonly string[],
  options: {
    readonly cwd: string;
    readonly turns: readonly Turn[];
    readonly language?: "en" | "es";
  },
): Promise<{ screen: string; code: number }> {
  const { language = "en" } = options;
  // A terminal without a person behind it has no size of its own.
  const line = `stty rows 40 cols 150; ${command.map(quoted).join(" ")}`;
  const child = new Deno.Command("script", {
    args: ["--quiet", "--return", "--command", line, "/dev/null"],
    cwd: options.cwd,
    env: { TERM: "xterm", SHELL: "/bin/sh", NO_COLOR: "1", FARM_LANGUAGE: language },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  // A program that waits for something else than the turns say must not hang the tests.
  const giveUp = setTimeout(() => child.kill("SIGKILL"), GIVE_UP_MS);
  const keyboard = child.stdin.getWriter();
  const turns = [...options.turns];
  let screen = "";
  let seen = 0;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    screen += text;
    for (let turn = turns[0]; turn !== undefined; turn = turns[0]) {
      const at = screen.indexOf(turn[0], seen);
      if (at < 0) break;
      seen = at + turn[0].length;
      turns.shift();
      await keyboard.write(new TextEncoder().encode(turn[1]));
    }
  }
  const { code } = await child.status;
  clearTimeout(giveUp);
  await keyboard.close().catch(() => {});
  if (turns.length > 0) throw new Error(`Never saw "${turns[0]?.[0]}" on the screen:\n${screen}`);
  return { screen, code };
}
