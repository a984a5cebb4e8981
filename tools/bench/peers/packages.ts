/**
 * What the peers need on this machine: Debian packages for their servers, npm packages for their
 * clients. The latter go into a folder of their own and are no dependency of the farm.
 *
 * @module
 */
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { err } from "../../../platform/terminal.ts";
import { runCommand } from "./child.ts";
import type { Running } from "./running.ts";

const INSTALL_MS = 600_000;
const ASK_MS = 30_000;
/** Where Debian keeps the programs of each version of PostgreSQL. */
const DEBIAN_POSTGRES = "/usr/lib/postgresql";
/** Of the peers' clients: their adapters, their package.json and its lock file. */
const CLIENT = fileURLToPath(new URL("client/", import.meta.url));
/** In the installed folder: the lock file that its packages were installed from. */
const INSTALLED = "installed-lock.json";

/** Something that a peer needs is not there; the message says what to do. */
export class Missing extends Error {
  override readonly name = "Missing";
}

/** The path of a program in these folders, or null. */
async function findProgram(name: string, folders: readonly string[]): Promise<string | null> {
  for (const folder of folders) {
    const path = join(folder, name);
    if (await Deno.stat(path).then(({ isFile }) => isFile, () => false)) return path;
  }
  return null;
}

function searchPath(): string[] {
  return (Deno.env.get("PATH") ?? "").split(delimiter);
}

/** What `find` finds, if need be after installing the package, which takes root and apt-get. */
async function fromDebian<T>(
  running: Running,
  name: string,
  find: () => Promise<T | null>,
): Promise<T> {
  const found = await find();
  if (found !== null) return found;
  const aptGet = await findProgram("apt-get", searchPath());
  if (aptGet === null || Deno.uid() !== 0) {
    throw new Missing(`Needs the Debian package ${name}: apt-get install ${name}`);
  }
  err(`apt-get install ${name} …`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await runCommand(running, { command: aptGet, args: ["update"], env }, INSTALL_MS);
  const args = ["install", "--yes", "--no-install-recommends", name];
  await runCommand(running, { command: aptGet, args, env }, INSTALL_MS);
  const installed = await find();
  if (installed === null) throw new Missing(`Debian's ${name} is installed but not found`);
  return installed;
}

/** Makes sure of Redis; returns its version. */
export async function prepareRedis(running: Running): Promise<string> {
  const command = await fromDebian(
    running,
    "redis-server",
    () => findProgram("redis-server", searchPath()),
  );
  const text = await runCommand(running, { command, args: ["--version"] }, ASK_MS);
  return `Redis ${/v=([\d.]+)/.exec(text)?.[1] ?? "?"}`;
}

/** Makes sure of PostgreSQL; returns the folder of its programs and its version. */
export async function preparePostgres(
  running: Running,
): Promise<{ programs: string; version: string }> {
  const programs = await fromDebian(running, "postgresql", findPostgres);
  const command = join(programs, "postgres");
  const text = await runCommand(running, { command, args: ["--version"] }, ASK_MS);
  return { programs, version: `PostgreSQL ${/\d+(\.\d+)*/.exec(text)?.[0] ?? "?"}` };
}

async function findPostgres(): Promise<string | null> {
  const versions: string[] = [];
  try {
    for await (const { name } of Deno.readDir(DEBIAN_POSTGRES)) versions.push(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const newestFirst = versions.sort((a, b) => Number(b) - Number(a));
  const folders = [
    ...newestFirst.map((name) => join(DEBIAN_POSTGRES, name, "bin")),
    ...searchPath(),
  ];
  for (const folder of folders) {
    // A folder with one but not the other holds links or clients only.
    const programs = [
      await findProgram("postgres", [folder]),
      await findProgram("initdb", [folder]),
    ];
    if (!programs.includes(null)) return folder;
  }
  return null;
}

/** Makes sure of Dask; returns the Python that has it and its version. */
export function prepareDask(running: Running): Promise<{ python: string; version: string }> {
  return fromDebian(running, "python3-distributed", async () => {
    // Debian's Python first: another one on the search path does not see Debian's packages.
    for (const folder of ["/usr/bin", ...searchPath()]) {
      const python = await findProgram("python3", [folder]);
      if (python === null) continue;
      const code = "import distributed, platform; " +
        "print('Dask', distributed.__version__ + ', Python', platform.python_version())";
      const version = await runCommand(running, { command: python, args: ["-c", code] }, ASK_MS)
        .catch(() => null);
      if (version !== null) return { python, version };
    }
    return null;
  });
}

/** An installed folder of npm peers. */
export interface NpmPeers {
  readonly folder: string;
  readonly node: string;
}

/**
 * The npm peers and their Node in `folder`, installed anew when the lock file has changed. No script
 * of a package runs: Node itself comes as a package with the finished program.
 */
export async function prepareNpmPeers(running: Running, folder: string): Promise<NpmPeers> {
  await Deno.mkdir(folder, { recursive: true });
  for await (const { name, isFile } of Deno.readDir(CLIENT)) {
    if (isFile) await Deno.copyFile(join(CLIENT, name), join(folder, name));
  }
  const lock = await Deno.readTextFile(join(folder, "package-lock.json"));
  const installed = await Deno.readTextFile(join(folder, INSTALLED)).catch(() => null);
  if (installed !== lock) {
    const npm = await findProgram("npm", searchPath());
    if (npm === null) throw new Missing("Needs npm on the search path, to install the npm peers");
    err(`npm install in ${folder} …`);
    // Not `npm ci`: it insists on packages for all platforms, which not every registry has.
    const args = ["install", "--ignore-scripts", "--no-audit", "--no-fund"];
    await runCommand(running, { command: npm, args, folder }, INSTALL_MS);
    await Deno.writeTextFile(join(folder, INSTALLED), lock);
  }
  const arch = Deno.build.arch === "aarch64" ? "arm64" : "x64";
  const node = await findProgram("node", [
    join(folder, "node_modules", `node-${Deno.build.os}-${arch}`, "bin"),
  ]);
  if (node === null) throw new Missing(`Needs Linux on x64 or arm64, not ${Deno.build.target}`);
  return { folder, node };
}

/** Version of an installed npm package. */
export async function npmVersion({ folder }: NpmPeers, name: string): Promise<string> {
  const path = join(folder, "node_modules", name, "package.json");
  return `${name} ${JSON.parse(await Deno.readTextFile(path)).version}`;
}
