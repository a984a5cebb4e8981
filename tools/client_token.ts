/**
 * The token that the command line tools show to the farm.
 *
 * @module
 */
import { UsageError, type WordedFlag } from "../platform/arguments.ts";
import type { Settings } from "../platform/settings.ts";
import { t } from "../platform/words.ts";

/** What the command line of every tool that asks the farm may say. */
export const TOKEN_FLAG = {
  "token-file": {
    kind: "text",
    value: "FILE",
    description: "flag.client_token",
  },
} as const satisfies Record<string, WordedFlag>;

/**
 * The token in the file, else FARM_TOKEN, else FARM_VIEWER_TOKEN; null for a farm without one.
 *
 * @throws {UsageError} When the file cannot be read.
 */
export function clientToken(tokenFile: string | undefined, settings: Settings): string | null {
  if (tokenFile === undefined) {
    return settings.written("FARM_TOKEN") ?? settings.written("FARM_VIEWER_TOKEN") ?? null;
  }
  try {
    return Deno.readTextFileSync(tokenFile).trim();
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    const why = (error as Error).message;
    throw new UsageError(t("token.unreadable", { path: tokenFile, why }));
  }
}
