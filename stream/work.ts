/**
 * What a caller's function may answer with where a stream waits for it.
 *
 * @module
 */

import type { Future, Steps } from "../future/future.ts";
import { futureOfAnswer, type IntoFuture } from "../future/into_future.ts";

/** Work that a stream waits for: a future, a promise, or what a generator function returns. */
export type Work<T> = IntoFuture<T> | Steps<T>;

/** Work, or a function that begins it. */
export type Thunk<T> = Work<T> | (() => Work<T>);

/**
 * The future of some work.
 *
 * @throws {TypeError} When it is something else.
 */
export function begin<T>(work: Work<T>): Future<T> {
  const future = futureOfAnswer(work);
  if (future !== undefined) return future as Future<T>;
  throw new TypeError(
    `Cannot wait for a value of type ${typeof work}: give a future, a promise or a generator`,
  );
}

/** As {@linkcode begin}; calls a function that begins the work. */
export function beginThunk<T>(thunk: Thunk<T>): Future<T> {
  return begin(typeof thunk === "function" ? thunk() : thunk);
}
