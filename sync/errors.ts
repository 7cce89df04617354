/**
 * The errors of this folder that callers catch.
 *
 * @module
 */

/**
 * The failure of a wait for permits of a semaphore that was closed.
 *
 * Follows Tokio's `sync::AcquireError`, and `TryAcquireError::Closed`.
 *
 * @example
 * ```ts
 * import { AcquireError, Semaphore } from "@edo/runtime/sync";
 * import { assertThrows } from "@std/assert";
 *
 * const semaphore = new Semaphore(1);
 * semaphore.close();
 * assertThrows(() => semaphore.tryAcquire(), AcquireError);
 * ```
 */
export class AcquireError extends Error {
  /** Always `"AcquireError"`. */
  override readonly name = "AcquireError";

  /** Made by a semaphore. */
  constructor() {
    super("Cannot acquire permits: the semaphore is closed");
  }
}
