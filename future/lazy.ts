/**
 * Futures that are made when they are first polled.
 *
 * @module
 */

import type { Context } from "./context.ts";
import type { Future } from "./future.ts";
import { type IntoFuture, intoFuture, type Output } from "./into_future.ts";
import type { Poll } from "./poll.ts";
import { Wrapper } from "./wrapper.ts";

/**
 * Makes a future whose work begins with the first poll. It makes a future of what begins at once, like
 * a `fetch`, or all that an async function does.
 *
 * **Cancel safety:** dropping it before its first poll calls nothing; afterwards it drops what `make`
 * has answered with.
 *
 * Follows `lazy` of Rust's futures.
 *
 * @param make Makes the future, or promise; called once.
 * @throws {TypeError} When `make` is not a function; later, when it has answered with something else.
 *
 * @example
 * ```ts
 * import { lazy } from "@edo/runtime/future";
 * import { assertEquals } from "@std/assert";
 *
 * const log: string[] = [];
 * const work = lazy(async () => {
 *   log.push("begun");
 *   return await Promise.resolve(7);
 * });
 * assertEquals(log, []);
 * assertEquals(await work, 7);
 * ```
 */
export function lazy<F extends IntoFuture<unknown>>(make: () => F): Future<Output<F>> {
  if (typeof make !== "function") {
    throw new TypeError(`Cannot make a future later: expected a function, found ${typeof make}`);
  }
  return new Lazy(make) as Future<unknown> as Future<Output<F>>;
}

class Lazy extends Wrapper<unknown, unknown> {
  #make: (() => IntoFuture<unknown>) | undefined;

  constructor(make: () => IntoFuture<unknown>) {
    super(undefined);
    this.#make = make;
  }

  poll(cx: Context): Poll<unknown> {
    const make = this.#make;
    if (make === undefined) return this.pollInner(cx);
    this.#make = undefined;
    return this.pollNext(intoFuture(make()), cx);
  }

  override [Symbol.dispose](): void {
    this.#make = undefined;
    super[Symbol.dispose]();
  }
}
