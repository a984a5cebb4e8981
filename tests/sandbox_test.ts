/**
 * The sandbox: what the permission sets of deno.json refuse, tried out by a program that runs with
 * them, and what people are told when a setting asks for more.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL as toFileUrl } from "node:url";
import { startOrchestrator, startWorker } from "../tools/local_farm.ts";
import type { Program } from "../tools/program.ts";
import { ThreadHandle } from "../worker/thread_handle.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const CONFIG = join(ROOT, "deno.json");

interface Configuration {
  readonly tasks: Readonly<Record<string, { readonly command: string }>>;
  readonly permissions: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}
const { tasks, permissions }: Configuration = JSON.parse(await Deno.readTextFile(CONFIG));
const SETS = Object.keys(permissions).filter((name) => name !== "tests");
/** They start the other programs. */
const STARTERS = ["demo", "start"];

/** Tries each thing and prints what was refused. */
const PROBE = `
const outside = Deno.args[0];
const tries = {
  "write outside": () => Deno.writeTextFileSync(outside + "/written", ""),
  "write above": () => Deno.writeTextFileSync("../written_by_a_probe", ""),
  "write the sources": () => Deno.writeTextFileSync("worker/written_by_a_probe.ts", ""),
  "write deno.json": () => Deno.openSync("deno.json", { append: true }).close(),
  "write through a link": () => Deno.writeTextFileSync("logs/../../written_by_a_probe", ""),
  "read outside": () => Deno.readTextFileSync(outside + "/secret"),
  "run": () => new Deno.Command("true").outputSync(),
  "run a shell": () => new Deno.Command("/bin/sh", { args: ["-c", "true"] }).outputSync(),
  "ffi": () => Deno.dlopen("libc.so.6", {}),
  "import from the network": () => import("https://192.0.2.1/code.ts"),
  "connect elsewhere": () => Deno.connect({ hostname: "192.0.2.1", port: 80 }),
  "listen": () => Deno.listen({ hostname: "127.0.0.1", port: 0 }).close(),
  "host name": () => Deno.hostname(),
  "signal others": () => Deno.kill(Deno.ppid, "SIGCONT"),
};
const names = Deno.args.slice(1);
for (const name of names) {
  try {
    await tries[name]();
    console.log(name + ": possible");
  } catch (error) {
    const refused = error instanceof Deno.errors.NotCapable || /Requires \\w+ access/.test(error.message);
    console.log(name + (refused ? ": refused" : ": " + error));
  }
}
`;

async function probe(set: string, names: readonly string[]): Promise<Record<string, string>> {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(join(folder, "secret"), "");
  await Deno.writeTextFile(join(folder, "probe.js"), PROBE);
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--no-lock", "--config", CONFIG, `-P=${set}`],
      ...[join(folder, "probe.js"), folder, ...names],
    ],
    cwd: ROOT,
    stdin: "null",
  }).output();
  const written = [...Deno.readDirSync(folder)].some(({ name }) => name === "written");
  await Deno.remove(folder, { recursive: true });
  const lines = new TextDecoder().decode(stdout).trim().split("\n");
  assertEquals(lines.length, names.length, new TextDecoder().decode(stderr));
  assertEquals(lines.includes("write outside: possible"), written);
  return Object.fromEntries(lines.map((line) => line.split(/: (.*)/, 2) as [string, string]));
}

const ALWAYS_REFUSED = [
  "write outside",
  "write above",
  "write through a link",
  "run",
  "run a shell",
  "ffi",
  "import from the network",
  "host name",
  "signal others",
];
/** What else each program has no business with. */
const ALSO_REFUSED: Readonly<Record<string, readonly string[]>> = {
  orchestrator: ["read outside", "write the sources", "write deno.json"],
  worker: ["read outside", "write the sources", "write deno.json", "connect elsewhere"],
  generate: ["read outside", "connect elsewhere", "listen"],
  submit: ["write the sources", "write deno.json"],
  validate: ["write the sources", "write deno.json", "connect elsewhere", "listen"],
  results: ["write the sources", "write deno.json"],
  status: ["read outside", "write the sources", "write deno.json"],
  "check-communication": ["read outside", "write the sources", "write deno.json"],
  "notify:test": ["read outside", "write the sources", "write deno.json"],
  demo: ["read outside", "write the sources", "write deno.json", "connect elsewhere"],
  start: ["read outside", "write the sources", "write deno.json", "connect elsewhere"],
};

