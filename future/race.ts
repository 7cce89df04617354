/**
 * Waiting for the first of several futures that are all alike.
 *
 * @module
 */

import type { Context } from "./context.ts";
import { dropAll } from "./drop_all.ts";
import { Future, polledAfterEnd } from "./future.ts";
import { type IntoFuture, intoFuture, type Output } from "./into_future.ts";
import { isPending, Pending, type Poll } from "./poll.ts";
import { Selection } from "./selection.ts";

/**
 * Waits for the first of the futures to complete, or to fail, and drops the others. A
 * {@linkcode select} for which it does not matter who has won.
 *
 * `Promise.race`, beside it, leaves the losers running.
 *
 * **Cancel safety:** dropping it drops all futures.
 *
 * @param futures Futures or promises; at least one.
 * @returns A future of the first value.
 * @throws {RangeError} When there is no future.
 * @throws {TypeError} When one is neither a future nor a promise.
 *
 * @example
 * ```ts
 * import { mapped, race } from "@edo/runtime/future";
 * import { sleep } from "@edo/runtime/time";
 * import { assertEquals } from "@std/assert";
 *
 * const naps = [60_000, 1, 60_000].map((ms) => mapped(sleep(ms), () => ms));
 * assertEquals(await race(...naps), 1);
 * ```
 */
export function race<F extends readonly IntoFuture<unknown>[]>(
  ...futures: F
): Future<Output<F[number]>> {
  if (futures.length === 0) throw new RangeError("Cannot race no futures: give at least one");
  const list = futures.map((one) => intoFuture(one));
  return new Race(list, undefined, false, undefined) as Future<unknown> as Future<
    Output<F[number]>
  >;
}

class Race extends Selection<unknown> {
  protected override answer(_index: number, value: unknown): unknown {
    return value;
  }
}

/**
 * Waits for the first of the futures that succeeds, and drops the others. Those that fail before
 * are passed over; when all have failed, an `AggregateError` has their errors, in the order of the
 * arguments.
 *
 * `Promise.any`, beside it, leaves the losers running.
 *
 * **Cancel safety:** dropping it drops every future that has not ended.
 *
 * Follows `select_ok` of Rust's futures.
 *
 * @param futures Futures or promises; at least one.
 * @returns A future of the first value.
 * @throws {RangeError} When there is no future.
 * @throws {TypeError} When one is neither a future nor a promise.
 *
 * @example
 * ```ts
 * import { ready, selectOk } from "@edo/runtime/future";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await selectOk(Promise.reject(new Error("down")), ready("up")), "up");
 * ```
 */
export function selectOk<F extends readonly IntoFuture<unknown>[]>(
  ...futures: F
): Future<Output<F[number]>> {
  if (futures.length === 0) {
    throw new RangeError("Cannot select from no futures: give at least one");
  }
  return new SelectOk(futures.map((one) => intoFuture(one))) as unknown as Future<
    Output<F[number]>
  >;
}

class SelectOk extends Future<unknown> {
  /** Those that wait. A future is out of the list while it is polled. */
  readonly #waiting: (Future<unknown> | undefined)[];
  readonly #errors: unknown[];
  #left: number;
  #ended = false;

  constructor(futures: Future<unknown>[]) {
    super();
    this.#waiting = futures;
    this.#errors = new Array(futures.length);
    this.#left = futures.length;
  }

  poll(cx: Context): Poll<unknown> {
    if (this.#ended) throw polledAfterEnd();
    for (let i = 0; i < this.#errors.length; i++) {
      const value = this.#pollOne(i, cx);
      if (this.#ended) throw polledAfterEnd();
      if (isPending(value)) continue;
      this[Symbol.dispose]();
      return value;
    }
    if (this.#left > 0) return Pending;
    this.#ended = true;
    throw new AggregateError(this.#errors, "Cannot select a future: all have failed");
  }

  override [Symbol.dispose](): void {
    this.#ended = true;
    dropAll(this.#waiting.splice(0));
  }

  #pollOne(index: number, cx: Context): Poll<unknown> {
    const future = this.#waiting[index];
    if (future === undefined) return Pending;
    this.#waiting[index] = undefined;
    let value;
    try {
      value = future.poll(cx);
    } catch (error) {
      this.#errors[index] = error;
      this.#left -= 1;
      return Pending;
    }
    if (!isPending(value)) return value;
    if (this.#ended) future[Symbol.dispose]();
    else this.#waiting[index] = future;
    return Pending;
  }
}
