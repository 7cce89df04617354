/**
 * Giving up after a while.
 *
 * @module
 */

import { hasBudget } from "../future/budget.ts";
import { type Context, currentContext } from "../future/context.ts";
import { pollDelay } from "../future/delay.ts";
import { Future, polledAfterEnd, stepOf, type Wait } from "../future/future.ts";
import { type IntoFuture, intoFuture } from "../future/into_future.ts";
import { isPending, Pending, type Poll } from "../future/poll.ts";
import { type Duration, toMilliseconds } from "./duration.ts";
import type { Instant } from "./instant.ts";
import { deadlineIn, type Timer, timerAt } from "./sleep.ts";

/**
 * The time of a {@linkcode timeout} was up before its future completed.
 *
 * Follows Tokio's `time::error::Elapsed`.
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
 * The future is polled before the clock is looked at: one that is ready wins, even at a timeout of
 * 0, and starts no timer. A future that uses up its task's budget cannot keep the time from running
 * out.
 *
 * **Cancel safety:** dropping it, like running out of time, drops the future.
 *
 * Follows Tokio's `time::timeout`.
 *
 * @param duration Milliseconds, or an object of units, from this call. More than about thirty years
 * count as that.
 * @param source A future or a promise. A promise is not stopped by a timeout.
 * @returns A future that fails with {@linkcode ElapsedError} when the time is up.
 * @throws {TypeError} At the call, when the duration is neither a number nor an object of units, or
 * the source neither a future nor a promise.
 * @throws {RangeError} At the call, when the duration is negative or not a number.
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
export function timeout<T>(duration: Duration, source: IntoFuture<T>): Timeout<T> {
  const deadlineMs = deadlineIn(toMilliseconds(duration));
  return new Timeout(intoFuture(source), deadlineMs);
}

/**
 * As {@linkcode timeout}, until a point in time.
 *
 * **Cancel safety:** dropping it, like running out of time, drops the future.
 *
 * Follows Tokio's `time::timeout_at`.
 *
 * @param deadline When to give up.
 * @param source A future or a promise.
 * @returns A future that fails with {@linkcode ElapsedError} when the time is up.
 * @throws {TypeError} At the call, when the source is neither a future nor a promise.
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
export function timeoutAt<T>(deadline: Instant, source: IntoFuture<T>): Timeout<T> {
  return new Timeout(intoFuture(source), deadline.ms);
}

/**
 * The future of {@linkcode timeout}.
 *
 * @example Taking the future back out
 * ```ts
 * import { timeout } from "@edo/runtime/time";
 * import { ready } from "@edo/runtime/future";
 * import { assertEquals } from "@std/assert";
 *
 * const limited = timeout(1000, ready("value"));
 * assertEquals(await limited.intoInner(), "value");
 * ```
 */
export class Timeout<T> extends Future<T> {
  declare private future: Future<T> | undefined;
  declare private readonly deadlineMs: number;
  /** Made when it is first needed: a future that is ready needs none. */
  declare private timer: Timer | undefined;

  /** Made by {@linkcode timeout} and {@linkcode timeoutAt}. */
  constructor(future: Future<T>, deadlineMs: number) {
    super();
    this.future = future;
    this.deadlineMs = deadlineMs;
    this.timer = undefined;
  }

  /**
   * The future that is waited for.
   *
   * @throws {TypeError} When the timeout has ended.
   */
  getRef(): Future<T> {
    if (this.future === undefined) throw polledAfterEnd();
    return this.future;
  }

  /**
   * Takes the future out, without dropping it, and ends the timeout.
   *
   * @throws {TypeError} When the timeout has ended.
   */
  intoInner(): Future<T> {
    const future = this.getRef();
    this.end();
    return future;
  }

  /** Polls the future, and then looks at the clock. */
  poll(cx: Context): Poll<T> {
    const { future } = this;
    if (future === undefined) throw polledAfterEnd();
    const hadBudget = hasBudget();
    let value;
    try {
      value = future.poll(cx);
    } catch (error) {
      this.end();
      throw error;
    }
    if (!isPending(value)) {
      this.end();
      return value;
    }
    const timer = this.timer ??= timerAt(this.deadlineMs);
    if (!pollDelay(timer, cx, hadBudget)) return Pending;
    this[Symbol.dispose]();
    throw new ElapsedError();
  }

  /** A step of a `yield*`. */
  override next(): IteratorResult<Wait, T> {
    const cx = currentContext();
    return cx === undefined ? super.next() : stepOf(this.poll(cx));
  }

  /** Stops the timer and drops the future. */
  override [Symbol.dispose](): void {
    const { future } = this;
    this.end();
    future?.[Symbol.dispose]();
  }

  /** Lets go of the future and stops the timer. */
  private end(): void {
    const { timer } = this;
    this.future = undefined;
    if (timer !== undefined) timer[Symbol.dispose]();
  }
}
