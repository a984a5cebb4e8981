/**
 * A folder for one test, removed at its end.
 *
 * @module
 */
import { dirname, join } from "node:path";

/** Created empty in the system's folder for such things, as a real path without links. */
export class TemporaryFolder implements Disposable {
  /** The path of the folder. */
  readonly root = Deno.realPathSync(Deno.makeTempDirSync());

  /** A path in the folder. */
  path(...names: string[]): string {
    return join(this.root, ...names);
  }

  /** Writes a file, creates its parents, and returns its path. */
  write(name: string, text: string): string {
    const path = this.path(name);
    Deno.mkdirSync(dirname(path), { recursive: true });
    Deno.writeTextFileSync(path, text);
    return path;
  }

  /** All files below the folder with what is in them, sorted. */
  contents(): Array<[string, string]> {
    const list = (dir: string): Array<[string, string]> =>
      [...Deno.readDirSync(this.path(dir))].flatMap(({ name, isDirectory }) =>
        isDirectory
          ? list(join(dir, name))
          : [[join(dir, name), Deno.readTextFileSync(this.path(dir, name))]]
      );
    return list("").sort();
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.root, { recursive: true });
  }
}
