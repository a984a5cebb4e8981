/**
 * The token that the command line tools show to the farm.
 *
 * @module
 */
import { type FlagSpec, UsageError } from "../platform/arguments.ts";
import type { Settings } from "../platform/settings.ts";

/** What the command line of every tool that asks the farm may say. */
export const TOKEN_FLAG = {
  "token-file": {
    kind: "text",
    value: "FILE",
    description: "Token of the farm (else FARM_TOKEN, FARM_VIEWER_TOKEN)",
  },
} as const satisfies Record<string, FlagSpec>;

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
    throw new UsageError(`Cannot read the token file ${tokenFile}: ${(error as Error).message}`);
  }
}
