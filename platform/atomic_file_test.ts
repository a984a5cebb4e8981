import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import {
  moveToNewFile,
  numberedPath,
  replaceFileAtomically,
  writeNewFileAtomically,
} from "./atomic_file.ts";

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function names(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();
}

Deno.test("numberedPath() puts the number before the extension", () => {
  assertEquals(numberedPath("a/b.json", 1), "a/b.json");
  assertEquals(numberedPath("a/b.json", 2), "a/b_2.json");
  assertEquals(numberedPath("a.b/c", 3), "a.b/c_3");
  assertEquals(numberedPath("a/x.json.errors.json", 2), "a/x.json.errors_2.json");
});

Deno.test("writeNewFileAtomically() writes texts and bytes and leaves nothing else behind", () =>
  inFolder(async (folder) => {
    const text = join(folder, "text.json");
    assertEquals(await writeNewFileAtomically(text, "ñ"), text);
    assertEquals(Deno.readTextFileSync(text), "ñ");
    const bytes = new Uint8Array(300_000).fill(7);
    await writeNewFileAtomically(join(folder, "bytes"), bytes);
    assertEquals(Deno.readFileSync(join(folder, "bytes")), bytes);
    assertEquals(names(folder), ["bytes", "text.json"]);
  }));

Deno.test("writeNewFileAtomically() gives each of fifty writers a name of its own", () =>
  inFolder(async (folder) => {
    const path = join(folder, "x.json");
    const written = await Promise.all(
      Array.from({ length: 50 }, (_, i) => writeNewFileAtomically(path, String(i))),
    );
    assertEquals(new Set(written).size, 50);
    for (const [i, name] of written.entries()) assertEquals(Deno.readTextFileSync(name), String(i));
    assertEquals(names(folder).length, 50);
    assert(names(folder).includes("x_50.json"));
  }));

Deno.test("writeNewFileAtomically() takes a name as long as the file system allows", () =>
  inFolder(async (folder) => {
    const path = join(folder, "n".repeat(250) + ".json");
    assertEquals(await writeNewFileAtomically(path, "1"), path);
  }));

Deno.test("writeNewFileAtomically() rejects without a trace when the name is impossible", () =>
  inFolder(async (folder) => {
    await assertRejects(() => writeNewFileAtomically(join(folder, "n".repeat(300)), "1"));
    assertEquals(names(folder), []);
  }));

Deno.test("writeNewFileAtomically() rejects in a folder that is not there", () =>
  inFolder(async (folder) => {
    const path = join(folder, "none", "x.json");
    await assertRejects(() => writeNewFileAtomically(path, "1"), Deno.errors.NotFound);
  }));

Deno.test("replaceFileAtomically() puts a new file in the place of the old", () =>
  inFolder(async (folder) => {
    const path = join(folder, "stats.json");
    await replaceFileAtomically(path, "old");
    const reader = await Deno.open(path);
    await replaceFileAtomically(path, "new");
    assertEquals(Deno.readTextFileSync(path), "new");
    const seen = new Uint8Array(3);
    await reader.read(seen);
    reader.close();
    assertEquals(new TextDecoder().decode(seen), "old");
    assertEquals(names(folder), ["stats.json"]);
  }));

Deno.test("replaceFileAtomically() rejects without a trace when a folder has the name", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(join(folder, "x", "y"), { recursive: true });
    await assertRejects(() => replaceFileAtomically(join(folder, "x"), "1"));
    assertEquals(names(folder), ["x"]);
  }));

Deno.test("moveToNewFile() never overwrites and says where the file went", () =>
  inFolder(async (folder) => {
    for (const name of ["a", "b"]) Deno.writeTextFileSync(join(folder, name), name);
    const target = join(folder, "t.json");
    assertEquals(await moveToNewFile(join(folder, "a"), target), target);
    assertEquals(await moveToNewFile(join(folder, "b"), target), join(folder, "t_2.json"));
    assertEquals(names(folder), ["t.json", "t_2.json"]);
    assertEquals(Deno.readTextFileSync(target), "a");
  }));

Deno.test("moveToNewFile() moves a symbolic link itself, not what it points to", () =>
  inFolder(async (folder) => {
    Deno.writeTextFileSync(join(folder, "real"), "1");
    await Deno.symlink("real", join(folder, "link"));
    await moveToNewFile(join(folder, "link"), join(folder, "moved"));
    assert(Deno.lstatSync(join(folder, "moved")).isSymlink);
    assertEquals(names(folder), ["moved", "real"]);
  }));

Deno.test("moveToNewFile() rejects when the source is gone", () =>
  inFolder(async (folder) => {
    const source = join(folder, "gone");
    await assertRejects(() => moveToNewFile(source, join(folder, "t")), Deno.errors.NotFound);
    assertEquals(names(folder), []);
  }));

Deno.test("replaceFileAtomically() writes pieces, and keeps the old file when they break off", () =>
  inFolder(async (folder) => {
    const path = join(folder, "x.json");
    async function* pieces(count: number) {
      for (let i = 0; i < count; i++) yield await Promise.resolve(`${i},`);
      if (count > 3) throw new Error("no more");
    }
    await replaceFileAtomically(path, pieces(3));
    assertEquals(Deno.readTextFileSync(path), "0,1,2,");
    await assertRejects(() => replaceFileAtomically(path, pieces(4)), Error, "no more");
    assertEquals(Deno.readTextFileSync(path), "0,1,2,");
    assertEquals(names(folder), ["x.json"]);
  }));
