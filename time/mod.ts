/**
 * Sleeping, giving up, and ticking, on the scheduler's timer wheel.
 *
 * @module
 */

export { type Duration, toMilliseconds } from "./duration.ts";
export { Instant } from "./instant.ts";
export { type Sleep, sleep, sleepUntil } from "./sleep.ts";
export { ElapsedError, timeout, timeoutAt } from "./timeout.ts";
export { Interval, interval, intervalAt, type MissedTickBehavior } from "./interval.ts";
