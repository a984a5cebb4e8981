/**
 * What a program says when its permissions do not let it do what it was asked: Deno's own message
 * names a flag that would replace the program's whole permission set.
 *
 * @module
 */
import { relative, resolve } from "node:path";

/** Something a program needs in order to run with its settings. */
export interface Need {
  /** `write` includes reading. */
  readonly access: "read" | "write";
  readonly path: string;
  /** The setting or flag that names the path. */
  readonly from: string;
}

/** One sentence on the first need that is not granted; null when all are. */
export function missingPermission(set: string, needs: readonly Need[]): string | null {
  for (const { access, path, from } of needs) {
    const denied = (["read", "write"] as const).find((name) =>
      (name === access || access === "write") &&
      Deno.permissions.querySync({ name, path }).state !== "granted"
    );
    if (denied === undefined) continue;
    return `${from} names ${path}, which this program may not ${denied}: ${
      wayOut(set, access, path)
    }`;
  }
  return null;
}

/** One sentence for an operation that the sandbox refused; null for every other error. */
export function deniedSentence(set: string, error: unknown): string | null {
  if (!(error instanceof Deno.errors.NotCapable)) return null;
  const [, access = "", object = ""] =
    /Requires (\w+) access(?: to "([^"]*)")?/.exec(error.message) ??
      [];
  const what = `This program may not ${verbOf(access)} ${object || "that"}`;
  if (access === "read" || access === "write") {
    return `${what}: ${wayOut(set, access, resolve(object))}`;
  }
  return `${what}: to allow it, add "${object}" to permissions.${set}.${access} in deno.json`;
}

function verbOf(access: string): string {
  return { net: "use the network address", run: "start", sys: "ask the system for" }[access] ??
    access;
}

function wayOut(set: string, access: "read" | "write", path: string): string {
  const entry = shortest(path);
  const lists = access === "write"
    ? `permissions.${set}.read and permissions.${set}.write`
    : `permissions.${set}.read`;
  return `add "${entry}" to ${lists} in deno.json, or choose a place in this folder`;
}

/** As one would write it in deno.json. */
function shortest(path: string): string {
  const inside = relative(Deno.cwd(), path);
  return inside === "" || inside.startsWith("..") ? path : `./${inside}`;
}
