/**
 * The plan of the house, held by a program: who may import whom, no circles, and words that the
 * deterministic rooms must not contain.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { walk } from "@std/fs/walk";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const ROOMS = [
  "contract",
  "platform",
  "simulation",
  "orchestrator",
  "worker",
  "generator",
  "tools",
  "tests",
  "compat",
];
const LINES_MAX = 300;

interface Source {
  readonly path: string;
  readonly text: string;
  /** Imported files of ours, relative to the root. */
  readonly files: readonly string[];
  /** Imported packages. */
  readonly packages: readonly string[];
}

const IMPORT = /^\s*(?:import|export)\b[^;]*?\bfrom\s*"([^"]+)"|^\s*import\s*"([^"]+)"/gm;

async function readSources(): Promise<Source[]> {
  const sources: Source[] = [];
  for (const room of ROOMS) {
    for await (
      const entry of walk(join(ROOT, room), { exts: [".ts", ".tsx"], includeDirs: false })
    ) {
      const path = relative(ROOT, entry.path);
      // AssemblyScript looks like TypeScript and is another language.
      if (path.startsWith("simulation/kernel/")) continue;
      const text = await Deno.readTextFile(entry.path);
      const names = [...text.matchAll(IMPORT)].map((match) => match[1] ?? match[2]!);
      sources.push({
        path,
        text,
        files: names.filter((name) => name.startsWith("."))
          .map((name) => join(dirname(path), name)),
        packages: names.filter((name) => !name.startsWith(".")),
      });
    }
  }
  return sources;
}

/** Tests and benchmarks, and what serves them alone. */
function isTest(path: string): boolean {
  return /_test\.tsx?$|(^|\/)testing(\.ts|\/)|^tests\/|^tools\/bench\//.test(path);
}

const sources = await readSources();
const product = sources.filter((source) =>
  !isTest(source.path) && !source.path.startsWith("compat/")
);

/** Room → what of ours it may import, beyond itself. Ordered as in the architecture. */
const MAY_IMPORT: readonly (readonly [room: string, allowed: readonly RegExp[]])[] = [
  ["contract/", []],
  // The words of people are data that every program may say.
  ["platform/", [/^locales\//]],
  ["simulation/", []],
  ["orchestrator/core/", [/^contract\//, /^orchestrator\/store\/store\.ts$/]],
  ["orchestrator/store/", [/^contract\//, /^platform\//]],
  ["orchestrator/", [/^contract\//, /^platform\//, /^simulation\//]],
  ["worker/", [/^contract\//, /^platform\//, /^simulation\//]],
  ["generator/", [/^contract\//, /^platform\//, /^simulation\//]],
  ["tools/", [/./]],
];

Deno.test("imports stay within the plan of the house", () => {
  const broken: string[] = [];
  for (const { path, files } of product) {
    const rule = MAY_IMPORT.find(([room]) => path.startsWith(room));
    if (rule === undefined) continue;
    const [room, allowed] = rule;
    for (const file of files) {
      if (!file.startsWith(room) && !allowed.some((pattern) => pattern.test(file))) {
        broken.push(`${path} imports ${file}`);
      }
    }
  }
  assertEquals(broken, []);
});

Deno.test("the orchestrator and the generator know the algorithms' names, not their kernels", () => {
  const known = /^simulation\/(registry|parameter_check|parameters|algorithm)\.ts$/;
  const broken = product.filter(({ path }) => /^(orchestrator|generator)\//.test(path))
    .flatMap(({ path, files }) =>
      files.filter((file) => file.startsWith("simulation/") && !known.test(file))
        .map((file) => `${path} imports ${file}`)
    );
  assertEquals(broken, []);
});

Deno.test("the ground floor uses no package but its own", () => {
  const allowed: Record<string, RegExp> = {
    "contract/": /^zod$/,
    "simulation/": /^zod$/,
    "orchestrator/core/": /^$/,
  };
  const broken = Object.entries(allowed).flatMap(([room, pattern]) =>
    product.filter(({ path }) => path.startsWith(room)).flatMap(({ path, packages }) =>
      packages.filter((name) => !pattern.test(name)).map((name) => `${path} imports ${name}`)
    )
  );
  assertEquals(broken, []);
});

Deno.test("the command line tools know the types of the API and load nothing of it", () => {
  const loads = /^import (?!type )[^;]*?"[./]*\/orchestrator\/api\//m;
  const tools = product.filter(({ path }) => path.startsWith("tools/"));
  assertEquals(tools.filter(({ text }) => loads.test(text)).map(({ path }) => path), []);
  const typed = tools.filter(({ files }) => files.includes("orchestrator/api/app.ts"));
  assertEquals(typed.map(({ path }) => path), ["tools/farm_client.ts"]);
});

Deno.test("servers speak one language: only what is said before they start is the user's", () => {
  const commandLines = ["orchestrator/fleet/worker_line.ts", "worker/config.ts"];
  const speakers = product.filter(({ path, files }) =>
    /^(orchestrator|worker)\//.test(path) && files.includes("platform/words.ts")
  );
  assertEquals(speakers.map(({ path }) => path).sort(), commandLines);
});

Deno.test("product code imports no test", () => {
  const broken = product.flatMap(({ path, files }) =>
    files.filter((file) => isTest(file)).map((file) => `${path} imports ${file}`)
  );
  assertEquals(broken, []);
});

/** Comments may speak of clocks; code may not. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

Deno.test("core and simulation know neither clock nor chance nor the world", () => {
  const words =
    /\bDeno\b|\bfetch\(|Date\.now|new Date\(\)|Math\.random|setTimeout|setInterval|console\./;
  const alsoCore = /\bawait\b|\basync\b/;
  const broken: string[] = [];
  for (const { path, text } of product) {
    const core = path.startsWith("orchestrator/core/");
    if (!core && !path.startsWith("simulation/")) continue;
    const code = withoutComments(text);
    const found = words.exec(code) ?? (core ? alsoCore.exec(code) : null);
    if (found !== null) broken.push(`${path}: ${found[0]}`);
  }
  assertEquals(broken, []);
});

Deno.test("only the log and the command lines write to the terminal", () => {
  const broken = product.filter(({ text }) => /\bconsole\.\w+\(/.test(withoutComments(text)))
    .map(({ path }) => path);
  assertEquals(broken, []);
});

Deno.test("imports form no circle", () => {
  const imports = new Map(sources.map(({ path, files }) => [path, files]));
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, trail: readonly string[]) => {
    if (done.has(path)) return;
    if (trail.includes(path)) {
      circles.push([...trail.slice(trail.indexOf(path)), path].join(" > "));
      return;
    }
    for (const file of imports.get(path) ?? []) visit(file, [...trail, path]);
    done.add(path);
  };
  for (const path of imports.keys()) visit(path, []);
  assertEquals(circles, []);
});

Deno.test("each file says first what it is for, and fits in one head", () => {
  const broken: string[] = [];
  for (const { path, text } of product) {
    if (!/^\/\*\*[\s\S]*?@module/.test(text.replace(/^#!.*\n|^\/\*\* @jsx.*\n/, ""))) {
      broken.push(`${path} has no caption`);
    }
    const lines = text.split("\n").length;
    if (lines > LINES_MAX) broken.push(`${path} has ${lines} lines`);
  }
  assertEquals(broken, []);
});
