/**
 * `deno task build:kernel`: compiles the simulation kernel from AssemblyScript to WebAssembly and
 * embeds it in a module, so that it needs no file where it runs: in workers, bundles, executables.
 *
 * @module
 */
const COMPILER = "npm:assemblyscript@0.28.20/asc";
const OPTIONS = ["-O3", "--enable", "simd", "--runtime", "stub", "--noAssert", "--use", "abort="];
/** Its memory comes from outside, so that several threads can have an instance on the same one. */
const SHARED = ["--enable", "threads", "--importMemory", "--sharedMemory", "--maximumMemory"];
const PAGES_MAX = "65536";
const SOURCE = new URL("../simulation/kernel/index.ts", import.meta.url);
/** The built kernel, for whoever wants to look into it or run it elsewhere. */
export const BINARY = new URL("../simulation/kernel/kernel.wasm", import.meta.url);
/** The module that embeds it. */
export const MODULE = new URL("../simulation/kernel_binary.ts", import.meta.url);

/** Whether the compiler is there or can be downloaded. */
export async function compilerAvailable(): Promise<boolean> {
  const { success } = await deno("cache", COMPILER);
  return success;
}

/** Compiles the kernel. The same sources give the same bytes. */
export async function compileKernel(): Promise<Uint8Array<ArrayBuffer>> {
  const output = await Deno.makeTempFile({ suffix: ".wasm" });
  try {
    const compile = [
      COMPILER,
      pathOf(SOURCE),
      "--outFile",
      output,
      ...OPTIONS,
      ...SHARED,
      PAGES_MAX,
    ];
    const { success, said } = await deno("run", "-A", ...compile);
    if (!success) throw new Error(`Cannot compile the kernel: ${said}`);
    return await Deno.readFile(output);
  } finally {
    await Deno.remove(output);
  }
}

/** A process of its own keeps the compiler out of this project's lock file and types. */
async function deno(
  verb: string,
  ...rest: string[]
): Promise<{ success: boolean; said: string }> {
  const args = [verb, "--no-config", "--no-lock", ...rest];
  const command = new Deno.Command(Deno.execPath(), { args, stdout: "piped", stderr: "piped" });
  const { success, stdout, stderr } = await command.output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  return { success, said: said.trim() };
}

function pathOf(url: URL): string {
  return decodeURIComponent(url.pathname).replace(/^\/([A-Za-z]:)/, "$1");
}

/** The text of the module that embeds these bytes. */
export function embeddingModule(bytes: Uint8Array): string {
  return `/**
 * The compiled kernel, written by \`deno task build:kernel\`; do not edit.
 *
 * @module
 */

/** WebAssembly, in Base64. */
export const KERNEL_BASE64 =
  "${bytes.toBase64()}";
`;
}

if (import.meta.main) {
  const bytes = await compileKernel();
  await Deno.writeFile(BINARY, bytes);
  await Deno.writeTextFile(MODULE, embeddingModule(bytes));
  await Deno.stdout.write(new TextEncoder().encode(`Kernel: ${bytes.length} bytes\n`));
}
