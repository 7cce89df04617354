/**
 * What a driver is made of, and how it waits.
 *
 * @module
 */

import type { Selector } from "../ffi/backend.ts";
import type { Clock } from "../time/clock.ts";

/** How a driver waits when there is nothing to do. */
export interface ParkOptions {
  /**
   * For how many turns of the host's loop at most to look for events without waiting, before
   * anything that costs a wake-up. A turn takes 1 to 2 microseconds. It adapts itself: turns that
   * find nothing, as when the other end needs the same processor, make it shorter. Default 40.
   */
  readonly spinTurns?: number;
  /**
   * For how many milliseconds, 0 to 10, to wait on the isolate's own thread before the wait moves
   * to another thread. It is only done while the host has nothing else to do. Default 1.
   */
  readonly waitMs?: number;
}

/** What a driver is made of. */
export interface DriverParts {
  /** Makes the selector, when the first descriptor is registered. */
  readonly selector: () => Selector;
  /** Tells the time. */
  readonly clock: Clock;
  /** Asks the scheduler for a turn, because a rest has ended. */
  readonly unpark: () => void;
}
