/**
 * Waiting for several futures at once.
 *
 * @module
 */

import { AllOf } from "./all_of.ts";
import type { Future } from "./future.ts";
import { type IntoFuture, intoFuture, type Output } from "./into_future.ts";

/** The values of several futures, in their order. */
export type Outputs<F extends readonly IntoFuture<unknown>[]> = {
  -readonly [K in keyof F]: Output<F[K]>;
};

/** How {@linkcode joinAll} and {@linkcode tryJoinAll} look at their futures. */
export interface JoinOptions {
  /** Begin every poll with the first future, instead of with the next one each time. Default `false`. */
  readonly biased?: boolean;
}

/**
 * Waits until all futures have completed, in one task.
 *
 * - **Fair:** each poll begins with the next future, so that one which uses up the task's budget does
 *   not starve the others.
 * - **Failures:** every future is driven to its end, also when one of them fails; then the first
 *   failure, in the order of the arguments, is thrown. {@linkcode tryJoin} ends at once.
 * - **Values** that were there already when the whole fails or is dropped are lost. What has to be
 *   released, such as a guard, is used inside of the future: `future(function* () { using … })`.
 *
 * **Cancel safety:** dropping it drops every future that has not ended.
 *
 * Follows Tokio's `join!`.
 *
 * @param futures Futures or promises.
 * @returns A future of their values, in the order of the arguments.
 * @throws {TypeError} When one is neither a future nor a promise.
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
export function join<F extends readonly IntoFuture<unknown>[]>(...futures: F): Future<Outputs<F>> {
  return allOf(futures as unknown as Given, false, undefined);
}

/**
 * As {@linkcode join}, for a tuple of futures, with options.
 *
 * @param futures Futures or promises.
 * @param options In which order to poll.
 * @throws {TypeError} When one is neither a future nor a promise.
 *
 * @example
 * ```ts
 * import { joinAll, ready } from "@edo/runtime/future";
 * import { assertEquals } from "@std/assert";
 *
 * const both: [number, string] = await joinAll([ready(1), ready("two")], { biased: true });
 * assertEquals(both, [1, "two"]);
 * ```
 */
export function joinAll<const F extends readonly IntoFuture<unknown>[]>(
  futures: F,
  options?: JoinOptions,
): Future<Outputs<F>>;

/**
 * As {@linkcode join}, for any number of futures. One that wakes the task has all of them polled; for
 * thousands that end one after the other, spawn them.
 *
 * @param futures Futures or promises.
 * @param options In which order to poll.
 * @throws {TypeError} When one is neither a future nor a promise.
 *
 * @example
 * ```ts
 * import { joinAll, mapped } from "@edo/runtime/future";
 * import { sleep } from "@edo/runtime/time";
 * import { assertEquals } from "@std/assert";
 *
 * const naps = new Set([3, 1, 2].map((ms) => mapped(sleep(ms), () => ms)));
 * assertEquals(await joinAll(naps), [3, 1, 2]);
 * ```
 */
export function joinAll<T>(
  futures: Iterable<IntoFuture<T>>,
  options?: JoinOptions,
): Future<T[]>;

export function joinAll(
  futures: Iterable<IntoFuture<unknown>>,
  options?: JoinOptions,
): Future<unknown[]> {
  return allOf([...futures], false, options);
}

/**
 * Waits until all futures have completed, or the first of them fails: then the others are dropped at
 * once, and its error is thrown.
 *
 * Each poll begins with the next future, as in {@linkcode join}. `Promise.all`, beside it, leaves the
 * others running.
 *
 * **Cancel safety:** dropping it drops every future that has not ended. Values that were there
 * already when the whole fails or is dropped are lost.
 *
 * Follows Tokio's `try_join!`.
 *
 * @param futures Futures or promises.
 * @returns A future of their values, in the order of the arguments.
 * @throws {TypeError} When one is neither a future nor a promise.
 *
 * @example
 * ```ts
 * import { pending, tryJoin } from "@edo/runtime/future";
 * import { assertRejects } from "@std/assert";
 *
 * const broken = Promise.reject(new RangeError("broken"));
 * await assertRejects(async () => await tryJoin(pending(), broken), RangeError, "broken");
 * ```
 */
export function tryJoin<F extends readonly IntoFuture<unknown>[]>(
  ...futures: F
): Future<Outputs<F>> {
  return allOf(futures as unknown as Given, true, undefined);
}

/**
 * As {@linkcode tryJoin}, for a tuple of futures, with options.
 *
 * @param futures Futures or promises.
 * @param options In which order to poll.
 * @throws {TypeError} When one is neither a future nor a promise.
 *
 * @example
 * ```ts
 * import { ready, tryJoinAll } from "@edo/runtime/future";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await tryJoinAll([ready(1), ready("two")], { biased: true }), [1, "two"]);
 * ```
 */
export function tryJoinAll<const F extends readonly IntoFuture<unknown>[]>(
  futures: F,
  options?: JoinOptions,
): Future<Outputs<F>>;

/**
 * As {@linkcode tryJoin}, for any number of futures.
 *
 * @param futures Futures or promises.
 * @param options In which order to poll.
 * @throws {TypeError} When one is neither a future nor a promise.
 *
 * @example
 * ```ts
 * import { ready, tryJoinAll } from "@edo/runtime/future";
 * import { assertEquals } from "@std/assert";
 *
 * const squares = new Set([1, 2, 3].map((n) => ready(n * n)));
 * assertEquals(await tryJoinAll(squares), [1, 4, 9]);
 * ```
 */
export function tryJoinAll<T>(
  futures: Iterable<IntoFuture<T>>,
  options?: JoinOptions,
): Future<T[]>;

export function tryJoinAll(
  futures: Iterable<IntoFuture<unknown>>,
  options?: JoinOptions,
): Future<unknown[]> {
  return allOf([...futures], true, options);
}

/** What was given, in an array of which nobody else knows. */
type Given = (IntoFuture<unknown> | undefined)[];

/** Puts futures in the place of what was given. */
function allOf<R>(given: Given, failsFast: boolean, options: JoinOptions | undefined): Future<R> {
  for (let i = 0; i < given.length; i++) given[i] = intoFuture(given[i]!);
  const isBiased = options?.biased ?? false;
  return new AllOf(given as Future<unknown>[], failsFast, isBiased) as unknown as Future<R>;
}
