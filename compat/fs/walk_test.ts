/**
 * Tests of walking through folders; each runs with and without a promise.
 *
 * @module
 */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { walk, type WalkOptions, walkSync } from "./mod.ts";
import { TemporaryFolder } from "./temporary_folder.ts";

/** `.`, `x.ts`, `y.md`, `a`, `a/z.ts`, `a/b`, `a/b/w.ts`, and `link` to `a`. */
function tree(): TemporaryFolder {
  const folder = new TemporaryFolder();
  folder.write("x.ts", "");
  folder.write("y.md", "");
  folder.write(join("a", "z.ts"), "");
  folder.write(join("a", "b", "w.ts"), "");
  Deno.symlinkSync(folder.path("a"), folder.path("link"));
  return folder;
}

async function expectPaths(root: string, options: WalkOptions, expected: string[]): Promise<void> {
  const shorten = (entry: { path: string }) => relative(root, entry.path) || ".";
  assertEquals((await Array.fromAsync(walk(root, options), shorten)).sort(), expected.sort());
  assertEquals([...walkSync(root, options)].map(shorten).sort(), expected.sort());
}

Deno.test("walk() yields the root, files, folders and links", async () => {
  using folder = tree();
  const all = [".", "x.ts", "y.md", "a", "a/z.ts", "a/b", "a/b/w.ts", "link"];
  await expectPaths(folder.root, {}, all);
});

Deno.test("walk() leaves out kinds of entries", async () => {
  using folder = tree();
  const files = ["x.ts", "y.md", "a/z.ts", "a/b/w.ts"];
  await expectPaths(folder.root, { includeDirs: false, includeSymlinks: false }, files);
  await expectPaths(folder.root, { includeFiles: false, includeSymlinks: false }, [
    ".",
    "a",
    "a/b",
  ]);
});

Deno.test("walk() goes down as far as it may", async () => {
  using folder = tree();
  await expectPaths(folder.root, { maxDepth: 0 }, ["."]);
  await expectPaths(folder.root, { maxDepth: 1 }, [".", "x.ts", "y.md", "a", "link"]);
  await expectPaths(folder.root, { maxDepth: -1 }, []);
});

Deno.test("walk() chooses by ending and pattern", async () => {
  using folder = tree();
  await expectPaths(folder.root, { exts: ["md"] }, ["y.md"]);
  await expectPaths(folder.root, { exts: [".ts", ".md"], maxDepth: 1 }, ["x.ts", "y.md"]);
  await expectPaths(folder.root, { match: [/w\.ts$/g, /y\.md$/g] }, ["a/b/w.ts", "y.md"]);
});

Deno.test("walk() skips folders with everything below", async () => {
  using folder = tree();
  await expectPaths(folder.root, { skip: [/[/\\]a$/, /link/] }, [".", "x.ts", "y.md"]);
});

Deno.test("walk() follows links by real path or by the path of the link", async () => {
  using folder = tree();
  const here = [".", "x.ts", "y.md", "a", "a/z.ts", "a/b", "a/b/w.ts"];
  await expectPaths(folder.root, { followSymlinks: true }, [
    ...here,
    ...["a", "a/z.ts", "a/b", "a/b/w.ts"],
  ]);
  await expectPaths(folder.root, { followSymlinks: true, canonicalize: false }, [
    ...here,
    ...["link", "link/z.ts", "link/b", "link/b/w.ts"],
  ]);
});

Deno.test("walk() describes what it found and takes addresses of files", async () => {
  using folder = tree();
  const [entry] = await Array.fromAsync(walk(pathToFileURL(folder.root), { exts: ["md"] }));
  assertEquals(entry, {
    path: folder.path("y.md"),
    name: "y.md",
    isFile: true,
    isDirectory: false,
    isSymlink: false,
  });
});

Deno.test("walk() rejects a root that is not there", async () => {
  using folder = new TemporaryFolder();
  const none = folder.path("none");
  await assertRejects(() => Array.fromAsync(walk(none)), Deno.errors.NotFound);
  assertThrows(() => [...walkSync(none)], Deno.errors.NotFound);
});
