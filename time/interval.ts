/**
 * Ticks at regular times.
 *
 * @module
 */

import { proceed, refund } from "../future/budget.ts";
import { type Context, currentContext } from "../future/context.ts";
import { type Future, stepOf, type Wait } from "../future/future.ts";
import { isPending, Pending, type Poll } from "../future/poll.ts";
import { End, lineOf, type SizeHint, Source } from "../future/source.ts";
import { InLine, type Line } from "../future/line.ts";
import { isolate } from "../scheduler/isolate.ts";
import { type Duration, toMilliseconds } from "./duration.ts";
import { Instant } from "./instant.ts";
import { type Timer, timerAt } from "./sleep.ts";

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
 * Follows Tokio's `time::interval`.
 *
 * @param period Milliseconds, or an object of units, between ticks.
 * @returns The interval; it needs no timer while nobody waits for a tick.
 * @throws {TypeError} When the period is neither a number nor an object of units.
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
 * Follows Tokio's `time::interval_at`.
 *
 * @param start When it begins.
 * @param period Milliseconds, or an object of units, between ticks.
 * @returns The interval; it needs no timer while nobody waits for a tick.
 * @throws {TypeError} When the period is neither a number nor an object of units.
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
 * - **Several who wait** are served in the order in which they came, one tick each.
 * - **Without end:** `for await` goes on until it is left, or the interval is disposed.
 *
 * **Cancel safety:** a tick that was given up is not lost; the next call gets it.
 *
 * Follows Tokio's `time::Interval`.
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
export class Interval extends Source<Instant> {
  /** What happens after a late tick. Default `"burst"`. */
  missedTickBehavior: MissedTickBehavior = "burst";
  readonly #periodMs: number;
  readonly #timer: Timer;
  readonly #line = lineOf(this);
  readonly #context: Context = { waker: this.#line };
  #ended = false;

  /** Made by {@linkcode interval} and {@linkcode intervalAt}. */
  constructor(start: Instant, period: Duration) {
    super();
    const periodMs = toMilliseconds(period);
    if (periodMs === 0) throw new RangeError("Cannot tick with a period of 0 ms: use more");
    this.#periodMs = periodMs;
    this.#timer = timerAt(start.ms);
  }

  /** Milliseconds between ticks. */
  get period(): number {
    return this.#periodMs;
  }

  /** When the next tick is due. */
  get deadline(): Instant {
    return this.#timer.deadline;
  }

  /**
   * Waits for the next tick.
   *
   * **Cancel safety:** a tick that was given up is not lost.
   *
   * @returns When the tick was due, which may be before now.
   * @throws {TypeError} Where it is awaited, when the interval has been disposed.
   */
  tick(): Future<Instant> {
    return new Tick(this, this.#line);
  }

  /**
   * Answers with the next tick, or with `Pending` after it has arranged for `cx.waker` to be woken.
   * Only the waker of the last such poll is kept; those who wait by {@linkcode Interval.tick} keep
   * theirs.
   *
   * @param cx Who polls.
   * @returns When the tick was due, which may be before now.
   * @throws {TypeError} When the interval has been disposed.
   */
  pollTick(cx: Context): Poll<Instant> {
    const due = this.pollNext(cx);
    if (due === End) throw disposed();
    return due;
  }

  /** As {@linkcode Interval.pollTick}; after the interval has been disposed it answers `End`. */
  pollNext(cx: Context): Poll<Instant | End> {
    if (this.#ended) return End;
    const line = this.#line;
    const timer = this.#timer;
    // For want of budget the task itself is woken, also if it has left the line by then.
    if (!proceed(cx.waker)) return Pending;
    refund();
    if (isPending(timer.poll(this.#context))) {
      line.keep(cx.waker);
      return Pending;
    }
    const { deadline } = timer;
    const now = isolate.driver.now();
    const isLate = now - deadline.ms > TOLERANCE_MS;
    const behavior = isLate ? this.missedTickBehavior : "burst";
    timer.resetTo(after(behavior, deadline.ms, now, this.#periodMs));
    return deadline;
  }

  /** Takes back the interest of the last {@linkcode Interval.pollTick}. */
  override unpoll(): void {
    const line = this.#line;
    line.unkeep();
    if (line.isEmpty) this.#timer.stop();
  }

  /** There is no end of ticks. */
  override sizeHint(): SizeHint {
    return this.#ended ? [0, 0] : [Infinity, undefined];
  }

  /** Whether it has been disposed. */
  override isTerminated(): boolean {
    return this.#ended;
  }

  /** Makes the next tick due one period from now. */
  reset(): void {
    this.#resetTo(isolate.driver.now() + this.#periodMs);
  }

  /** Makes the next tick due at once. */
  resetImmediately(): void {
    this.#resetTo(isolate.driver.now());
  }

  /**
   * Makes the next tick due after `duration`.
   *
   * @param duration Milliseconds, or an object of units; the period goes on from there.
   * @throws {RangeError} When the duration is negative or not a number.
   */
  resetAfter(duration: Duration): void {
    this.#resetTo(isolate.driver.now() + toMilliseconds(duration));
  }

  /**
   * Makes the next tick due at `deadline`.
   *
   * @param deadline When; the period goes on from there.
   */
  resetAt(deadline: Instant): void {
    this.#resetTo(deadline.ms);
  }

  /** Ends the interval: who waits for a tick gets a `TypeError`, and a loop ends. */
  [Symbol.dispose](): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#timer[Symbol.dispose]();
    this.wakeWaiters();
  }

  #resetTo(deadlineMs: number): void {
    if (!this.#ended) this.#timer.resetTo(deadlineMs);
  }
}

/** The future of {@linkcode Interval.tick}. */
class Tick extends InLine<Instant> {
  declare private readonly interval: Interval;

  constructor(interval: Interval, line: Line) {
    super(line);
    this.interval = interval;
  }

  override poll(cx: Context): Poll<Instant> {
    return this.wait(cx);
  }

  override next(): IteratorResult<Wait, Instant> {
    const cx = currentContext();
    return cx === undefined ? super.next() : stepOf(this.poll(cx));
  }

  protected ask(cx: Context): Poll<Instant> {
    return this.interval.pollTick(cx);
  }
}

function after(behavior: MissedTickBehavior, due: number, now: number, period: number): number {
  if (behavior === "burst") return due + period;
  if (behavior === "delay") return now + period;
  return now + period - ((now - due) % period);
}

function disposed(): TypeError {
  return new TypeError("Cannot wait for a tick: the interval has been disposed");
}
