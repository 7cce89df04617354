/**
 * Stopping the clock, and moving it by hand: time as an input to tests.
 *
 * The clock belongs to the isolate, so there is one for all its runtimes. While it is paused,
 * `Instant.now()` stands still and timers wait for it to be moved:
 *
 * - by {@linkcode advance};
 * - by itself, to the first timer, as soon as nothing happens any more. Nothing happens when a turn
 *   of the host's loop has gone by in which no task ran, no `await` of a future of edo's went on,
 *   and no event came. While somebody waits for I/O it takes 64 such turns, less than a millisecond,
 *   so that what is under way between sockets of the process, those of the host included, arrives
 *   first. It does not wait for other programs, nor for what the host alone does, such as `fetch`,
 *   `setTimeout` and files; whoever tests with those resumes the clock meanwhile. It does wait for
 *   blocking tasks.
 *
 * So `await sleep({ hours: 1 })` ends at once, and sleeps end in the order of their deadlines.
 *
 * @module
 */

import type { Context } from "../future/context.ts";
import { executor } from "../future/executor.ts";
import { Future, polledAfterEnd } from "../future/future.ts";
import { Pending, type Poll } from "../future/poll.ts";
import { isolate } from "../scheduler/isolate.ts";
import { type Duration, exactMilliseconds } from "./duration.ts";

/**
 * Stops the clock of this isolate, at the next whole millisecond.
 *
 * Only edo's time stands: `performance.now()`, `Date` and `setTimeout` go on. When nothing happens
 * any more, the clock moves to the first timer by itself: after a turn of the host's loop in which
 * no task ran and no event came, or 64 of them while somebody waits for I/O. It does not wait for
 * what the host alone does (`fetch`, `setTimeout`, files), nor for other programs.
 *
 * Follows Tokio's `time::pause`.
 *
 * @throws {TypeError} When the clock is paused already.
 *
 * @example
 * ```ts
 * import { Instant, pause, resume, sleep } from "@edo/runtime/time";
 * import { assertEquals } from "@std/assert";
 *
 * pause();
 * const start = Instant.now();
 * await sleep({ hours: 1 });
 * assertEquals(start.elapsed(), 3_600_000);
 * resume();
 * ```
 */
export function pause(): void {
  isolate.driver.pause();
}

/**
 * Lets a paused clock go on, from where it stands.
 *
 * Follows Tokio's `time::resume`.
 *
 * @throws {TypeError} When the clock is running.
 *
 * @example
 * ```ts
 * import { resume } from "@edo/runtime/time";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(resume, TypeError, "it is running");
 * ```
 */
export function resume(): void {
  isolate.driver.resume();
}

/**
 * Puts a paused clock forward in one jump, and lets the others run once.
 *
 * What is due by then fires at once, so the timers that were passed over end together. It does not
 * wait for the tasks that they have woken to come to their ends; to see each timer in its order,
 * `await sleep(duration)` and let the clock move by itself.
 *
 * **Cancel safety:** the clock moves with the first poll. Given up after that, it stays moved.
 *
 * Follows Tokio's `time::advance`.
 *
 * @param duration Milliseconds, or an object of units, to the nanosecond.
 * @throws {TypeError} At the call, when the clock is running; or when it runs by the first poll.
 * @throws {RangeError} When the duration is negative, infinite or not a number.
 *
 * @example
 * ```ts
 * import { advance, Instant, pause, resume } from "@edo/runtime/time";
 * import { assertEquals } from "@std/assert";
 *
 * pause();
 * const start = Instant.now();
 * await advance({ seconds: 5 });
 * assertEquals(start.elapsed(), 5000);
 * resume();
 * ```
 */
export function advance(duration: Duration): Future<void> {
  const milliseconds = exactMilliseconds(duration);
  if (!(milliseconds <= Number.MAX_SAFE_INTEGER)) {
    throw new RangeError(`Cannot advance the clock by ${milliseconds} ms: it is too far`);
  }
  isolate.driver.requirePaused("advance");
  return new Advance(milliseconds);
}

class Advance extends Future<void> {
  readonly #milliseconds: number;
  #state: "new" | "yielded" | "ended" = "new";

  constructor(milliseconds: number) {
    super();
    this.#milliseconds = milliseconds;
  }

  poll(cx: Context): Poll<void> {
    if (this.#state === "ended") throw polledAfterEnd();
    if (this.#state === "yielded") {
      this.#state = "ended";
      return;
    }
    isolate.driver.advance(this.#milliseconds);
    this.#state = "yielded";
    executor().defer(cx.waker);
    return Pending;
  }

  override [Symbol.dispose](): void {
    this.#state = "ended";
  }
}
