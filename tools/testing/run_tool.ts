/**
 * Runs a command line tool as a process of its own in a folder of its own, for tests.
 *
 * @module
 */
import { fileURLToPath } from "node:url";

export interface ToolRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `tools/<name>.ts` in `folder`, without a terminal, in English. */
export async function runTool(
  name: string,
  args: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ToolRun> {
  const root = new URL("../../", import.meta.url);
  const path = (name: string) => fileURLToPath(new URL(name, root));
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--quiet",
      "--config",
      path("deno.json"),
      path(`tools/${name}.ts`),
      ...args,
    ],
    cwd: folder,
    env: { NO_COLOR: "1", FARM_LANGUAGE: "en", ...env },
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** Gives `test` a fresh folder and removes it afterwards. */
export async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
