/**
 * Self-extracting executables, for where `deno compile` cannot get its runtime: a script for sh,
 * the bundles of program and thread, and the Deno executable, in one file.
 *
 * Nothing is compressed: gzip would halve the file and make the first start three times as long.
 *
 * @module
 */
import { VERSION } from "../../contract/version.ts";
import { bundle } from "./bundle.ts";
import { cksum } from "./checksum.ts";
import { writePieces } from "./executable_file.ts";
import { THREAD_PERMISSIONS } from "./native.ts";
import type { CompiledProgram, Target } from "./programs.ts";
import { readRuntime } from "./runtime.ts";
import { stubScript } from "./stub.ts";

/** What makes the runtime a part of the program: no configuration, no download, no question. */
const RUN_ARGUMENTS = [
  "run",
  "--no-prompt",
  "--no-config",
  "--no-lock",
  "--no-remote",
  "--no-npm",
  "--cached-only",
];

/** A runtime and what its file in the cache is called. */
interface Runtime {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly name: string;
  readonly cksum: string;
}

/** Makes self-extracting files for one system; gets its runtime once. */
export class SelfExtractingBuilder {
  readonly #target: Target;
  readonly #root: string;
  #runtime: Promise<Runtime> | undefined;

  /** `root`: folder of the project. */
  constructor(target: Target, root: string) {
    this.#target = target;
    this.#root = root;
  }

  /**
   * Writes the executable of a program to `output`.
   *
   * @throws {Error} One sentence when the system has no sh, or a part of the file cannot be had.
   */
  async build(program: CompiledProgram, output: string): Promise<void> {
    const { uname, system, triple } = this.#target;
    if (uname === null) {
      throw new Error(
        `A self-extracting file needs sh, which ${system} lacks: compile for ${triple} where Deno ` +
          `can download its compile runtime, or name the denort.exe of Deno ${Deno.version.deno} ` +
          `in DENORT_BIN`,
      );
    }
    this.#runtime ??= namedRuntime(this.#target);
    const runtime = await this.#runtime;
    const modules = [program.entry, ...(program.thread === undefined ? [] : [program.thread])];
    const texts = await Promise.all(modules.map((module) => bundle(module, this.#root)));
    const bytes = texts.map((text) => new TextEncoder().encode(text));
    const folder = `${program.name}-${await contentKey(bytes)}`;
    const stub = stubScript({
      program: program.name,
      version: VERSION,
      system,
      uname,
      folder,
      texts: texts.map((text, index) => ({
        // The program finds its thread beside itself, under the thread's own name.
        name: `${folder}/${scriptName(modules[index]!)}`,
        cksum: cksum(bytes[index]!),
        lines: text.split("\n").length - 1,
      })),
      textBytes: bytes.reduce((sum, { length }) => sum + length, 0),
      runtime,
      runArguments: [
        ...RUN_ARGUMENTS,
        ...(program.thread === undefined ? [] : [THREAD_PERMISSIONS]),
        ...folderPermissions(program),
        ...program.permissions,
      ],
    });
    await writePieces(output, [new TextEncoder().encode(stub), ...bytes, runtime.bytes]);
  }
}

async function namedRuntime(target: Target): Promise<Runtime> {
  const bytes = await readRuntime(target);
  const name = `deno-${Deno.version.deno}-${await contentKey([bytes])}`;
  return { bytes, name, cksum: cksum(bytes) };
}

function folderPermissions({ staysInFolder }: CompiledProgram): string[] {
  return staysInFolder
    ? ['"--allow-read=.,$app"', "--allow-write=."]
    : ["--allow-read", "--allow-write"];
}

/** `worker/thread.ts` → `thread.js`. */
function scriptName(module: string): string {
  return module.replace(/^.*\//, "").replace(/\.ts$/, ".js");
}

/** A short name for contents: other contents, another name. */
async function contentKey(pieces: readonly Uint8Array<ArrayBuffer>[]): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await new Blob([...pieces]).arrayBuffer());
  return new Uint8Array(digest).toHex().slice(0, 16);
}
