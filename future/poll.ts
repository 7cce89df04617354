/**
 * What polling a future answers.
 *
 * @module
 */

/**
 * The answer of a poll that has no value yet.
 *
 * @example A future that is never ready
 * ```ts
 * import { Pending, pending } from "@edo/runtime/future";
 * import { assertStrictEquals } from "@std/assert";
 *
 * const waker = { wake() {} };
 * assertStrictEquals(pending().poll({ waker }), Pending);
 * ```
 */
export const Pending: unique symbol = Symbol("Pending");

/** The type of {@linkcode Pending}. */
export type Pending = typeof Pending;

/** The answer of a poll: the value, or {@linkcode Pending}. Nothing is allocated for it. */
export type Poll<T> = T | Pending;

/**
 * Whether a poll has no value yet. As `polled === Pending`, and faster where values of many types
 * meet: asking for the type first keeps the comparison out of V8's generic one.
 */
export function isPending<T>(polled: Poll<T>): polled is Pending {
  return typeof polled === "symbol" && polled === Pending;
}
