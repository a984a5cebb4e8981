import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { replaceExecutable, writePieces } from "./executable_file.ts";

const text = (content: string) => new TextEncoder().encode(content);

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

Deno.test("replaceExecutable() replaces a file in one step and lets open readers keep the old", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "dist", "program");
    await replaceExecutable(path, async (output) => {
      await writePieces(output, [text("old")]);
      return true;
    });
    using running = await Deno.open(path);
    const size = await replaceExecutable(path, async (output) => {
      await writePieces(output, [text("brand "), text("new")]);
      assertEquals(await Deno.readTextFile(path), "old");
      return true;
    });
    assertEquals(size, 9);
    assertEquals(await Deno.readTextFile(path), "brand new");
    assertEquals(await new Response(running.readable).text(), "old");
    assertEquals(names(join(folder, "dist")), ["program"]);
    if (Deno.build.os !== "windows") assertEquals((await Deno.stat(path)).mode! & 0o777, 0o755);
  });
});

Deno.test("replaceExecutable() leaves the old file when nothing new was made", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "program");
    await Deno.writeTextFile(path, "old");
    const half = async (output: string) => {
      await writePieces(`${output}.half`, [text("ha")]);
      return false;
    };
    assertEquals(await replaceExecutable(path, half), null);
    await assertRejects(
      () => replaceExecutable(path, () => Promise.reject(new Error("No compiler"))),
      Error,
      "No compiler",
    );
    assertEquals(await Deno.readTextFile(path), "old");
    assertEquals(names(folder), ["program"]);
  });
});
