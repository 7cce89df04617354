/**
 * Waiting for several futures at once.
 *
 * @module
 */

import type { Context } from "./context.ts";
import { dropAll } from "./drop_all.ts";
import { Future, polledAfterEnd } from "./future.ts";
import { type IntoFuture, intoFuture, type Output } from "./into_future.ts";
import { Pending, type Poll } from "./poll.ts";

/**
 * Waits until all futures have completed, in one task.
 *
 * Every future is driven to its end, also when one of them fails; then the first failure, in the
 * order of the arguments, is thrown.
 *
 * **Cancel safety:** dropping it drops every future that has not completed, and the values of the
 * others with it.
 *
 * @param futures Futures or promises.
 * @returns A future of their values, in the order of the arguments.
 *
 * @example
 * ```ts
 * import { join, ready } from "@edo/runtime/future";
 * import { assertEquals } from "@std/assert";
 *
 * const [a, b] = await join(ready(1), Promise.resolve("two"));
 * assertEquals([a, b], [1, "two"]);
 * ```
 */
export function join<F extends readonly IntoFuture<unknown>[]>(
  ...futures: F
): Future<{ -readonly [K in keyof F]: Output<F[K]> }> {
  return new Join(futures.map(intoFuture)) as unknown as Future<
    { -readonly [K in keyof F]: Output<F[K]> }
  >;
}

class Join extends Future<unknown[]> {
  readonly #waiting: (Future<unknown> | undefined)[];
  readonly #values: unknown[];
  #left: number;
  #failure: { readonly index: number; readonly error: unknown } | undefined = undefined;
  #ended = false;

  constructor(futures: Future<unknown>[]) {
    super();
    this.#waiting = futures;
    this.#values = new Array(futures.length);
    this.#left = futures.length;
  }

  poll(cx: Context): Poll<unknown[]> {
    if (this.#ended) throw polledAfterEnd();
    for (let i = 0; i < this.#waiting.length; i++) this.#pollOne(i, cx);
    if (this.#left > 0) return Pending;
    this.#ended = true;
    if (this.#failure !== undefined) throw this.#failure.error;
    return this.#values;
  }

  override [Symbol.dispose](): void {
    this.#ended = true;
    dropAll(this.#waiting.splice(0));
  }

  #pollOne(index: number, cx: Context): void {
    const future = this.#waiting[index];
    if (future === undefined) return;
    let value;
    try {
      value = future.poll(cx);
    } catch (error) {
      if (this.#failure === undefined || index < this.#failure.index) {
        this.#failure = { index, error };
      }
    }
    if (value === Pending) return;
    this.#waiting[index] = undefined;
    this.#values[index] = value;
    this.#left -= 1;
  }
}
