/**
 * Waiting for a point in time.
 *
 * @module
 */

import { proceed, refund } from "../future/budget.ts";
import type { Context, Waker } from "../future/context.ts";
import { Future, polledAfterEnd } from "../future/future.ts";
import { Pending, type Poll } from "../future/poll.ts";
import { isolate } from "../scheduler/isolate.ts";
import { RESOLUTION_MS } from "./clock.ts";
import { type Duration, toMilliseconds } from "./duration.ts";
import { Instant } from "./instant.ts";
import { IDLE, type TimerEntry } from "./wheel.ts";

/** The future of {@linkcode sleep}. */
export interface Sleep extends Future<void> {
  /** When the sleep ends. */
  readonly deadline: Instant;
  /** Whether the deadline has passed and the timer has noticed. */
  isElapsed(): boolean;
  /**
   * Moves the deadline. A sleep that has ended can be awaited again afterwards.
   *
   * @param deadline The new one.
   */
  reset(deadline: Instant): void;
}

/**
 * Waits for `duration`, counted from this call.
 *
 * The timer starts with the first poll. It has a granularity of a millisecond: the sleep never ends
 * early, and up to a millisecond late plus the time until its task gets its turn.
 *
 * **Cancel safety:** dropping it stops the timer.
 *
 * @param duration Milliseconds, or an object of units.
 * @throws {RangeError} When the duration is negative or not a number.
 *
 * @example
 * ```ts
 * import { sleep } from "@edo/runtime/time";
 *
 * await sleep(5);
 * await sleep({ microseconds: 500 });
 * ```
 */
export function sleep(duration: Duration): Sleep {
  return new Timer(isolate.driver.now() + RESOLUTION_MS + toMilliseconds(duration));
}

/**
 * Waits until `deadline`. As {@linkcode sleep}; a deadline that has passed is ready at once.
 *
 * @param deadline When to go on.
 *
 * @example
 * ```ts
 * import { Instant, sleepUntil } from "@edo/runtime/time";
 * import { assert } from "@std/assert";
 *
 * const deadline = Instant.now().add(3);
 * await sleepUntil(deadline);
 * assert(Instant.now().compare(deadline) >= 0);
 * ```
 */
export function sleepUntil(deadline: Instant): Sleep {
  return new Timer(deadline.ms);
}

/** Is itself the entry in the timer wheel, so that a sleep is one object. */
class Timer extends Future<void> implements Sleep, TimerEntry {
  when = 0;
  slot: number = IDLE;
  nextTimer: TimerEntry | undefined = undefined;
  previousTimer: TimerEntry | undefined = undefined;
  #deadlineMs: number;
  #waker: Waker | undefined = undefined;
  #state: State = NEW;

  constructor(deadlineMs: number) {
    super();
    this.#deadlineMs = deadlineMs;
  }

  get deadline(): Instant {
    return new Instant(this.#deadlineMs);
  }

  isElapsed(): boolean {
    return this.#state === ELAPSED || this.#state === ENDED;
  }

  poll(cx: Context): Poll<void> {
    if (this.#state === ENDED) throw polledAfterEnd();
    if (!proceed(cx.waker)) return Pending;
    if (this.#state === NEW) {
      this.#state = isolate.driver.startTimer(this, this.#deadlineMs) ? WAITING : ELAPSED;
    }
    if (this.#state === ELAPSED) {
      this.#state = ENDED;
      return;
    }
    refund();
    this.#waker = cx.waker;
    return Pending;
  }

  reset(deadline: Instant): void {
    const waits = this.#state === WAITING;
    if (waits) isolate.driver.stopTimer(this);
    this.#deadlineMs = deadline.ms;
    this.#state = NEW;
    if (!waits) return;
    if (isolate.driver.startTimer(this, this.#deadlineMs)) this.#state = WAITING;
    else this.fire();
  }

  fire(): void {
    this.#state = ELAPSED;
    this.#waker?.wake();
    this.#waker = undefined;
  }

  override [Symbol.dispose](): void {
    if (this.#state === WAITING) isolate.driver.stopTimer(this);
    this.#state = ENDED;
    this.#waker = undefined;
  }
}

const NEW = 0;
const WAITING = 1;
const ELAPSED = 2;
const ENDED = 3;
type State = typeof NEW | typeof WAITING | typeof ELAPSED | typeof ENDED;
