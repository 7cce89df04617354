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
};

/** About thirty years: what a duration that is too long for a timer becomes, as in Tokio. */
const FAR_FUTURE_MS = 86_400_000 * 365 * 30;

/**
 * Turns a {@linkcode Duration} into milliseconds.
 *
 * @param duration The span; `Infinity` and everything above about thirty years count as that.
 * @throws {TypeError} When it is neither a number nor an object.
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
  const milliseconds = typeof duration === "number" ? duration : sum(duration);
  if (milliseconds >= 0) return Math.min(milliseconds, FAR_FUTURE_MS);
  throw new RangeError(`Cannot use a duration of ${milliseconds} ms: it must be 0 or more`);
}

function sum(duration: Exclude<Duration, number>): number {
  if (typeof duration !== "object" || duration === null) {
    throw new TypeError(
      `Cannot use a duration of type ${typeof duration}: give milliseconds or an object`,
    );
  }
  const { hours = 0, minutes = 0, seconds = 0, milliseconds = 0, microseconds = 0 } = duration;
  return ((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds + microseconds / 1000;
}
