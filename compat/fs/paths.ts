/**
 * Paths as this package needs them: as text, with the kind of thing they name.
 *
 * @module
 */
import { isAbsolute, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** The path as text; file URLs become paths. */
export function pathText(path: string | URL): string {
  return path instanceof URL ? fileURLToPath(path) : path;
}

/** Whether `inner` is `outer` itself or lies somewhere below it; decided by name, links are not followed. */
export function isSameOrBelow(outer: string, inner: string): boolean {
  const way = relative(resolve(outer), resolve(inner));
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** What kind of thing a directory entry or file info describes, for error messages. */
export function kindOf(info: Deno.FileInfo): "file" | "dir" | "symlink" | "something else" {
  if (info.isFile) return "file";
  if (info.isDirectory) return "dir";
  return info.isSymlink ? "symlink" : "something else";
}
