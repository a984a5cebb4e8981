/**
 * The error every failed assertion throws.
 *
 * @module
 */

/** A failed assertion; test runners and callers tell it from other errors by its class. */
export class AssertionError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AssertionError";
  }
}
