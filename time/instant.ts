/**
 * Points on the monotonic clock.
 *
 * @module
 */

import { isolate } from "../scheduler/isolate.ts";
import { type Duration, exactMilliseconds, toMilliseconds } from "./duration.ts";

/**
 * A point in time on the isolate's monotonic clock, in milliseconds with fractions.
 *
 * The clock is the one that {@linkcode pause} stops. Its origin is the start of the isolate, so an
 * instant means nothing to another isolate.
 *
 * Follows Tokio's `time::Instant`.
 *
 * @example
 * ```ts
 * import { Instant } from "@edo/runtime/time";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const start = Instant.now();
 * const later = start.add({ seconds: 1 });
 * assertEquals(later.durationSince(start), 1000);
 * assertEquals(start.durationSince(later), 0);
 * assert(start.elapsed() >= 0);
 * assert(start.compare(later) < 0 && later.sub(1000).equals(start));
 * ```
 */
export class Instant {
  /** Milliseconds since the clock's origin, which is the start of the isolate. */
  readonly ms: number;

  /**
   * Makes the instant `ms` milliseconds after the clock's origin.
   *
   * @param ms Any number; negative ones lie before the origin.
   */
  constructor(ms: number) {
    this.ms = ms;
  }

  /** The present. */
  static now(): Instant {
    return new Instant(isolate.driver.now());
  }

  /**
   * The instant `duration` later; more than about thirty years count as that.
   *
   * @throws {RangeError} When the duration is negative or not a number.
   */
  add(duration: Duration): Instant {
    return new Instant(this.ms + toMilliseconds(duration));
  }

  /**
   * The instant `duration` earlier; more than about thirty years count as that.
   *
   * @throws {RangeError} When the duration is negative or not a number.
   */
  sub(duration: Duration): Instant {
    return new Instant(this.ms - toMilliseconds(duration));
  }

  /**
   * The instant exactly `duration` later, or `undefined` when that is more milliseconds than
   * a number holds without loss.
   *
   * @throws {RangeError} When the duration is negative or not a number.
   */
  checkedAdd(duration: Duration): Instant | undefined {
    return checked(this.ms + exactMilliseconds(duration));
  }

  /**
   * The instant exactly `duration` earlier, or `undefined` when that is more milliseconds than
   * a number holds without loss.
   *
   * @throws {RangeError} When the duration is negative or not a number.
   */
  checkedSub(duration: Duration): Instant | undefined {
    return checked(this.ms - exactMilliseconds(duration));
  }

  /** Milliseconds from `earlier` to this one, 0 if it is not earlier. */
  durationSince(earlier: Instant): number {
    return Math.max(0, this.ms - earlier.ms);
  }

  /** Milliseconds from `earlier` to this one, or `undefined` if it is later. */
  checkedDurationSince(earlier: Instant): number | undefined {
    return this.ms < earlier.ms ? undefined : this.ms - earlier.ms;
  }

  /** As {@linkcode Instant.durationSince}, by the name that says what happens. */
  saturatingDurationSince(earlier: Instant): number {
    return this.durationSince(earlier);
  }

  /** Milliseconds that have passed since this instant, 0 if it lies ahead. */
  elapsed(): number {
    return Math.max(0, isolate.driver.now() - this.ms);
  }

  /** Negative if this is before `other`, positive if it is after, 0 if they are the same. */
  compare(other: Instant): number {
    return this.ms - other.ms;
  }

  /** Whether both are the same point in time. */
  equals(other: Instant): boolean {
    return this.ms === other.ms;
  }

  /** Such as `"Instant(1500.25 ms)"`. */
  toString(): string {
    return `Instant(${this.ms} ms)`;
  }
}

function checked(ms: number): Instant | undefined {
  return Math.abs(ms) <= Number.MAX_SAFE_INTEGER ? new Instant(ms) : undefined;
}