for (const set of SETS) {
  Deno.test(`the permission set "${set}" refuses what the program has no business with`, async () => {
    const names = [...ALWAYS_REFUSED, ...ALSO_REFUSED[set] ?? []];
    assertEquals(await probe(set, names), Object.fromEntries(names.map((n) => [n, "refused"])));
  });
}

Deno.test("the probe tells what is possible", async () => {
  const result = await probe("tests", ["write outside", "run", "read outside", "listen"]);
  assertEquals(new Set(Object.values(result)), new Set(["possible"]));
});

Deno.test("every program runs in its own set, without questions", () => {
  assertEquals(SETS.sort(), Object.keys(ALSO_REFUSED).sort());
  for (const set of SETS) {
    const command = tasks[set]!.command;
    assert(command.includes(`deno run --no-prompt -P=${set} `), command);
    const runs = STARTERS.includes(set) ? ["deno"] : false;
    assertEquals([permissions[set]!["run"], permissions[set]!["ffi"]], [runs, false], set);
  }
});

/** What a program says that is started in a folder of its own and cannot run. */
async function refusal(start: (folder: string) => Promise<Program>): Promise<string> {
  const folder = await Deno.makeTempDir();
  const message = await start(folder).then(
    (program) => program.kill().then(() => "it started"),
    (error: Error) => error.message,
  );
  await Deno.remove(folder, { recursive: true });
  return message;
}

/** For sentences that are looked at. */
const ENGLISH = { FARM_LANGUAGE: "en" };

Deno.test("a setting that leads out of the sandbox is named, with the way to allow it", async () => {
  const message = await refusal((folder) => {
    const env = { ...ENGLISH, RESULTS_STORAGE_PATH: `${folder}_elsewhere` };
    return startOrchestrator({ folder, port: 0, env });
  });
  assertMatch(message, /exit code 2/);
  assertMatch(message, /RESULTS_STORAGE_PATH names .*_elsewhere, which this program may not read/);
  assertMatch(
    message,
    /add ".*_elsewhere" to permissions\.orchestrator\.read and permissions\.orchestrator\.write/,
  );
});

Deno.test("a file or an address that is closed to a program is named", async () => {
  const worker = (flags: readonly string[]) =>
    refusal((folder) => startWorker({ id: "worker-01", port: 0 }, { folder, flags, env: ENGLISH }));
  const address = await worker(["--host", "192.0.2.7", "--insecure"]);
  assertMatch(address, /may not use the network address 192\.0\.2\.7.* permissions\.worker\.net/);
  const file = await worker(["--token-file", "/elsewhere/token"]);
  assertMatch(file, /may not read \/elsewhere\/token: add "\/elsewhere\/token" to permissions/);
  for (const message of [address, file]) assert(!message.includes("    at "), message);
});

Deno.test("a worker's thread may touch nothing at all", async () => {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "thread.js");
  await Deno.writeTextFile(
    path,
    `const tries = {
      read: () => Deno.readTextFileSync(${JSON.stringify(path)}),
      write: () => Deno.writeTextFileSync(${JSON.stringify(path)}, ""),
      env: () => Deno.env.get("HOME"),
      net: () => Deno.listen({ hostname: "127.0.0.1", port: 0 }),
      run: () => new Deno.Command("true").outputSync(),
    };
    const possible = Object.keys(tries).filter((name) => {
      try {
        tries[name]();
        return true;
      } catch (error) {
        return !(error instanceof Deno.errors.NotCapable);
      }
    });
    throw new Error("possible: [" + possible + "]");`,
  );
  const thread = new ThreadHandle(toFileUrl(path));
  assertMatch(await thread.warmUp() ?? "it lives", /possible: \[\]/);
  await Deno.remove(folder, { recursive: true });
});
