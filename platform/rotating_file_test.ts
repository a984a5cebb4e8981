import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { RotatingFile } from "./rotating_file.ts";

function inFolder(test: (folder: string) => void): () => void {
  return () => {
    const folder = Deno.makeTempDirSync();
    try {
      test(folder);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  };
}

const linesOf = (path: string) => Deno.readTextFileSync(path).trimEnd().split("\n");

Deno.test(
  "RotatingFile creates folders and appends to what is there",
  inFolder((folder) => {
    const path = join(folder, "logs", "a.log");
    for (const line of ["first", "second"]) {
      const file = new RotatingFile(path);
      file.writeLine(line);
      file.close();
    }
    assertEquals(linesOf(path), ["first", "second"]);
  }),
);

Deno.test(
  "RotatingFile keeps the given number of old files of the given size",
  inFolder((folder) => {
    const path = join(folder, "a.log");
    const file = new RotatingFile(path, { maxBytes: 12, oldFiles: 2 });
    for (let line = 1; line <= 7; line++) file.writeLine(`line${line}`);
    file.close();
    assertEquals([...Deno.readDirSync(folder)].map((entry) => entry.name).sort(), [
      "a.log",
      "a.log.1",
      "a.log.2",
    ]);
    assertEquals(linesOf(path), ["line7"]);
    assertEquals(linesOf(path + ".1"), ["line5", "line6"]);
    assertEquals(linesOf(path + ".2"), ["line3", "line4"]);
  }),
);

Deno.test(
  "RotatingFile keeps one file when no old ones are wanted",
  inFolder((folder) => {
    const path = join(folder, "a.log");
    const file = new RotatingFile(path, { maxBytes: 12, oldFiles: 0 });
    for (let line = 1; line <= 3; line++) file.writeLine(`line${line}`);
    file.close();
    assertEquals(linesOf(path), ["line3"]);
  }),
);

Deno.test({
  name: "RotatingFile follows the path when somebody moves or removes the file",
  ignore: Deno.build.os === "windows",
  fn: inFolder((folder) => {
    const path = join(folder, "a.log");
    const file = new RotatingFile(path);
    file.writeLine("one");
    Deno.renameSync(path, path + ".old");
    Deno.writeTextFileSync(path, "");
    file.writeLine("two");
    Deno.removeSync(path);
    file.writeLine("three");
    file.close();
    assertEquals(linesOf(path + ".old"), ["one"]);
    assertEquals(linesOf(path), ["three"]);
  }),
});

Deno.test(
  "RotatingFile counts lines that cannot be written and says so when it can again",
  inFolder((folder) => {
    const path = join(folder, "a.log");
    const failures: unknown[] = [];
    Deno.mkdirSync(path);
    const file = new RotatingFile(path, { onFailure: (error) => failures.push(error) });
    file.writeLine("one");
    file.writeLine("two");
    assertEquals(failures.length, 1);
    Deno.removeSync(path);
    file.writeLine("three");
    file.close();
    assertEquals(linesOf(path), ["2 lines could not be written here", "three"]);
  }),
);
