/**
 * What combinators and `spawn` accept in place of a future.
 *
 * @module
 */

import { Future, oneWait, type Steps } from "./future.ts";
import { fromPromise } from "./from_promise.ts";
import { GeneratorFuture } from "./generator.ts";

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

/** The future of a handler's answer: of a future, a promise or a generator; of nothing else. */
export function futureOfAnswer(answer: unknown): Future<unknown> | undefined {
  if (answer instanceof Future) return answer[oneWait]();
  if (typeof (answer as PromiseLike<unknown> | null | undefined)?.then === "function") {
    return fromPromise(answer as PromiseLike<unknown>);
  }
  if (Object.prototype.toString.call(answer) !== "[object Generator]") return undefined;
  return new GeneratorFuture(() => answer as Steps<unknown>);
}
