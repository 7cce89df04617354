/**
 * Asking from within a task whether it is to end.
 *
 * @module
 */

import { threads } from "../threads.ts";

/**
 * Whether somebody has aborted the portable task that is running here. Only a plain function has to
 * ask: one that waits is ended where it waits.
 *
 * @example
 * ```ts
 * import { isAborted, task } from "@edo/runtime/task";
 * import { assertEquals } from "@std/assert";
 *
 * const count = task(import.meta, function count(to: number) {
 *   let sum = 0;
 *   for (let i = 0; i < to && !isAborted(); i++) sum += i;
 *   return sum;
 * });
 * assertEquals(count(4), 6);
 * ```
 */
export function isAborted(): boolean {
  return threads()?.isAborted() ?? false;
}
