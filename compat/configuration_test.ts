/**
 * Tests that the project runs with these packages or with the real ones by the choice of the
 * configuration alone.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const PACKAGES = ["assert", "cli", "fs", "http"];

interface Configuration {
  [setting: string]: unknown;
  imports: Record<string, string>;
  links?: string[];
}

interface Package {
  name: string;
  version: string;
  exports: Record<string, string>;
}

async function readJson<T>(...path: string[]): Promise<T> {
  return JSON.parse(await Deno.readTextFile(join(ROOT, ...path)));
}

Deno.test("deno.jsr.json differs from deno.json in nothing but the links", async () => {
  const { links, ...linked } = await readJson<Configuration>("deno.json");
  assertEquals(links, PACKAGES.map((name) => `./compat/${name}`));
  const real = await readJson<Configuration>("deno.jsr.json");
  assertEquals(real, linked as Configuration, "Copy deno.json to deno.jsr.json without links");
});

Deno.test("deno.json asks for the versions that these packages stand for", async () => {
  const { imports } = await readJson<Configuration>("deno.json");
  for (const folder of PACKAGES) {
    const { name, version } = await readJson<Package>("compat", folder, "deno.json");
    assertEquals(name, `@std/${folder}`);
    // Another range would silently be looked for in the registry instead.
    assertEquals(imports[name], `jsr:${name}@^${version}`);
  }
});

Deno.test("each entry of a package can be imported by its name", async () => {
  for (const folder of PACKAGES) {
    const { name, exports } = await readJson<Package>("compat", folder, "deno.json");
    for (const entry of Object.keys(exports)) {
      const module = await import(name + entry.slice(1));
      assert(Object.keys(module).length > 0, name + entry.slice(1));
    }
  }
});
