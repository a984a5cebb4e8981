/**
 * Tests of making, emptying and looking for files and folders.
 *
 * @module
 */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  emptyDir,
  emptyDirSync,
  ensureDir,
  ensureDirSync,
  ensureFile,
  ensureFileSync,
  exists,
  existsSync,
} from "./mod.ts";
import { TemporaryFolder } from "./temporary_folder.ts";

Deno.test("ensureDir() creates all parents and accepts what is there", async () => {
  using folder = new TemporaryFolder();
  for (const make of [ensureDir, ensureDirSync]) {
    const path = folder.path(make.name, "b", "c");
    await make(path);
    await make(pathToFileURL(path));
    assert((await Deno.stat(path)).isDirectory);
  }
});

Deno.test("ensureDir() may run many times at once", async () => {
  using folder = new TemporaryFolder();
  const path = folder.path("a", "b");
  await Promise.all(Array.from({ length: 20 }, () => ensureDir(path)));
  assert((await Deno.stat(path)).isDirectory);
});

Deno.test("ensureDir() accepts a link to a folder and refuses a file", async () => {
  using folder = new TemporaryFolder();
  await Deno.mkdir(folder.path("dir"));
  await Deno.symlink(folder.path("dir"), folder.path("link"));
  await ensureDir(folder.path("link"));
  ensureDirSync(folder.path("link"));
  const file = folder.write("file", "");
  await assertRejects(() => ensureDir(file), Error, "expected 'dir', got 'file'");
  assertThrows(() => ensureDirSync(file), Error, "expected 'dir', got 'file'");
});

Deno.test("ensureFile() creates an empty file with its parents and keeps what is there", async () => {
  using folder = new TemporaryFolder();
  for (const make of [ensureFile, ensureFileSync]) {
    const path = folder.path(make.name, "file");
    await make(path);
    assertEquals(await Deno.readTextFile(path), "");
    await Deno.writeTextFile(path, "kept");
    await make(pathToFileURL(path));
    assertEquals(await Deno.readTextFile(path), "kept");
  }
  await assertRejects(() => ensureFile(folder.root), Error, "expected 'file', got 'dir'");
  assertThrows(() => ensureFileSync(folder.root), Error, "expected 'file', got 'dir'");
});

Deno.test("emptyDir() empties or creates the folder and leaves the targets of links alone", async () => {
  using folder = new TemporaryFolder();
  const outside = folder.write("outside", "kept");
  for (const empty of [emptyDir, emptyDirSync]) {
    const path = folder.path("dir");
    folder.write(join("dir", "sub", "file"), "x");
    await Deno.symlink(outside, join(path, "link"));
    await empty(path);
    assertEquals([...Deno.readDirSync(path)], []);
    await empty(folder.path("new", empty.name));
    assert(await exists(folder.path("new", empty.name), { isDirectory: true }));
  }
  assertEquals(await Deno.readTextFile(outside), "kept");
});

Deno.test("exists() tells files from folders", async () => {
  using folder = new TemporaryFolder();
  const file = folder.write("file", "");
  for (const ask of [exists, existsSync]) {
    assertEquals(await ask(file), true);
    assertEquals(await ask(pathToFileURL(file), { isFile: true, isReadable: true }), true);
    assertEquals(await ask(file, { isDirectory: true }), false);
    assertEquals(await ask(folder.root, { isDirectory: true }), true);
    assertEquals(await ask(folder.root, { isFile: true }), false);
    assertEquals(await ask(folder.path("none")), false);
  }
});

Deno.test("exists() follows links and does not count broken ones", async () => {
  using folder = new TemporaryFolder();
  await Deno.symlink(folder.root, folder.path("link"));
  await Deno.symlink(folder.path("none"), folder.path("broken"));
  assertEquals(await exists(folder.path("link"), { isDirectory: true }), true);
  assertEquals(existsSync(folder.path("broken")), false);
});

Deno.test("exists() refuses to look for a file that is a folder", async () => {
  const options = { isFile: true, isDirectory: true };
  await assertRejects(() => exists("x", options), TypeError, "together");
  assertThrows(() => existsSync("x", options), TypeError, "together");
});

Deno.test("exists() rethrows what Deno does not permit", async () => {
  const code = `import { exists } from ${JSON.stringify(import.meta.resolve("./exists.ts"))};
    await exists("/").catch((error) => Deno.exitCode = error instanceof Deno.errors.NotCapable ? 7 : 8);`;
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--no-config", "--no-lock", "-"],
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
  await new Blob([code]).stream().pipeTo(command.stdin);
  assertEquals((await command.status).code, 7);
});

Deno.test({
  name: "exists() counts as there what the system hides, unless it must be readable",
  ignore: Deno.build.os === "windows" || Deno.uid() === 0,
  async fn() {
    using folder = new TemporaryFolder();
    const file = folder.write(join("locked", "file"), "");
    await Deno.chmod(folder.path("locked"), 0);
    try {
      for (const ask of [exists, existsSync]) {
        assertEquals(await ask(file), true);
        assertEquals(await ask(file, { isReadable: true }), false);
      }
    } finally {
      await Deno.chmod(folder.path("locked"), 0o700);
    }
  },
});
