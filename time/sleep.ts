/**
 * Waiting for a point in time.
 *
 * @module
 */

import { proceed, refund } from "../future/budget.ts";
import type { Context, Waker } from "../future/context.ts";
import { installDelay } from "../future/delay.ts";
import { Future, polledAfterEnd } from "../future/future.ts";
import { Pending, type Poll } from "../future/poll.ts";
import { isolate } from "../scheduler/isolate.ts";
import { behindMs } from "./clock.ts";
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
   * Moves the deadline, also of a sleep that somebody waits for.
   *
   * A sleep that has ended or was dropped begins anew: it can be waited for once more.
   *
   * @param deadline The new one. One that has passed wakes who waits.
   */
  reset(deadline: Instant): void;
}

/**
 * Waits for `duration`, counted from this call.
 *
 * - **Lazy:** the timer starts with the first poll; a sleep that nobody polls never ends.
 * - **Granularity:** a millisecond. The sleep never ends early, and up to a millisecond late plus
 *   the time until its task gets its turn.
 * - **Far deadlines:** `Infinity` and everything above about thirty years count as that.
 *
 * **Cancel safety:** dropping it stops the timer.
 *
 * Follows Tokio's `time::sleep`.
 *
 * @param duration Milliseconds, or an object of units.
 * @returns A future that may also be moved, see {@linkcode Sleep}.
 * @throws {TypeError} When the duration is neither a number nor an object of units.
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
  return new Timer(deadlineIn(toMilliseconds(duration)), FRESH);
}

/**
 * Waits until `deadline`. As {@linkcode sleep}; a deadline that has passed is ready at once.
 *
 * **Cancel safety:** dropping it stops the timer.
 *
 * Follows Tokio's `time::sleep_until`.
 *
 * @param deadline When to go on.
 * @returns A future that may also be moved, see {@linkcode Sleep}.
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
  return timerAt(deadline.ms);
}

/** The sleep of {@linkcode sleepUntil}, by milliseconds of the clock. */
export function timerAt(deadlineMs: number): Timer {
  return new Timer(deadlineMs, NEW);
}

installDelay((ms) => new Timer(deadlineIn(ms), FRESH));

/** When `ms` milliseconds, counted from now, have passed for certain. */
export function deadlineIn(ms: number): number {
  return isolate.driver.now() + behindMs + ms;
}

/** Not polled yet; the deadline may have passed. */
const NEW = 0;
/** Not polled yet; the deadline lay ahead when it was made. */
const FRESH = 1;
/** In the wheel. */
const WAITING = 2;
/** The deadline has passed, and it was not polled since. */
const ELAPSED = 3;
const ENDED = 4;
const DROPPED = 5;
type State =
  | typeof NEW
  | typeof FRESH
  | typeof WAITING
  | typeof ELAPSED
  | typeof ENDED
  | typeof DROPPED;

/** Is itself the entry in the timer wheel, so that a sleep is one object. */
export class Timer extends Future<void> implements Sleep, TimerEntry {
  // Plain properties set by the constructor, as in `IoFuture`: making this object is a good part of
  // what a timer costs that is cancelled.
  declare when: number;
  declare slot: number;
  declare nextTimer: TimerEntry | undefined;
  declare previousTimer: TimerEntry | undefined;
  declare private deadlineMs: number;
  declare private waker: Waker | undefined;
  declare private state: State;

  constructor(deadlineMs: number, state: typeof NEW | typeof FRESH) {
    super();
    this.when = 0;
    this.slot = IDLE;
    this.nextTimer = undefined;
    this.previousTimer = undefined;
    this.deadlineMs = deadlineMs;
    this.waker = undefined;
    this.state = state;
  }

  get deadline(): Instant {
    return new Instant(this.deadlineMs);
  }

  isElapsed(): boolean {
    return this.state === ELAPSED || this.state === ENDED;
  }

  poll(cx: Context): Poll<void> {
    if (this.state >= ENDED) throw polledAfterEnd();
    if (!proceed(cx.waker)) return Pending;
    if (this.state <= FRESH) this.start();
    if (this.state === ELAPSED) {
      this.state = ENDED;
      return;
    }
    refund();
    this.waker = cx.waker;
    return Pending;
  }

  reset(deadline: Instant): void {
    this.resetTo(deadline.ms);
  }

  /** As {@linkcode Sleep.reset}, in milliseconds of the clock. */
  resetTo(deadlineMs: number): void {
    const waits = this.state === WAITING;
    if (waits) isolate.driver.stopTimer(this);
    this.deadlineMs = deadlineMs;
    this.state = NEW;
    if (waits && !this.start()) this.fire();
  }

  /** Leaves the wheel until it is polled again. */
  stop(): void {
    if (this.state !== WAITING) return;
    isolate.driver.stopTimer(this);
    this.state = NEW;
    this.waker = undefined;
  }

  fire(): void {
    this.state = ELAPSED;
    const { waker } = this;
    this.waker = undefined;
    if (waker !== undefined) waker.wake();
  }

  override [Symbol.dispose](): void {
    if (this.state === WAITING) isolate.driver.stopTimer(this);
    if (this.state !== ENDED) this.state = DROPPED;
    this.waker = undefined;
  }

  /** Enters the wheel, or notes that the deadline has passed. */
  private start(): boolean {
    const { driver } = isolate;
    const waits = this.state === FRESH
      ? driver.startFreshTimer(this, this.deadlineMs)
      : driver.startTimer(this, this.deadlineMs);
    this.state = waits ? WAITING : ELAPSED;
    return waits;
  }
}
