/**
 * The monotonic clock.
 *
 * @module
 */

/** Tells the time in milliseconds, with fractions, from some point in the past; never goes back. */
export interface Clock {
  /** Milliseconds since the clock's origin. */
  now(): number;
  /** Milliseconds of processor time that this thread has used, where the system tells. */
  spent?(): number;
}

/** What the clock may be behind, because it rounds down: a 1024th of a millisecond. */
export const RESOLUTION_MS: number = 1 / 1024;

/**
 * The host's monotonic clock; its origin is the start of the isolate.
 *
 * It ticks in 1024ths of a millisecond, so that adding and subtracting whole milliseconds is exact.
 */
export const monotonic: Clock = { now: () => toTick(performance.now()) };

/**
 * Reads {@linkcode monotonic} from a quicker source from now on, one that ticks alike from another
 * origin. The offset is taken so that the change never puts the clock forward.
 *
 * @param source Tells the time.
 * @param spent Tells the processor time that this thread has used.
 */
export function quicken(source: () => number, spent: () => number): void {
  monotonic.spent = spent;
  const offset = monotonic.now() - source();
  monotonic.now = () => toTick(source() + offset);
}

function toTick(milliseconds: number): number {
  return Math.floor(milliseconds / RESOLUTION_MS) * RESOLUTION_MS;
}
