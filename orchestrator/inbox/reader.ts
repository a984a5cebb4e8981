/**
 * Reads a dropped file when it is complete: it parses, and nothing changed while it was read. A file
 * that does not parse yet may still be growing, and gets time.
 *
 * @module
 */
import { type TaskFileError, type TaskFileLimits } from "../../contract/task_file.ts";
import { type ParsedTaskFile, parseTaskFile, sizeError } from "../../contract/task_file_text.ts";

export interface ReadFile {
  readonly bytes: number;
  readonly sha256: string;
  /** Null when the file was refused unread. */
  readonly parsed: ParsedTaskFile | null;
  readonly errors: readonly TaskFileError[];
}

/** How a file looked: two equal looks mean that nothing was written in between. */
export interface Look {
  readonly size: number;
  readonly mtimeMs: number;
}

export type Reading =
  | { readonly kind: "complete"; readonly file: ReadFile }
  /** Changed while it was read, or does not parse and may still grow. */
  | { readonly kind: "unsettled"; readonly look: Look; readonly file: ReadFile | null }
  | { readonly kind: "gone" }
  /** Not a plain file: nothing to read. */
  | { readonly kind: "not_a_file"; readonly what: "directory" | "symbolic link" | "special file" };

export async function readDropped(path: string, limits: TaskFileLimits): Promise<Reading> {
  try {
    const info = await Deno.lstat(path);
    if (info.isSymlink) return { kind: "not_a_file", what: "symbolic link" };
    if (info.isDirectory) return { kind: "not_a_file", what: "directory" };
    if (!info.isFile) return { kind: "not_a_file", what: "special file" };
    const before = lookOf(info);
    const tooLarge = sizeError(info.size, limits);
    if (tooLarge !== null) {
      const file = { bytes: info.size, sha256: "", parsed: null, errors: [tooLarge] };
      return { kind: "complete", file };
    }
    const content = await Deno.readFile(path);
    const after = lookOf(await Deno.lstat(path));
    if (!isSame(before, after) || content.byteLength !== after.size) {
      return { kind: "unsettled", look: after, file: null };
    }
    const parsed = parseTaskFile(content, limits);
    const file = {
      bytes: content.byteLength,
      sha256: await sha256(content),
      parsed,
      errors: parsed.errors,
    };
    return parsed.errors.length > 0
      ? { kind: "unsettled", look: after, file }
      : { kind: "complete", file };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { kind: "gone" };
    throw error;
  }
}

export function isSame(a: Look, b: Look): boolean {
  return a.size === b.size && a.mtimeMs === b.mtimeMs;
}

function lookOf(info: Deno.FileInfo): Look {
  return { size: info.size, mtimeMs: info.mtime?.getTime() ?? 0 };
}

async function sha256(content: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", content)).toHex();
}
