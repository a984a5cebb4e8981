/**
 * A wait that can be broken off.
 *
 * @module
 */
import { setTimeout } from "node:timers/promises";

/** Resolves after so many ms, or at once when `stop` is aborted. */
export async function pause(ms: number, stop: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, { signal: stop }).catch(() => {});
}
