/**
 * How a store says no.
 *
 * @module
 */

/**
 * Why a store did not do what it was asked; nothing of a refused commit stays.
 * `full` no space: try again later. `io` the disk failed: with {@linkcode StoreError.down} the
 * store is of no use any more, close it and open a new one. `corrupt` damaged, or older than what
 * it has acknowledged. `locked` another process has it. `schema` written by a newer program.
 * `misuse` the caller broke a promise of this interface.
 */
export type StoreErrorCode = "full" | "io" | "corrupt" | "locked" | "schema" | "misuse";

export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: StoreErrorCode;
  /** The store cannot tell any more what is on disk; every further call is refused. */
  readonly down: boolean;

  constructor(
    code: StoreErrorCode,
    message: string,
    options: { cause?: unknown; down?: boolean } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.down = options.down ?? false;
  }
}
