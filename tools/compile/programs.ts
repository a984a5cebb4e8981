/**
 * The programs that become executables: what each starts with, and what it may do.
 *
 * @module
 */

export interface CompiledProgram {
  /** Name of the executable. */
  readonly name: string;
  /** Modules of the project by path: the program itself, and the thread it starts by URL. */
  readonly entry: string;
  readonly thread?: string;
  /** What it may do beyond reading its own code; it may start no process and load no library. */
  readonly permissions: readonly string[];
  /** Whether it reads and writes nothing outside its working folder. */
  readonly staysInFolder: boolean;
}

export const PROGRAMS: readonly CompiledProgram[] = [
  {
    name: "orchestrator",
    entry: "orchestrator/main.ts",
    permissions: ["--allow-net", "--allow-env", "--allow-sys"],
    // Its settings may name folders anywhere.
    staysInFolder: false,
  },
  {
    name: "worker",
    entry: "worker/main.ts",
    thread: "worker/thread.ts",
    permissions: ["--allow-net", "--allow-env", "--allow-sys"],
    staysInFolder: true,
  },
  {
    name: "generate",
    entry: "generator/main.ts",
    permissions: ["--allow-env", "--allow-sys"],
    staysInFolder: false,
  },
];

/** A system to build for, by Deno's name for it. */
export interface Target {
  readonly triple: string;
  /** npm package with the Deno executable of this system. */
  readonly runtimePackage: string;
  /** What `uname -s` and `uname -m` say there, as a pattern of sh; null where there is no sh. */
  readonly uname: string | null;
  /** For people. */
  readonly system: string;
}

export const TARGETS: readonly Target[] = [
  {
    triple: "x86_64-unknown-linux-gnu",
    runtimePackage: "@deno/linux-x64-glibc",
    uname: '"Linux x86_64"',
    system: "Linux on x86_64",
  },
  {
    triple: "aarch64-unknown-linux-gnu",
    runtimePackage: "@deno/linux-arm64-glibc",
    uname: '"Linux aarch64" | "Linux arm64"',
    system: "Linux on aarch64",
  },
  {
    triple: "x86_64-apple-darwin",
    runtimePackage: "@deno/darwin-x64",
    // Other Macs run it too, translated.
    uname: '"Darwin "*',
    system: "macOS on x86_64",
  },
  {
    triple: "aarch64-apple-darwin",
    runtimePackage: "@deno/darwin-arm64",
    uname: '"Darwin arm64"',
    system: "macOS on Apple silicon",
  },
  {
    triple: "x86_64-pc-windows-msvc",
    runtimePackage: "@deno/win32-x64",
    uname: null,
    system: "Windows on x86_64",
  },
  {
    triple: "aarch64-pc-windows-msvc",
    runtimePackage: "@deno/win32-arm64",
    uname: null,
    system: "Windows on aarch64",
  },
];
