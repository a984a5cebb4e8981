/**
 * What a program says when its permissions do not let it do what it was asked: Deno's own message
 * names a flag that would replace the program's whole permission set.
 *
 * @module
 */
import { relative, resolve } from "node:path";
import type { WordKey } from "./i18n.ts";
import { t } from "./words.ts";

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
    const way = wayOut(set, access, path);
    return t(denied === "read" ? "denied.read_setting" : "denied.write_setting", {
      name: from,
      path,
      way,
    });
  }
  return null;
}

/** One sentence for an operation that the sandbox refused; null for every other error. */
export function deniedSentence(set: string, error: unknown): string | null {
  if (!(error instanceof Deno.errors.NotCapable)) return null;
  const [, access = "", object = ""] =
    /Requires (\w+) access(?: to "([^"]*)")?/.exec(error.message) ??
      [];
  if (access === "read" || access === "write") {
    const way = wayOut(set, access, resolve(object));
    return t(access === "read" ? "denied.read" : "denied.write", { object, way });
  }
  const way = t("denied.way", { entry: object, list: `permissions.${set}.${access}` });
  return t(DENIED[access] ?? "denied.other", { access, object, way });
}

const DENIED: Readonly<Record<string, WordKey>> = {
  net: "denied.net",
  run: "denied.run",
  sys: "denied.sys",
};

function wayOut(set: string, access: "read" | "write", path: string): string {
  const entry = shortest(path);
  return t(access === "write" ? "denied.way_write" : "denied.way_read", { entry, set });
}

/** As one would write it in deno.json. */
function shortest(path: string): string {
  const inside = relative(Deno.cwd(), path);
  return inside === "" || inside.startsWith("..") ? path : `./${inside}`;
}
