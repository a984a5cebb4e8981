/**
 * What somebody threw, in words.
 *
 * @module
 */

/** The message of an error; of anything else that was thrown, its text. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
