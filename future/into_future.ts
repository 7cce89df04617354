/**
 * What combinators and `spawn` accept in place of a future.
 *
 * @module
 */

import { Future, oneWait } from "./future.ts";
import { fromPromise } from "./from_promise.ts";

/** A future, or a promise to be wrapped in one. */
export type IntoFuture<T> = Future<T> | PromiseLike<T>;

/** The value that an {@linkcode IntoFuture} completes with. */
export type Output<F> = F extends Future<infer T> ? T : F extends PromiseLike<infer T> ? T : never;

/** Answers with the future itself, or a future of the promise. */
export function intoFuture<T>(source: IntoFuture<T>): Future<T> {
  if (source instanceof Future) return source[oneWait]();
  if (typeof source?.then === "function") return fromPromise(source);
  throw new TypeError(
    `Cannot use a value as a future: expected a future or a promise, found ${typeof source}`,
  );
}
