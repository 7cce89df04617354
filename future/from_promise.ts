/**
 * Promises as futures.
 *
 * @module
 */

import type { Context, Waker } from "./context.ts";
import { Future, polledAfterEnd } from "./future.ts";
import { Pending, type Poll } from "./poll.ts";

/**
 * Makes a future of a promise, so that `yield*` can wait for it and `select` can give it up.
 *
 * Dropping the future only stops waiting: a promise cannot be cancelled, and a rejection that comes
 * later is ignored.
 *
 * @param promise Any thenable.
 *
 * @example
 * ```ts
 * import { fromPromise, future } from "@edo/runtime/future";
 * import { assertEquals } from "@std/assert";
 *
 * const length = future(function* () {
 *   const text = yield* fromPromise(Promise.resolve("edo"));
 *   return text.length;
 * });
 * assertEquals(await length, 3);
 * ```
 */
export function fromPromise<T>(promise: PromiseLike<T>): Future<T> {
  return new PromiseFuture(promise);
}

type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: unknown };

class PromiseFuture<T> extends Future<T> {
  #outcome: Outcome<T> | undefined = undefined;
  #waker: Waker | undefined = undefined;
  #ended = false;

  constructor(promise: PromiseLike<T>) {
    super();
    promise.then(
      (value) => this.#settle({ ok: true, value }),
      (reason) => this.#settle({ ok: false, reason }),
    );
  }

  poll(cx: Context): Poll<T> {
    if (this.#ended) throw polledAfterEnd();
    const outcome = this.#outcome;
    if (outcome === undefined) {
      this.#waker = cx.waker;
      return Pending;
    }
    this.#ended = true;
    this.#outcome = undefined;
    if (outcome.ok) return outcome.value;
    throw outcome.reason;
  }

  override [Symbol.dispose](): void {
    this.#ended = true;
    this.#waker = undefined;
    this.#outcome = undefined;
  }

  #settle(outcome: Outcome<T>): void {
    if (this.#ended) return;
    this.#outcome = outcome;
    this.#waker?.wake();
    this.#waker = undefined;
  }
}
