/**
 * Points on the monotonic clock.
 *
 * @module
 */

import { isolate } from "../scheduler/isolate.ts";
import { type Duration, toMilliseconds } from "./duration.ts";

/**
 * A point in time on the isolate's monotonic clock, in milliseconds with fractions.
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
 * ```
 */
export class Instant {
  /** Milliseconds since the clock's origin, which is the start of the isolate. */
  readonly ms: number;

  /** Makes the instant `ms` milliseconds after the clock's origin. */
  constructor(ms: number) {
    this.ms = ms;
  }

  /** The present. */
  static now(): Instant {
    return new Instant(isolate.driver.now());
  }

  /** The instant `duration` later. */
  add(duration: Duration): Instant {
    return new Instant(this.ms + toMilliseconds(duration));
  }

  /** The instant `duration` earlier. */
  subtract(duration: Duration): Instant {
    return new Instant(this.ms - toMilliseconds(duration));
  }

  /** Milliseconds from `earlier` to this one, 0 if it is not earlier. */
  durationSince(earlier: Instant): number {
    return Math.max(0, this.ms - earlier.ms);
  }

  /** Milliseconds that have passed since this instant, 0 if it lies ahead. */
  elapsed(): number {
    return Math.max(0, isolate.driver.now() - this.ms);
  }

  /** Negative if this is before `other`, positive if it is after. */
  compare(other: Instant): number {
    return this.ms - other.ms;
  }
}
