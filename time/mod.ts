/**
 * Sleeping, giving up, ticking, and a clock that tests may stop, on the scheduler's timer wheel.
 *
 * @module
 */

export { type Duration, toMilliseconds } from "./duration.ts";
export { Instant } from "./instant.ts";
export { type Sleep, sleep, sleepUntil } from "./sleep.ts";
export { ElapsedError, Timeout, timeout, timeoutAt } from "./timeout.ts";
export { Interval, interval, intervalAt, type MissedTickBehavior } from "./interval.ts";
export { advance, pause, resume } from "./pause.ts";
export { type DelayKey, DelayQueue, type Expired } from "./delay_queue.ts";
