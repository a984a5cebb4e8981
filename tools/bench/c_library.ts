/**
 * A C program to measure our kernels against: compiled with gcc, loaded into this process, run on
 * the same thread in turns with ours.
 *
 * @module
 */
import type { Box, Variant } from "../../simulation/disks.ts";

/** The C program that comes with the benchmark. */
export const OWN_C_PROGRAM = decodeURIComponent(
  new URL("./c/hard_disks.c", import.meta.url).pathname,
);

const GCC_OPTIONS = ["-w", "-shared", "-fPIC", "-O3", "-march=native", "-ffp-contract=off"];

/** What a C program must offer; `c/hard_disks.c` is the example. */
const SYMBOLS = {
  c_new: { parameters: ["i32", "f64", "f64", "f64", "u32"], result: "pointer" },
  c_run: { parameters: ["pointer", "i32", "i32", "i32"], result: "void" },
  c_free: { parameters: ["pointer"], result: "void" },
  c_pc: { parameters: ["pointer"], result: "f64" },
  c_wc: { parameters: ["pointer"], result: "f64" },
  c_cpu: { parameters: [], result: "f64" },
} as const;

/** Sweep with the exact neighbour list. */
const LIST_MODE = 2;

/** A C program, ready to run. */
export interface CLibrary {
  /** Processor time of this thread, in seconds. */
  cpuSeconds(): number;
  /** Runs from a random start; returns the seconds that the steps took and the collisions. */
  run(start: CStart): { seconds: number; collisions: [pairs: number, walls: number] };
}

/** A run for a C program. */
export interface CStart {
  readonly disks: number;
  readonly steps: number;
  readonly seed: number;
  readonly box: Box;
  readonly variant: Variant;
}

/**
 * Compiles and loads a C file; undefined where there is no gcc.
 *
 * @throws {Error} If gcc refuses the file, or the file lacks one of the functions.
 */
export async function loadC(file: string): Promise<CLibrary | undefined> {
  const library = await compile(file);
  if (library === undefined) return undefined;
  const { symbols } = Deno.dlopen(library, SYMBOLS);
  return {
    cpuSeconds: () => symbols.c_cpu(),
    run({ disks, steps, seed, box, variant }) {
      const handle = symbols.c_new(disks, box.width, box.height, 0, seed);
      const start = symbols.c_cpu();
      symbols.c_run(handle, LIST_MODE, variant === "cython" ? 1 : 0, steps);
      const seconds = symbols.c_cpu() - start;
      const collisions: [number, number] = [symbols.c_pc(handle), symbols.c_wc(handle)];
      symbols.c_free(handle);
      return { seconds, collisions };
    },
  };
}

async function compile(file: string): Promise<string | undefined> {
  const library = await Deno.makeTempFile({ suffix: ".so" });
  let said = "";
  // A program that uses vectors of 8 doubles needs to be told where the processor has only 4.
  for (const extra of [[], ["-DVL=4"]]) {
    const args = [...GCC_OPTIONS, ...extra, "-o", library, file, "-lm"];
    try {
      const { success, stderr } = await new Deno.Command("gcc", { args, stderr: "piped" }).output();
      if (success) return library;
      said ||= new TextDecoder().decode(stderr);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  }
  throw new Error(`Gcc cannot compile ${file}: ${said.trim().slice(0, 2000)}`);
}
