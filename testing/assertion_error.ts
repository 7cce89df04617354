/**
 * The error of a test that found something else than it wants.
 *
 * @module
 */

/**
 * What was asserted is not so.
 *
 * @example
 * ```ts
 * import { assertReady, AssertionError } from "@edo/runtime/testing";
 * import { Pending } from "@edo/runtime/future";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => assertReady(Pending), AssertionError);
 * ```
 */
export class AssertionError extends Error {
  /** Always `"AssertionError"`. */
  override readonly name = "AssertionError";
}
