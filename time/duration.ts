/**
 * Spans of time.
 *
 * @module
 */

/** A span of time: milliseconds, or their sum by unit. */
export type Duration = number | {
  /** Hours of 60 minutes. */
  readonly hours?: number;
  /** Minutes of 60 seconds. */
  readonly minutes?: number;
  /** Seconds. */
  readonly seconds?: number;
  /** Milliseconds. */
  readonly milliseconds?: number;
  /** Microseconds. Timers round up to the next whole millisecond. */
  readonly microseconds?: number;
  /** Nanoseconds. The clock has a resolution of about a thousand of them. */
  readonly nanoseconds?: number;
};

/** About thirty years: what a duration that is too long for a timer becomes, as in Tokio. */
const FAR_FUTURE_MS = 86_400_000 * 365 * 30;

/** Milliseconds of each unit. A quotient keeps 5 of the small units exact. */
const UNITS: Readonly<Record<string, (count: number) => number>> = {
  hours: (count) => count * 3_600_000,
  minutes: (count) => count * 60_000,
  seconds: (count) => count * 1000,
  milliseconds: (count) => count,
  microseconds: (count) => count / 1000,
  nanoseconds: (count) => count / 1_000_000,
};

/**
 * Turns a {@linkcode Duration} into milliseconds.
 *
 * @param duration The span; `Infinity` and everything above about thirty years count as that.
 * @returns Milliseconds, with fractions.
 * @throws {TypeError} When it is neither a number nor an object of units.
 * @throws {RangeError} When it is negative or not a number.
 *
 * @example
 * ```ts
 * import { toMilliseconds } from "@edo/runtime/time";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toMilliseconds({ seconds: 1, milliseconds: 500 }), 1500);
 * ```
 */
export function toMilliseconds(duration: Duration): number {
  return Math.min(exactMilliseconds(duration), FAR_FUTURE_MS);
}

/** As {@linkcode toMilliseconds}, however long it is. */
export function exactMilliseconds(duration: Duration): number {
  const milliseconds = typeof duration === "number" ? duration : sum(duration);
  if (milliseconds >= 0) return milliseconds;
  throw new RangeError(`Cannot use a duration of ${milliseconds} ms: it must be 0 or more`);
}

function sum(duration: Exclude<Duration, number>): number {
  if (typeof duration !== "object" || duration === null) {
    throw new TypeError(
      `Cannot use a duration of type ${typeof duration}: give milliseconds or an object`,
    );
  }
  let total = 0;
  for (const [unit, count] of Object.entries(duration)) {
    if (count === undefined) continue;
    const milliseconds = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
    if (milliseconds === undefined || typeof count !== "number") {
      throw new TypeError(
        `Cannot use a duration with ${unit} of type ${typeof count}: give numbers of ${
          Object.keys(UNITS).join(", ")
        }`,
      );
    }
    total += milliseconds(count);
  }
  return total;
}
