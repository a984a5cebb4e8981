/**
 * Executables by `deno compile`, where its runtime can be had: it is downloaded once for each
 * system, or named by DENORT_BIN.
 *
 * @module
 */
import { runDeno } from "./deno_command.ts";
import type { CompiledProgram, Target } from "./programs.ts";

/** Time for the server of the runtime to show that it is there, ms. */
const PROBE_MS = 4000;
/** Time for all of it, a slow download included, ms. */
const COMPILE_MS = 600_000;

/** The line with which Deno begins to fetch the runtime. */
const DOWNLOAD = /^Download (https?:\/\/\S*denort\S*)/;

/** Lets the worker take all permissions from its threads; the configuration says the same. */
export const THREAD_PERMISSIONS = "--unstable-worker-options";

/** Arguments of `deno compile` for a program. No `--env-file`: it would embed secrets. */
export function compileArguments(
  program: CompiledProgram,
  { target, output }: { readonly target: Target; readonly output: string },
): string[] {
  return [
    "compile",
    "--no-check",
    "--no-prompt",
    "--exclude-unused-npm",
    ...(program.thread === undefined ? [] : [THREAD_PERMISSIONS]),
    ...["--target", target.triple],
    ...["--output", output],
    ...(program.thread === undefined ? [] : ["--include", program.thread]),
    ...program.permissions,
    "--allow-read",
    program.staysInFolder ? "--allow-write=." : "--allow-write",
    program.entry,
  ];
}

/**
 * Compiles a program from the project in `root`.
 *
 * @returns False when the runtime for the target cannot be downloaded.
 * @throws {Error} When it fails for another reason, a wrong DENORT_BIN among them.
 */
export async function compileNatively(
  program: CompiledProgram,
  options: { readonly target: Target; readonly output: string; readonly root: string },
): Promise<boolean> {
  let downloading = false;
  const { success, said } = await runDeno(compileArguments(program, options), {
    folder: options.root,
    limitMs: COMPILE_MS,
    onLine(line, abort) {
      const url = DOWNLOAD.exec(line)?.[1];
      if (url === undefined) return;
      downloading = true;
      // Asking beside the download tells a slow network from one that answers nothing at all.
      void answers(url).then((there) => there || abort());
    },
  });
  if (success) return true;
  if (downloading) return false;
  throw new Error(`Cannot compile ${program.name}: ${said}`);
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(PROBE_MS) });
    return response.ok;
  } catch {
    return false;
  }
}
