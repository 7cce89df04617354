/**
 * The one type for every wait.
 *
 * @module
 */

import { Awaiter } from "./awaiter.ts";
import { type Context, currentContext } from "./context.ts";
import { isPending, Pending, type Poll } from "./poll.ts";

/** How combinators and `spawn` ask a future for the one to drive. */
export const oneWait: unique symbol = Symbol("oneWait");

/** What `yield*` of a future yields while it waits; nothing else may be yielded. */
export interface Wait {
  /** Only the type has it. */
  readonly "edo:wait": true;
}

/** The steps of a generator future: it yields only what `yield*` of a future yields. */
export type Steps<T> = Generator<Wait, T, void>;

/**
 * A value that will be there later, computed only while somebody asks for it.
 *
 * - **Lazy:** nothing happens until the future is awaited, yielded to, polled or spawned.
 * - **Polled:** {@linkcode Future.poll} answers at once, with the value or with `Pending`; in the
 *   latter case the waker of the last poll is woken when another poll is worth while.
 * - **Once:** a future completes once. Polling it afterwards throws a `TypeError`.
 * - **Cancelled by dropping:** disposing a future that has not completed ends it there and then:
 *   it leaves every queue, and the `finally` and `using` of a generator future run.
 *
 * Four ways lead to the value: `await future`, `yield* future` inside {@linkcode future},
 * `future.poll(cx)` and `spawn(future)`. Use one of them, once.
 *
 * Follows `std::future::Future` of Rust.
 *
 * @example The same wait in two styles
 * ```ts
 * import { future, ready } from "@edo/runtime/future";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await ready(20), 20);
 *
 * const sum = future(function* () {
 *   const a = yield* ready(1);
 *   const b = yield* ready(2);
 *   return a + b;
 * });
 * assertEquals(await sum, 3);
 * ```
 */
export abstract class Future<T> implements PromiseLike<T>, Disposable {
  /**
   * Answers with the value, or with `Pending` after it has arranged for `cx.waker` to be woken.
   *
   * @param cx Who polls.
   * @throws What the future fails with, or a `TypeError` when it was polled to its end before.
   */
  abstract poll(cx: Context): Poll<T>;

  /**
   * Drops the future: it stops waiting and releases what it holds. Does nothing once the future
   * has completed or was dropped before.
   */
  abstract [Symbol.dispose](): void;

  /**
   * Drives the future for an `await` in plain async code.
   *
   * The callbacks may be called before this returns, when the value is there already, and outside
   * of the caller's async context. Code that relies on a promise's ways wraps the future:
   * `Promise.resolve(future)`; an `await` needs nothing.
   *
   * @param onfulfilled Gets the value.
   * @param onrejected Gets what the future failed with.
   */
  then<A = T, B = never>(
    onfulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): PromiseLike<A | B> {
    return new Awaiter<T, A | B>(this, onfulfilled, onrejected).start();
  }

  /** Makes `yield*` work inside a generator future. A future is its own iterator. */
  [Symbol.iterator](): Iterator<Wait, T, void> {
    return this;
  }

  /** One step of a `yield*`: polls with the context of the generator future around it. */
  next(): IteratorResult<Wait, T> {
    const cx = currentContext();
    if (cx === undefined) {
      throw new TypeError("Cannot yield* a future here: no generator future is being polled");
    }
    return stepOf(this.poll(cx));
  }

  /** Ends a `yield*` early, when the generator future around it is dropped. */
  return(value: T): IteratorResult<Wait, T> {
    this[Symbol.dispose]();
    return { done: true, value };
  }

  /** Ends a `yield*` by an error. */
  throw(error: unknown): IteratorResult<Wait, T> {
    this[Symbol.dispose]();
    throw error;
  }

  /** The future of one wait. A handle that may be waited on often makes a new one for each. */
  [oneWait](): Future<T> {
    return this;
  }
}

/** What a `yield*` gets while it waits: one object for all. */
const WAITING: IteratorYieldResult<Wait> = { done: false, value: Pending as unknown as Wait };

/**
 * The step of a `yield*` that a poll comes to.
 *
 * A class whose waits have to be quick has a `next` of its own, which ends in
 * `return stepOf(this.poll(cx))`: V8 then finds one class in it and makes one piece of the whole
 * wait, where the `next` of {@linkcode Future} looks `poll` up among those of all classes.
 */
export function stepOf<T>(polled: Poll<T>): IteratorResult<Wait, T> {
  return isPending(polled) ? WAITING : { done: true, value: polled };
}

/**
 * Whether `value` is a {@linkcode Future}.
 *
 * @example
 * ```ts
 * import { isFuture, ready } from "@edo/runtime/future";
 * import { assert } from "@std/assert";
 *
 * assert(isFuture(ready(1)));
 * assert(!isFuture(Promise.resolve(1)));
 * ```
 */
export function isFuture(value: unknown): value is Future<unknown> {
  return value instanceof Future;
}

/** The error of a poll that comes after the end. */
export function polledAfterEnd(): TypeError {
  return new TypeError("Cannot poll a future again: it has completed or was dropped");
}
