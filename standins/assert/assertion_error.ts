/**
 * The error every failed assertion throws.
 *
 * @module
 */

/** Says which expectation was not met. */
export class AssertionError extends Error {
  /** Keeps the message and, in `options`, the cause. */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AssertionError";
  }
}
