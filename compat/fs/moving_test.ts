/**
 * Tests of moving and copying; each runs with and without a promise.
 *
 * @module
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { copy, copySync, move, moveSync } from "./mod.ts";
import { TemporaryFolder } from "./temporary_folder.ts";

const MOVES = [move, (...args: Parameters<typeof moveSync>) => attempt(() => moveSync(...args))];
const COPIES = [copy, (...args: Parameters<typeof copySync>) => attempt(() => copySync(...args))];

function attempt(action: () => void): Promise<void> {
  return new Promise((resolve) => resolve(action()));
}

for (const [kind, run] of MOVES.entries()) {
  const name = ["move()", "moveSync()"][kind];

  Deno.test(`${name} renames files and folders`, async () => {
    using folder = new TemporaryFolder();
    folder.write(join("a", "x"), "1");
    await run(folder.path("a"), folder.path("b"));
    await run(folder.path("b", "x"), folder.path("y"));
    assertEquals(folder.contents(), [["y", "1"]]);
  });

  Deno.test(`${name} overwrites only if asked to`, async () => {
    using folder = new TemporaryFolder();
    const a = folder.write("a", "1");
    folder.write(join("b", "old"), "2");
    await assertRejects(() => run(a, folder.path("b")), Deno.errors.AlreadyExists);
    await run(a, folder.path("b"), { overwrite: true });
    assertEquals(folder.contents(), [["b", "1"]]);
    await run(folder.path("b"), folder.path("c"), { overwrite: true });
    assertEquals(folder.contents(), [["c", "1"]]);
  });

  Deno.test(`${name} does not lose a file that is moved onto itself`, async () => {
    using folder = new TemporaryFolder();
    const a = folder.write("a", "1");
    await run(a, folder.path(".", "a"), { overwrite: true });
    assertEquals(folder.contents(), [["a", "1"]]);
  });

  Deno.test(`${name} refuses a folder into itself and a missing source`, async () => {
    using folder = new TemporaryFolder();
    const a = folder.path("a");
    await assertRejects(() => run(a, folder.path("b")), Deno.errors.NotFound);
    folder.write(join("a", "x"), "1");
    await assertRejects(() => run(a, join(a, "b")), Deno.errors.NotSupported);
    await assertRejects(() => run(a, a, { overwrite: true }), Deno.errors.NotSupported);
    await run(a, folder.path("a..b"));
    assertEquals(folder.contents(), [[join("a..b", "x"), "1"]]);
  });
}

for (const [kind, run] of COPIES.entries()) {
  const name = ["copy()", "copySync()"][kind];

  Deno.test(`${name} copies folders with everything in them`, async () => {
    using folder = new TemporaryFolder();
    folder.write(join("a", "x"), "1");
    folder.write(join("a", "b", "y"), "2");
    await run(folder.path("a"), folder.path("c"));
    assertEquals(folder.contents().slice(2), [[join("c", "b", "y"), "2"], [join("c", "x"), "1"]]);
  });

  Deno.test(`${name} fills up an existing folder only if it may overwrite`, async () => {
    using folder = new TemporaryFolder();
    folder.write(join("a", "x"), "new");
    folder.write(join("c", "x"), "old");
    folder.write(join("c", "z"), "kept");
    const [a, c] = [folder.path("a"), folder.path("c")];
    await assertRejects(() => run(a, c), Deno.errors.AlreadyExists);
    await assertRejects(() => run(join(a, "x"), join(c, "x")), Deno.errors.AlreadyExists);
    await run(a, c, { overwrite: true });
    assertEquals(folder.contents().slice(1), [[join("c", "x"), "new"], [join("c", "z"), "kept"]]);
  });

  Deno.test(`${name} refuses the same path, a folder into itself or onto a file`, async () => {
    using folder = new TemporaryFolder();
    const file = folder.write(join("a", "x"), "1");
    const a = folder.path("a");
    await assertRejects(() => run(a, a), Error, "cannot be the same");
    await assertRejects(() => run(a, join(a, "b")), Error, "subdirectory of itself");
    const onto = folder.write("file", "");
    await assertRejects(() => run(a, onto), Error, "Cannot overwrite non-directory");
    await assertRejects(() => run(folder.path("none"), a), Deno.errors.NotFound);
    await run(a, folder.path("aa"));
    assertEquals(await Deno.readTextFile(file), "1");
  });

  Deno.test(`${name} copies links as links, broken ones too`, async () => {
    using folder = new TemporaryFolder();
    folder.write(join("a", "x"), "1");
    await Deno.symlink("x", folder.path("a", "link"));
    await Deno.symlink("none", folder.path("a", "broken"));
    await run(folder.path("a"), folder.path("c"));
    assertEquals(await Deno.readLink(folder.path("c", "link")), "x");
    assertEquals(await Deno.readLink(folder.path("c", "broken")), "none");
    await run(folder.path("a"), folder.path("c"), { overwrite: true });
    assert((await Deno.lstat(folder.path("c", "link"))).isSymlink);
  });

  Deno.test(`${name} preserves times if asked to`, async () => {
    using folder = new TemporaryFolder();
    const time = new Date("2001-02-03T04:05:06Z");
    folder.write(join("a", "x"), "1");
    for (const path of [folder.path("a", "x"), folder.path("a")]) {
      await Deno.utime(path, time, time);
    }
    await run(folder.path("a"), folder.path("b"), { preserveTimestamps: true });
    await run(folder.path("a"), folder.path("c"));
    const mtimes = await Promise.all(
      ["b", join("b", "x"), "c"].map(async (path) => (await Deno.stat(folder.path(path))).mtime),
    );
    assertEquals(mtimes.map((mtime) => mtime?.getTime() === time.getTime()), [true, true, false]);
  });
}
