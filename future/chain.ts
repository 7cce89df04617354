/**
 * What comes after a future: another value, another future, a way out of a failure.
 *
 * @module
 */

import type { Context } from "./context.ts";
import type { Future } from "./future.ts";
import { type IntoFuture, intoFuture, type Output } from "./into_future.ts";
import { isPending, Pending, type Poll } from "./poll.ts";
import { Wrapper } from "./wrapper.ts";

/**
 * Makes a future of another value: `change` is called with the value of `source`, once.
 *
 * **Cancel safety:** dropping it drops `source`; `change` is not called then.
 *
 * Follows `map` of Rust's futures.
 *
 * @param source A future or a promise.
 * @param change Answers with the new value. What it throws is what the future fails with.
 * @throws {TypeError} When `source` is neither a future nor a promise.
 *
 * @example
 * ```ts
 * import { mapped, ready } from "@edo/runtime/future";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await mapped(ready("edo"), (text) => text.length), 3);
 * ```
 */
export function mapped<T, R>(source: IntoFuture<T>, change: (value: T) => R): Future<R> {
  return new Mapped(intoFuture(source), change);
}

/**
 * Makes a future of two, one after the other: `follow` is called with the value of `source`, and
 * makes the second.
 *
 * **Cancel safety:** dropping it drops the one that is being waited on.
 *
 * Follows `and_then` of Rust's futures.
 *
 * @param source A future or a promise. If it fails, so does the whole.
 * @param follow Makes the second future, or promise.
 * @throws {TypeError} When `source` is neither a future nor a promise; later, when what `follow` has
 * answered with is neither.
 *
 * @example
 * ```ts
 * import { andThen, ready } from "@edo/runtime/future";
 * import { sleep } from "@edo/runtime/time";
 *
 * await andThen(ready(2), (ms) => sleep(ms));
 * ```
 */
export function andThen<T, F extends IntoFuture<unknown>>(
  source: IntoFuture<T>,
  follow: (value: T) => F,
): Future<Output<F>> {
  return new AndThen(intoFuture(source), follow) as Future<unknown> as Future<Output<F>>;
}

/**
 * Makes a future that goes on after a failure: `recover` is called with what `source` failed with,
 * and makes the future that stands in for it.
 *
 * **Cancel safety:** dropping it drops the one that is being waited on.
 *
 * Follows `or_else` of Rust's futures.
 *
 * @param source A future or a promise. If it succeeds, its value is that of the whole.
 * @param recover Makes the future, or promise, to go on with. It may throw the error again.
 * @throws {TypeError} When `source` is neither a future nor a promise; later, when what `recover` has
 * answered with is neither.
 *
 * @example
 * ```ts
 * import { orElse, ready } from "@edo/runtime/future";
 * import { assertEquals } from "@std/assert";
 *
 * const broken = Promise.reject(new RangeError("broken"));
 * assertEquals(await orElse(broken, (error) => ready(error instanceof RangeError)), true);
 * ```
 */
export function orElse<T, F extends IntoFuture<unknown>>(
  source: IntoFuture<T>,
  recover: (error: unknown) => F,
): Future<T | Output<F>> {
  return new OrElse(intoFuture(source), recover) as Future<unknown> as Future<T | Output<F>>;
}

class Mapped<T, R> extends Wrapper<T, R> {
  declare private readonly change: (value: T) => R;

  constructor(source: Future<T>, change: (value: T) => R) {
    super(source);
    this.change = change;
  }

  poll(cx: Context): Poll<R> {
    const value = this.pollInner(cx);
    return isPending(value) ? Pending : this.change(value);
  }
}

class AndThen<T> extends Wrapper<unknown, unknown> {
  #follow: ((value: T) => IntoFuture<unknown>) | undefined;

  constructor(first: Future<T>, follow: (value: T) => IntoFuture<unknown>) {
    super(first);
    this.#follow = follow;
  }

  poll(cx: Context): Poll<unknown> {
    const value = this.pollInner(cx);
    const follow = this.#follow;
    if (follow === undefined || isPending(value)) return value;
    this.#follow = undefined;
    return this.pollNext(intoFuture(follow(value as T)), cx);
  }
}

class OrElse extends Wrapper<unknown, unknown> {
  #recover: ((error: unknown) => IntoFuture<unknown>) | undefined;

  constructor(first: Future<unknown>, recover: (error: unknown) => IntoFuture<unknown>) {
    super(first);
    this.#recover = recover;
  }

  poll(cx: Context): Poll<unknown> {
    const recover = this.#recover;
    if (recover === undefined || !this.isWaiting) return this.pollInner(cx);
    try {
      return this.pollInner(cx);
    } catch (error) {
      if (this.isDropped) throw error;
      this.#recover = undefined;
      return this.pollNext(intoFuture(recover(error)), cx);
    }
  }
}
