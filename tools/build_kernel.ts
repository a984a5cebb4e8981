/**
 * `deno task build:kernel`: compiles the simulation kernel from AssemblyScript to WebAssembly and
 * embeds it in a module, so that it needs no file where it runs: in workers, bundles, executables.
 *
 * @module
 */
const COMPILER = "npm:assemblyscript@0.28.20/asc";
const OPTIONS = ["-O3", "--enable", "simd", "--runtime", "stub", "--noAssert", "--use", "abort="];
const SOURCE = new URL("../simulation/kernel/index.ts", import.meta.url);
/** The built kernel, for whoever wants to look into it or run it elsewhere. */
export const BINARY = new URL("../simulation/kernel/kernel.wasm", import.meta.url);
/** The module that embeds it. */
export const MODULE = new URL("../simulation/kernel_binary.ts", import.meta.url);

/** Compiles the kernel. The same sources give the same bytes. */
export async function compileKernel(): Promise<Uint8Array<ArrayBuffer>> {
  const output = await Deno.makeTempFile({ suffix: ".wasm" });
  try {
    // A process of its own keeps the compiler out of this project's lock file and types.
    const command = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-config", "--no-lock", "-A", COMPILER, ...sourceAndOutput(output)],
      stdout: "piped",
      stderr: "piped",
    });
    const { success, stdout, stderr } = await command.output();
    if (!success) {
      const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
      throw new Error(`Cannot compile the kernel: ${said.trim()}`);
    }
    return await Deno.readFile(output);
  } finally {
    await Deno.remove(output);
  }
}

function sourceAndOutput(output: string): string[] {
  // The compiler puts the path of the source, as given, into nothing that it writes.
  return [pathOf(SOURCE), "--outFile", output, ...OPTIONS];
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
