/**
 * `deno task compile`: the programs as self-contained executables, which need no Deno, no network
 * and no other file where they run. No `.env` goes into them; each reads the one in its folder.
 *
 * @module
 */
import { messageOf } from "../platform/error_message.ts";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { EXIT, type ParsedCommand, type WordedCommand } from "../platform/arguments.ts";
import { runProgram } from "../platform/program.ts";
import { err, out, table } from "../platform/terminal.ts";
import { t } from "../platform/words.ts";
import { replaceExecutable } from "./compile/executable_file.ts";
import { compileNatively } from "./compile/native.ts";
import { type CompiledProgram, PROGRAMS, type Target, TARGETS } from "./compile/programs.ts";
import { SelfExtractingBuilder } from "./compile/self_extracting.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

const COMMAND = {
  command: "deno task compile",
  summary: "cli.compile",
  examples: [
    "deno task compile",
    "deno task compile --only worker",
    "deno task compile --target aarch64-unknown-linux-gnu   # into dist/aarch64-unknown-linux-gnu",
  ],
  flags: {
    target: {
      kind: "text",
      value: "TRIPLE",
      choices: TARGETS.map(({ triple }) => triple),
      description: "flag.target",
    },
    only: {
      kind: "text",
      value: "PROGRAM",
      choices: PROGRAMS.map(({ name }) => name),
      description: "flag.only",
    },
    output: {
      kind: "text",
      value: "FOLDER",
      description: "flag.dist",
    },
    "self-extracting": {
      kind: "switch",
      description: "flag.self_extracting",
    },
  },
} as const satisfies WordedCommand;

interface Built {
  readonly path: string;
  readonly bytes: number;
  readonly how: "deno compile" | "self-extracting";
}

/** Builds the programs for one system, by `deno compile` until that proves impossible. */
class Compiler {
  readonly #target: Target;
  readonly #folder: string;
  readonly #selfExtracting: SelfExtractingBuilder;
  #native: boolean;

  constructor(target: Target, options: { readonly folder: string; readonly native: boolean }) {
    this.#target = target;
    this.#folder = options.folder;
    this.#native = options.native;
    this.#selfExtracting = new SelfExtractingBuilder(target, ROOT);
  }

  async build(program: CompiledProgram): Promise<Built> {
    const path = join(this.#folder, program.name);
    if (this.#native) {
      const built = await this.#compile(program, path);
      if (built !== null) return built;
      this.#native = false;
      err(t("compile.no_runtime"));
    }
    const bytes = await replaceExecutable(path, async (output) => {
      await this.#selfExtracting.build(program, output);
      return true;
    });
    return { path, bytes: bytes!, how: "self-extracting" };
  }

  /** Null when the runtime of `deno compile` cannot be had. */
  async #compile(program: CompiledProgram, path: string): Promise<Built | null> {
    const ending = this.#target.triple.includes("windows") ? ".exe" : "";
    const options = { target: this.#target, root: ROOT };
    const bytes = await replaceExecutable(
      path + ending,
      (output) => compileNatively(program, { ...options, output }),
    );
    return bytes === null ? null : { path: path + ending, bytes, how: "deno compile" };
  }
}

async function main(
  { flags }: ParsedCommand<typeof COMMAND["flags"]>,
): Promise<number> {
  const triple = flags.target ?? Deno.build.target;
  const target = TARGETS.find((candidate) => candidate.triple === triple);
  if (target === undefined) {
    const takes = TARGETS.map((one) => one.triple).join(" | ");
    err(t("compile.unknown_target", { target: triple, takes }));
    return EXIT.usage;
  }
  const usual = triple === Deno.build.target ? "dist" : join("dist", triple);
  const folder = flags.output === undefined ? join(ROOT, usual) : resolve(flags.output);
  const compiler = new Compiler(target, { folder, native: !flags["self-extracting"] });
  const built: Built[] = [];
  try {
    for (const program of PROGRAMS) {
      if (flags.only === undefined || flags.only === program.name) {
        built.push(await compiler.build(program));
      }
    }
  } catch (error) {
    err(messageOf(error));
    return EXIT.failure;
  }
  report(target, built);
  return EXIT.ok;
}

function report(target: Target, built: readonly Built[]): void {
  const rows = built.map(({ path, bytes, how }) => [
    relative(Deno.cwd(), path),
    `${(bytes / 1e6).toFixed(1)} MB`,
    how === "self-extracting" ? t("compile.self_extracting") : how,
  ]);
  const header = [t("compile.heading.file"), t("compile.heading.size"), t("compile.heading.how")];
  out(table(header, rows, { right: [1] }));
  const worker = rows.find(([path]) => /worker(\.exe)?$/.test(path!));
  if (worker === undefined) return;
  err();
  err(t("compile.next", { path: worker[0]!, system: target.system }));
  err("  ./worker --worker-id worker-03 --port 5001 --host 0.0.0.0 --token-file farm.token");
  err(t("compile.list"));
}

if (import.meta.main) await runProgram(COMMAND, main);
