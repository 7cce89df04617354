/**
 * What asking a source for an item answers at its end.
 *
 * @module
 */

import { Pending, type Poll } from "./poll.ts";

/**
 * The answer of {@linkcode Source.pollNext} when there are no more items. A symbol of its own,
 * because `undefined` may be an item.
 *
 * @example
 * ```ts
 * import { End } from "@edo/runtime/future";
 * import { Stream } from "@edo/runtime/stream";
 * import { assertStrictEquals } from "@std/assert";
 *
 * const nothing = Stream.empty();
 * assertStrictEquals(nothing.pollNext({ waker: { wake() {} } }), End);
 * ```
 */
export const End: unique symbol = Symbol("End");

/** The type of {@linkcode End}. */
export type End = typeof End;

/** Whether a poll has answered with an item: neither with `Pending` nor with {@linkcode End}. */
export function isItem<T>(polled: Poll<T | End>): polled is T {
  return typeof polled !== "symbol" || (polled !== Pending && polled !== End);
}
