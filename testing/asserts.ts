/**
 * Assertions about polls and about time.
 *
 * @module
 */

import { isPending, Pending, type Poll } from "../future/poll.ts";
import type { Instant } from "../time/instant.ts";
import { type Duration, toMilliseconds } from "../time/duration.ts";
import { AssertionError } from "./assertion_error.ts";
import { equal } from "./equal.ts";

/** Timers have a granularity of a millisecond. */
const TOLERANCE_MS = 1;

/**
 * Requires that a poll has no value yet.
 *
 * Follows `assert_pending!` of tokio-test.
 *
 * @param polled What a poll has answered.
 * @param message Says what is wrong otherwise.
 * @throws {AssertionError} When it has a value.
 *
 * @example
 * ```ts
 * import { assertPending, taskSpawn } from "@edo/runtime/testing";
 * import { pending } from "@edo/runtime/future";
 *
 * assertPending(taskSpawn(pending()).poll());
 * ```
 */
export function assertPending(polled: Poll<unknown>, message?: string): void {
  if (isPending(polled)) return;
  throw new AssertionError(`Expected a poll to be pending, found ${show(polled)}${more(message)}`);
}

/**
 * Requires that a poll has a value.
 *
 * Follows `assert_ready!` and `assert_ready_ok!` of tokio-test; a poll that fails throws by itself.
 *
 * @param polled What a poll has answered.
 * @param message Says what is wrong otherwise.
 * @returns The value.
 * @throws {AssertionError} When there is no value yet.
 *
 * @example
 * ```ts
 * import { assertReady, taskSpawn } from "@edo/runtime/testing";
 * import { ready } from "@edo/runtime/future";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(assertReady(taskSpawn(ready(1)).poll()), 1);
 * ```
 */
export function assertReady<T>(polled: Poll<T>, message?: string): T {
  if (!isPending(polled)) return polled;
  throw new AssertionError(`Expected a poll to be ready, found it pending${more(message)}`);
}

/**
 * Requires that a poll has a certain value.
 *
 * Follows `assert_ready_eq!` of tokio-test.
 *
 * @param polled What a poll has answered.
 * @param expected The value; objects are compared by their parts.
 * @param message Says what is wrong otherwise.
 * @throws {AssertionError} When there is no value yet, or another one.
 *
 * @example
 * ```ts
 * import { assertReadyEq, taskSpawn } from "@edo/runtime/testing";
 * import { ready } from "@edo/runtime/future";
 *
 * assertReadyEq(taskSpawn(ready([1, 2])).poll(), [1, 2]);
 * ```
 */
export function assertReadyEq<T>(polled: Poll<T>, expected: T, message?: string): void {
  const value = assertReady(polled, message);
  if (equal(value, expected)) return;
  throw new AssertionError(
    `Expected a poll to be ready with ${show(expected)}, found ${show(value)}${more(message)}`,
  );
}

/**
 * Requires that a poll fails.
 *
 * Follows `assert_ready_err!` of tokio-test.
 *
 * @param poll Polls, as `() => task.poll()`.
 * @param kind The class of the error.
 * @param message Says what is wrong otherwise.
 * @returns What was thrown.
 * @throws {AssertionError} When the poll answers, or fails with an error of another class.
 *
 * @example
 * ```ts
 * import { assertReadyErr, taskSpawn } from "@edo/runtime/testing";
 * import { pollFn } from "@edo/runtime/future";
 *
 * const task = taskSpawn(pollFn(() => {
 *   throw new RangeError("broken");
 * }));
 * assertReadyErr(() => task.poll(), RangeError);
 * ```
 */
export function assertReadyErr<E = unknown>(
  poll: () => Poll<unknown>,
  // deno-lint-ignore no-explicit-any
  kind?: abstract new (...args: any[]) => E,
  message?: string,
): E {
  let polled;
  try {
    polled = poll();
  } catch (error) {
    if (kind === undefined || error instanceof kind) return error as E;
    throw new AssertionError(
      `Expected a poll to fail with ${kind.name}, found ${show(error)}${more(message)}`,
      { cause: error },
    );
  }
  const found = polled === Pending ? "it pending" : show(polled);
  throw new AssertionError(`Expected a poll to fail, found ${found}${more(message)}`);
}

/**
 * Requires that `duration` has passed since `start`, or up to a millisecond more, which is the
 * granularity of timers. It needs a paused clock, or patience with the machine.
 *
 * Follows `assert_elapsed!` of tokio-test.
 *
 * @param start When it began.
 * @param duration Milliseconds, or an object of units.
 * @throws {AssertionError} When less or more time has passed.
 *
 * @example
 * ```ts
 * import { assertElapsed } from "@edo/runtime/testing";
 * import { Instant, pause, resume, sleep } from "@edo/runtime/time";
 *
 * pause();
 * const start = Instant.now();
 * await sleep({ seconds: 5 });
 * assertElapsed(start, { seconds: 5 });
 * resume();
 * ```
 */
export function assertElapsed(start: Instant, duration: Duration): void {
  const elapsed = start.elapsed();
  const expected = toMilliseconds(duration);
  // Fractions of a millisecond do not add up exactly.
  if (elapsed >= expected - 1e-6 && elapsed <= expected + TOLERANCE_MS + 1e-6) return;
  throw new AssertionError(`Expected ${expected} ms to have passed, found ${elapsed} ms`);
}

function more(message: string | undefined): string {
  return message === undefined ? "" : `: ${message}`;
}

/** A value in a message; what has no text of its own is shown by its parts. */
function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  const text = textOf(value);
  return text === "[object Object]" || Array.isArray(value) ? json(value) : text;
}

function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

function json(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
