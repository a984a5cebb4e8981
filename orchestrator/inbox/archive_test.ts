import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { Archive } from "./archive.ts";
import { lookOf } from "./large_file.ts";

async function withFolder(
  body: (folder: string, archive: Archive) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "archive_" });
  try {
    await body(folder, new Archive(folder));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("Archive moves the file that was judged", async () => {
  await withFolder(async (folder, archive) => {
    const path = join(folder, "a.json");
    await Deno.writeTextFile(path, "old");
    const look = lookOf(await Deno.lstat(path));
    assertEquals(await archive.moveToProcessed("a.json", "1_a.json", look), true);
    assertEquals(await Deno.readTextFile(join(archive.processed, "1_a.json")), "old");
  });
});

Deno.test("Archive leaves a file that took the place of the judged one", async () => {
  await withFolder(async (folder, archive) => {
    const path = join(folder, "a.json");
    await Deno.writeTextFile(path, "old");
    const look = lookOf(await Deno.lstat(path));
    await Deno.writeTextFile(join(folder, ".next"), "new");
    await Deno.rename(join(folder, ".next"), path);
    const what = { archivedAs: "1_a.json", errors: [], total: 0 };
    assertEquals(await archive.moveToProcessed("a.json", "1_a.json", look), false);
    assertEquals(await archive.moveToRejected("a.json", what, look), false);
    assertEquals(await Deno.readTextFile(path), "new");
    assertEquals(await archive.holds("1_a.json"), false);
  });
});
