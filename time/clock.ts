/**
 * The monotonic clock.
 *
 * @module
 */

/** Tells the time in milliseconds, with fractions, from some point in the past; never goes back. */
export interface Clock {
  /** Milliseconds since the clock's origin. */
  now(): number;
}

/** The host's monotonic clock; its origin is the start of the isolate. */
export const monotonic: Clock = { now: () => performance.now() };
