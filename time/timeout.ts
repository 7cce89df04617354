/**
 * Giving up after a while.
 *
 * @module
 */

import { BUDGET, hasBudget, resetBudget } from "../future/budget.ts";
import type { Context } from "../future/context.ts";
import { Future, polledAfterEnd } from "../future/future.ts";
import { type IntoFuture, intoFuture } from "../future/into_future.ts";
import { Pending, type Poll } from "../future/poll.ts";
import type { Duration } from "./duration.ts";
import type { Instant } from "./instant.ts";
import { type Sleep, sleep, sleepUntil } from "./sleep.ts";

/**
 * The time of a {@linkcode timeout} was up before its future completed.
 *
 * @example
 * ```ts
 * import { ElapsedError, timeout } from "@edo/runtime/time";
 * import { pending } from "@edo/runtime/future";
 * import { assertRejects } from "@std/assert";
 *
 * await assertRejects(async () => await timeout(2, pending()), ElapsedError);
 * ```
 */
export class ElapsedError extends Error {
  /** Always `"ElapsedError"`. */
  override readonly name = "ElapsedError";

  /** Makes the error. */
  constructor() {
    super("Cannot wait any longer: the deadline has elapsed");
  }
}

/**
 * Waits for a future, for at most `duration`, and drops it when the time is up.
 *
 * The future is polled before the clock is looked at: one that is ready wins, even at a timeout of 0.
 *
 * **Cancel safety:** dropping it, like running out of time, drops the future.
 *
 * @param duration Milliseconds, or an object of units, from this call.
 * @param source A future or a promise. A promise is not stopped by a timeout.
 * @throws {RangeError} At the call, when the duration is negative or not a number.
 * @returns A future that fails with {@linkcode ElapsedError} when the time is up.
 *
 * @example
 * ```ts
 * import { timeout } from "@edo/runtime/time";
 * import { ready } from "@edo/runtime/future";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await timeout(0, ready("in time")), "in time");
 * ```
 */
export function timeout<T>(duration: Duration, source: IntoFuture<T>): Future<T> {
  return new Timeout(intoFuture(source), sleep(duration));
}

/**
 * As {@linkcode timeout}, until a point in time.
 *
 * @param deadline When to give up.
 * @param source A future or a promise.
 * @returns A future that fails with {@linkcode ElapsedError} when the time is up.
 *
 * @example
 * ```ts
 * import { Instant, sleep, timeoutAt } from "@edo/runtime/time";
 * import { assertRejects } from "@std/assert";
 *
 * const deadline = Instant.now().add(2);
 * await assertRejects(async () => await timeoutAt(deadline, sleep(60_000)));
 * ```
 */
export function timeoutAt<T>(deadline: Instant, source: IntoFuture<T>): Future<T> {
  return new Timeout(intoFuture(source), sleepUntil(deadline));
}

class Timeout<T> extends Future<T> {
  #future: Future<T> | undefined;
  readonly #sleep: Sleep;

  constructor(future: Future<T>, sleep: Sleep) {
    super();
    this.#future = future;
    this.#sleep = sleep;
  }

  poll(cx: Context): Poll<T> {
    const future = this.#future;
    if (future === undefined) throw polledAfterEnd();
    let value;
    try {
      value = future.poll(cx);
    } catch (error) {
      this.#future = undefined;
      this[Symbol.dispose]();
      throw error;
    }
    if (value !== Pending) {
      this.#future = undefined;
      this.#sleep[Symbol.dispose]();
      return value;
    }
    if (this.#pollSleep(cx) === Pending) return Pending;
    this[Symbol.dispose]();
    throw new ElapsedError();
  }

  override [Symbol.dispose](): void {
    const future = this.#future;
    this.#future = undefined;
    this.#sleep[Symbol.dispose]();
    future?.[Symbol.dispose]();
  }

  /** A future that uses up the budget must not keep the clock from being looked at. */
  #pollSleep(cx: Context): Poll<void> {
    if (hasBudget()) return this.#sleep.poll(cx);
    resetBudget(BUDGET);
    const slept = this.#sleep.poll(cx);
    resetBudget(0);
    return slept;
  }
}
