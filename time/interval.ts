/**
 * Ticks at regular times.
 *
 * @module
 */

import type { Context } from "../future/context.ts";
import { Future, polledAfterEnd } from "../future/future.ts";
import { Pending, type Poll } from "../future/poll.ts";
import { type Duration, toMilliseconds } from "./duration.ts";
import { Instant } from "./instant.ts";
import { type Sleep, sleepUntil } from "./sleep.ts";

/**
 * What an interval does after a tick that was taken more than 5 ms late:
 *
 * - `"burst"` catches up: the missed ticks follow one upon another, until the schedule is met.
 * - `"delay"` begins anew: the next tick comes one period after this one.
 * - `"skip"` leaves out: the next tick is the first one of the schedule that lies ahead.
 */
export type MissedTickBehavior = "burst" | "delay" | "skip";

/** A tick that is taken within this many milliseconds was not missed, as in Tokio. */
const TOLERANCE_MS = 5;

/**
 * Makes an interval whose first tick is due at once.
 *
 * @param period Milliseconds, or an object of units, between ticks.
 * @throws {RangeError} When the period is 0, negative or not a number.
 *
 * @example
 * ```ts
 * import { interval } from "@edo/runtime/time";
 * import { assertEquals } from "@std/assert";
 *
 * const ticks = interval(2);
 * const first = await ticks.tick();
 * const second = await ticks.tick();
 * assertEquals(second.durationSince(first), 2);
 * ```
 */
export function interval(period: Duration): Interval {
  return new Interval(Instant.now(), period);
}

/**
 * Makes an interval whose first tick is due at `start`.
 *
 * @param start When it begins.
 * @param period Milliseconds, or an object of units, between ticks.
 * @throws {RangeError} When the period is 0, negative or not a number.
 *
 * @example
 * ```ts
 * import { Instant, intervalAt } from "@edo/runtime/time";
 * import { assertEquals } from "@std/assert";
 *
 * const start = Instant.now().add(2);
 * const ticks = intervalAt(start, 50);
 * assertEquals((await ticks.tick()).ms, start.ms);
 * ```
 */
export function intervalAt(start: Instant, period: Duration): Interval {
  return new Interval(start, period);
}

/**
 * Ticks at regular times. Made by {@linkcode interval}.
 *
 * - **No drift:** a tick is due one period after the one before was due, not after it was taken.
 * - **Cancel safety:** a tick that was given up is not lost; the next call gets it.
 *
 * @example A few ticks
 * ```ts
 * import { interval } from "@edo/runtime/time";
 *
 * let count = 0;
 * for await (const _due of interval(1)) {
 *   if (++count === 3) break;
 * }
 * ```
 */
export class Interval implements AsyncIterable<Instant> {
  /** What happens after a late tick. Default `"burst"`. */
  missedTickBehavior: MissedTickBehavior = "burst";
  readonly #periodMs: number;
  readonly #waiting = new Set<Tick>();
  #next: Instant;

  /** Made by {@linkcode interval} and {@linkcode intervalAt}. */
  constructor(start: Instant, period: Duration) {
    const periodMs = toMilliseconds(period);
    if (periodMs === 0) throw new RangeError("Cannot tick with a period of 0 ms: use more");
    this.#periodMs = periodMs;
    this.#next = start;
  }

  /** Milliseconds between ticks. */
  get period(): number {
    return this.#periodMs;
  }

  /**
   * Waits for the next tick.
   *
   * @returns When the tick was due, which may be before now.
   */
  tick(): Future<Instant> {
    return new Tick(this, this.#waiting);
  }

  /** When the next tick is due. */
  get next(): Instant {
    return this.#next;
  }

  /** Makes the next tick due one period from now. */
  reset(): void {
    this.resetAfter(this.#periodMs);
  }

  /** Makes the next tick due at once. */
  resetImmediately(): void {
    this.resetAt(Instant.now());
  }

  /** Makes the next tick due after `duration`. */
  resetAfter(duration: Duration): void {
    this.resetAt(Instant.now().add(duration));
  }

  /** Makes the next tick due at `deadline`. */
  resetAt(deadline: Instant): void {
    this.#next = deadline;
    for (const tick of this.#waiting) tick.move(deadline);
  }

  /** Ticks without end. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Instant, never, void> {
    while (true) yield await this.tick();
  }

  /**
   * Takes the tick that is due without waiting for it, and schedules the one after it, for those
   * who wait too.
   *
   * @returns When the tick was due.
   */
  take(): Instant {
    const due = this.#next;
    const now = Instant.now();
    const isLate = now.ms - due.ms > TOLERANCE_MS;
    const behavior = isLate ? this.missedTickBehavior : "burst";
    this.resetAt(new Instant(after(behavior, due.ms, now.ms, this.#periodMs)));
    return due;
  }
}

function after(behavior: MissedTickBehavior, due: number, now: number, period: number): number {
  if (behavior === "burst") return due + period;
  if (behavior === "delay") return now + period;
  return now + period - ((now - due) % period);
}

/** One wait for a tick; those who wait are told when it moves. */
class Tick extends Future<Instant> {
  readonly #interval: Interval;
  readonly #waiting: Set<Tick>;
  #sleep: Sleep | undefined = undefined;
  #ended = false;

  constructor(interval: Interval, waiting: Set<Tick>) {
    super();
    this.#interval = interval;
    this.#waiting = waiting;
  }

  poll(cx: Context): Poll<Instant> {
    if (this.#ended) throw polledAfterEnd();
    this.#waiting.add(this);
    this.#sleep ??= sleepUntil(this.#interval.next);
    if (this.#sleep.poll(cx) === Pending) return Pending;
    this.#ended = true;
    this.#waiting.delete(this);
    return this.#interval.take();
  }

  move(due: Instant): void {
    this.#sleep?.reset(due);
  }

  override [Symbol.dispose](): void {
    this.#ended = true;
    this.#waiting.delete(this);
    this.#sleep?.[Symbol.dispose]();
  }
}
